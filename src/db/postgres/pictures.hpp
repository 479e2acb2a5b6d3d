#pragma once
#include "db/models.hpp"
#include "db/postgres/result.hpp"
#include "error.hpp"

#include <optional>
#include <span>
#include <string>

// What is asked of profile pictures: the statements, and how their rows read.
namespace blog::db::postgres {

std::span<Statement const* const> picture_reads() noexcept;
std::span<Statement const* const> picture_writes() noexcept;

namespace sql {
extern Statement const picture_by_name;  // name
// After lock_user. A user has one picture at most.
extern Statement const set_picture;     // user, name, bytes, writer
extern Statement const remove_picture;  // user, writer
}  // namespace sql

std::optional<std::string> read_picture(ResultPtr const& result);
// What set_picture and remove_picture give.
Result<User> read_pictured(ResultPtr const& result);

}  // namespace blog::db::postgres

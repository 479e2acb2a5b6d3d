#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace blog::db::postgres {

// How many characters a text has, as varchar(n) counts them; nothing when PostgreSQL does not take
// it: bytes that are no UTF-8 (RFC 3629).
std::optional<std::size_t> utf8_length(std::string_view text) noexcept;

}  // namespace blog::db::postgres

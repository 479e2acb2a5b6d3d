#pragma once
#include "generations.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace blog::db {

class Connection;

// Notices that another program changed the file, and says to all that keep answers that anything
// may have changed. SQLite counts the commits of others on each connection; a look costs a few
// microseconds. The writer's connection and thread only.
class ChangeWatch {
public:
    using Time = std::chrono::steady_clock::time_point;
    // How long a change may go unnoticed, at most.
    static constexpr std::chrono::milliseconds every{400};

    ChangeWatch(Connection& writer, Generations& generations);

    Time next_look() const noexcept { return next_look_; }
    // When the time has come; true: there was a change. A failed look, as when the file is held, is
    // made up for by the next.
    bool look_if_due() noexcept;

private:
    std::optional<std::int64_t> version() noexcept;

    Connection& writer_;
    Generations& generations_;
    std::optional<std::int64_t> seen_;
    Time next_look_;
};

}  // namespace blog::db

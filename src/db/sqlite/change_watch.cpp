#include "db/sqlite/change_watch.hpp"

#include "db/sqlite/connection.hpp"

#include <exception>

namespace blog::db {

namespace {

constexpr Query data_version{"PRAGMA data_version"};

}  // namespace

ChangeWatch::ChangeWatch(Connection& writer, Generations& generations)
    : writer_(writer),
      generations_(generations),
      seen_(version()),
      next_look_(std::chrono::steady_clock::now() + every) {}

bool ChangeWatch::look_if_due() noexcept {
    auto const now = std::chrono::steady_clock::now();
    if (now < next_look_) return false;
    next_look_ = now + every;
    auto const found = version();
    if (!found || found == seen_) return false;
    seen_ = found;
    generations_.publish_all();
    return true;
}

std::optional<std::int64_t> ChangeWatch::version() noexcept {
    try {
        return writer_.number_or(0, data_version);
    } catch (std::exception const&) {
        return std::nullopt;
    }
}

}  // namespace blog::db

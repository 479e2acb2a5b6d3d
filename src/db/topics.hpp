#pragma once
#include "assert.hpp"
#include "db/models.hpp"
#include "generations.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace blog::db {

// What answers about the blog rest on, and what writes touch. Lists show names, so a change of a
// user touches the lists as well.
namespace topic {

constexpr Generations::Topic post(PostId id) noexcept {
    return Generations::topic(1, static_cast<std::int64_t>(id));
}
constexpr Generations::Topic user(UserId id) noexcept {
    return Generations::topic(2, static_cast<std::int64_t>(id));
}
constexpr Generations::Topic posts_of(UserId id) noexcept {
    return Generations::topic(3, static_cast<std::int64_t>(id));
}
// Nothing that is kept rests on it; but what is read later must see it.
constexpr Generations::Topic account(UserId id) noexcept {
    return Generations::topic(5, static_cast<std::int64_t>(id));
}
inline constexpr Generations::Topic all_posts = Generations::topic(4, 0);

}  // namespace topic

// What one write touched. It fits, or the write is another kind than those we know.
class Touched {
public:
    static constexpr std::size_t topics_max = 4;

    void add(Generations::Topic topic) noexcept {
        BLOG_ASSERT(count_ < topics_max);
        topics_[count_++] = topic;
    }
    // A post that came, changed, went, or passed from one author to another.
    void post_of(PostId id, UserId author) noexcept {
        add(topic::post(id));
        add(topic::all_posts);
        add(topic::posts_of(author));
    }
    // A user, and with it all its posts: whatever shows one of them rests on the user too.
    void user(UserId id) noexcept {
        add(topic::user(id));
        add(topic::all_posts);
        add(topic::posts_of(id));
    }

    std::span<Generations::Topic const> topics() const noexcept { return {topics_.data(), count_}; }

private:
    std::array<Generations::Topic, topics_max> topics_{};
    std::size_t count_ = 0;
};

}  // namespace blog::db

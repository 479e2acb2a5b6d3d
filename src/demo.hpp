#pragma once
#include "clock.hpp"
#include "db/store.hpp"

#include <cstddef>

namespace blog {

// What `blogd demo` did: nothing, when there were users or posts already.
struct DemoReport {
    std::size_t users = 0, posts = 0;
};

// Fills an empty store with the authors and posts of www/demo/posts.json, dated over the last
// months. Throws std::runtime_error when the store does not take them.
DemoReport fill_with_demo(db::Store& store, Clock const& clock);

}  // namespace blog

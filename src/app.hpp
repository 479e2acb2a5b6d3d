#pragma once
#include "config.hpp"
#include "db/open_store.hpp"

namespace blog {

// Builds the whole program from its settings, serves until a signal ends it, and takes it down in
// order: listeners, connections, store. Returns the exit code: 0, or 3 when the drain limit cut a
// running request. Throws ConfigError and std::runtime_error (with a sentence for the operator)
// when it cannot start.
int serve(Config const& config);

// Where the data is and how it is used. Throws ConfigError.
db::StoreOptions store_options_of(Config const& config);

// `blogd demo`: fills an empty database from www/demo/posts.json; leaves a filled one alone.
int fill_with_demo(Config const& config);

}  // namespace blog

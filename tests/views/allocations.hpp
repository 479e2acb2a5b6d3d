#pragma once
#include <cstddef>

namespace blog::views::test {

// How often this program has called operator new so far. One thread.
std::size_t allocations();

}  // namespace blog::views::test

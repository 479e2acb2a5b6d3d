#include "allocations.hpp"

#include <cstdlib>
#include <new>

// On its own, so that no caller sees that new is malloc here and warns about the pairing.
namespace {
std::size_t count = 0;
}

std::size_t blog::views::test::allocations() {
    return count;
}

void* operator new(std::size_t size) {
    ++count;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

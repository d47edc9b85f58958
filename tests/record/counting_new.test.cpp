// SPDX-License-Identifier: Apache-2.0
// Replaces operator new, so that tests can say "nothing was allocated". All unaligned forms: a sanitizer has its own of
// those that are left out, and then finds memory that was taken from one and given to the other.
#include "record/counting_new.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace {

thread_local std::size_t count = 0;

void* counted(std::size_t size) noexcept {
    ++count;
    return std::malloc(size == 0 ? 1 : size);
}

void* counted_or_throw(std::size_t size) {
    void* const made = counted(size);
    if (made == nullptr) throw std::bad_alloc();
    return made;
}

} // namespace

std::size_t segmenta::test::allocations() noexcept { return count; }

void* operator new(std::size_t size) { return counted_or_throw(size); }
void* operator new[](std::size_t size) { return counted_or_throw(size); }
void* operator new(std::size_t size, std::nothrow_t const&) noexcept { return counted(size); }
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept { return counted(size); }
void operator delete(void* made) noexcept { std::free(made); }
void operator delete[](void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
void operator delete[](void* made, std::size_t) noexcept { std::free(made); }
void operator delete(void* made, std::nothrow_t const&) noexcept { std::free(made); }
void operator delete[](void* made, std::nothrow_t const&) noexcept { std::free(made); }

TEST_CASE("counting_new: it does count", "[customer]") {
    std::size_t const before = segmenta::test::allocations();
    auto const made = std::make_unique<int>(1);
    CHECK(segmenta::test::allocations() > before);
    CHECK(*made == 1);
}

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_COUNTING_NEW_DEFINITIONS_HPP
#define SEGMENTA_TESTS_SUPPORT_COUNTING_NEW_DEFINITIONS_HPP

// Replaces operator new, so that tests can say "nothing was allocated": for one file of a test binary. All forms: a
// sanitizer has its own of those that are left out, and then finds memory that was taken from one and given to the
// other.
#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace {

thread_local std::size_t count = 0;
thread_local std::size_t until_denied = 0;

void* counted(std::size_t size, std::size_t alignment) {
    ++count;
    if (until_denied > 0 && --until_denied == 0) throw std::bad_alloc();
    if (size == 0) size = 1;
    void* const made = alignment <= alignof(std::max_align_t)
                           ? std::malloc(size)
                           : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (made == nullptr) throw std::bad_alloc();
    return made;
}

} // namespace

std::size_t segmenta::test::allocations() noexcept { return count; }
void segmenta::test::deny_allocation(std::size_t which) noexcept { until_denied = which; }

void* operator new(std::size_t size) { return counted(size, 1); }
void* operator new[](std::size_t size) { return counted(size, 1); }
void* operator new(std::size_t size, std::align_val_t to) { return counted(size, static_cast<std::size_t>(to)); }
void* operator new[](std::size_t size, std::align_val_t to) { return counted(size, static_cast<std::size_t>(to)); }
// std::stable_sort and its like ask this way; a sanitizer has its own of the forms that are left out.
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    ++count;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, std::nothrow_t const& how) noexcept { return operator new(size, how); }
void operator delete(void* made) noexcept { std::free(made); }
void operator delete[](void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
void operator delete[](void* made, std::size_t) noexcept { std::free(made); }
void operator delete(void* made, std::nothrow_t const&) noexcept { std::free(made); }
void operator delete[](void* made, std::nothrow_t const&) noexcept { std::free(made); }
void operator delete(void* made, std::align_val_t) noexcept { std::free(made); }
void operator delete[](void* made, std::align_val_t) noexcept { std::free(made); }
void operator delete(void* made, std::size_t, std::align_val_t) noexcept { std::free(made); }
void operator delete[](void* made, std::size_t, std::align_val_t) noexcept { std::free(made); }

TEST_CASE("counting_new: it does count") {
    std::size_t const before = segmenta::test::allocations();
    auto const made = std::make_unique<int>(1);
    CHECK(segmenta::test::allocations() > before);
    CHECK(*made == 1);
}

#endif

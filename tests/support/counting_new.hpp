// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_COUNTING_NEW_HPP
#define SEGMENTA_TESTS_SUPPORT_COUNTING_NEW_HPP

#include <cstddef>

namespace segmenta::test {

/// Calls of operator new by this thread so far. A binary that asks has a file counting_new.test.cpp, which includes
/// counting_new_definitions.hpp and so replaces operator new for the whole binary.
std::size_t allocations() noexcept;
/// The `which`-th from now, counted from 1, throws `std::bad_alloc`; 0: none does.
void deny_allocation(std::size_t which) noexcept;

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_TAG_COUNTING_NEW_HPP
#define SEGMENTA_TESTS_TAG_COUNTING_NEW_HPP

#include <cstddef>

namespace segmenta::test {

/// Calls of operator new by this thread so far; see counting_new.test.cpp, which replaces it for the whole binary.
std::size_t allocations() noexcept;

} // namespace segmenta::test

#endif

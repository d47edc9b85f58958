// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_CATCH_HPP
#define SEGMENTA_TESTS_SUPPORT_CATCH_HPP

// The only include of Catch2: the same tests build with version 2.13 (Debian 12) and version 3.
// Write matchers as Catch::Matchers::WithinRel, WithinAbs, ContainsSubstring, StartsWith, Equals.
#if defined(SEGMENTA_CATCH2_V2)
#include <catch2/catch.hpp>

#include <string>

namespace Catch {
using Detail::Approx;
namespace Matchers {
template <class Text>
auto ContainsSubstring(Text const& text) {
    return Contains(std::string(text));
}
} // namespace Matchers
} // namespace Catch
#else
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>
#endif

#endif

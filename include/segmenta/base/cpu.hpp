// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_CPU_HPP
#define SEGMENTA_BASE_CPU_HPP

/// \file
/// Instruction set levels for kernels with several implementations. Kernels take a level as a parameter; the library
/// never reads the environment. Counts, codes and labels do not depend on the level, numbers of models at most in their
/// last digits.

#include <cstdint>
#include <optional>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Each level includes the ones before it.
enum class cpu_level : std::uint8_t {
    sse2,   ///< what every x86-64 machine has; on other machines: portable code
    avx2,   ///< x86-64-v3: AVX2, BMI1, BMI2, POPCNT, LZCNT, FMA; and PCLMUL
    avx512, ///< x86-64-v4: AVX-512 F, BW, CD, DQ, VL
};

/// The highest level this machine and its operating system support. A few nanoseconds.
[[nodiscard]] cpu_level detect_cpu_level() noexcept;

/// The wanted level, but never more than the machine has; without a wish, what the machine has.
[[nodiscard]] cpu_level usable_cpu_level(std::optional<cpu_level> wanted) noexcept;

/// `sse2`, `avx2`, `avx512`.
[[nodiscard]] std::string_view to_string(cpu_level level) noexcept;

/// The level of a name as written by `to_string`, or nothing.
[[nodiscard]] std::optional<cpu_level> parse_cpu_level(std::string_view name) noexcept;

} // namespace v0
} // namespace segmenta

#endif

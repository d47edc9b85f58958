// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/cpu.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {

cpu_level detect_cpu_level() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
    // __builtin_cpu_supports also asks whether the operating system saves the wide registers
    bool const v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("lzcnt");
    if (!v3) return cpu_level::sse2;
    bool const v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
    return v4 ? cpu_level::avx512 : cpu_level::avx2;
#else
    return cpu_level::sse2;
#endif
}

cpu_level usable_cpu_level(std::optional<cpu_level> wanted) noexcept {
    cpu_level const present = detect_cpu_level();
    return wanted ? std::min(*wanted, present) : present;
}

std::string_view to_string(cpu_level level) noexcept {
    if (level == cpu_level::avx512) return "avx512";
    if (level == cpu_level::avx2) return "avx2";
    return "sse2";
}

std::optional<cpu_level> parse_cpu_level(std::string_view name) noexcept {
    for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
        if (name == to_string(level)) return level;
    return std::nullopt;
}

} // namespace v0
} // namespace segmenta

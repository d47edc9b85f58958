// SPDX-License-Identifier: Apache-2.0
#include "evaluate/score_groups.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t digit_bits = 11; // 2048 counters and write fronts stay in the first-level cache
constexpr std::size_t digit_values = std::size_t{1} << digit_bits;
constexpr std::size_t digits = 6;
constexpr std::size_t small = 1024; // below, a comparison sort is faster than clearing counters

using counters = std::array<std::array<std::size_t, digit_values>, digits>;

std::size_t digit_of(std::uint64_t key, std::size_t d) noexcept {
    return static_cast<std::size_t>(key >> (d * digit_bits)) & (digit_values - 1);
}

} // namespace

std::span<std::uint64_t const> sort_keys(std::span<std::uint64_t> keys, std::span<std::uint64_t> buffer) {
    if (keys.size() < small) {
        std::sort(keys.begin(), keys.end());
        return keys;
    }
    std::vector<counters> held(1); // 96 KiB: too much for the stack of a host's thread
    auto& counts = held[0];
    for (auto const key : keys)
        for (std::size_t d = 0; d < digits; ++d)
            ++counts[d][digit_of(key, d)];
    for (std::size_t d = 0; d < digits; ++d) {
        auto& count = counts[d];
        if (count[digit_of(keys[0], d)] == keys.size()) continue; // all alike in this digit
        std::size_t begin = 0;
        for (auto& c : count) {
            std::size_t const size = c;
            c = begin;
            begin += size;
        }
        for (auto const key : keys)
            buffer[count[digit_of(key, d)]++] = key;
        std::swap(keys, buffer);
    }
    return keys;
}

std::vector<std::uint32_t> group_numbers(std::span<double const> scores, std::size_t& groups) {
    key_vector given(scores.size());
    key_vector buffer(scores.size());
    std::transform(scores.begin(), scores.end(), given.begin(), key_of_score);
    auto const sorted = sort_keys(given, buffer);
    std::vector<std::uint64_t> keys;
    std::unique_copy(sorted.begin(), sorted.end(), std::back_inserter(keys));
    groups = keys.size();
    std::vector<std::uint32_t> out(scores.size());
    std::transform(scores.begin(), scores.end(), out.begin(), [&](double score) {
        auto const at = std::lower_bound(keys.begin(), keys.end(), key_of_score(score));
        return static_cast<std::uint32_t>(keys.end() - at - 1);
    });
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include "model/purchase_checks.hpp"

#include "model/repeat_kernels.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t block_rows = 16384;
constexpr double largest = std::numeric_limits<double>::max();

// Loops without branches.
bool finite(std::vector<double> const& column, std::size_t begin, std::size_t end) noexcept {
    double sum = 0; // NaN as soon as one is not
    for (std::size_t i = begin; i < end; ++i)
        sum += column[i] * 0;
    return sum == 0;
}

bool weights_right(std::vector<double> const& column, std::size_t begin, std::size_t end) noexcept {
    unsigned wrong = 0;
    for (std::size_t i = begin; i < end; ++i)
        wrong |= static_cast<unsigned>(!(column[i] >= 0)) | static_cast<unsigned>(!(column[i] <= largest));
    return wrong == 0;
}

bool spend_right(purchase_summary const& s, std::size_t begin, std::size_t end) noexcept {
    unsigned wrong = 0;
    for (std::size_t i = begin; i < end; ++i) {
        unsigned const none = static_cast<unsigned>(!(s.mean_spend[i] > 0)) |
                              static_cast<unsigned>(!(s.mean_spend[i] <= largest));
        wrong |= static_cast<unsigned>(s.repeats[i] > 0) & none;
    }
    return wrong == 0;
}

// Whether check_summary() surely finds nothing.
bool surely_right(purchase_summary const& s, thread_team& team) {
    std::size_t const n = s.size();
    auto const fits = [n](std::size_t size) { return size == 0 || size == n; };
    if (n == 0 || s.last.size() != n || s.age.size() != n) return false;
    if (!fits(s.ids.size()) || !fits(s.mean_spend.size()) || !fits(s.weight.size()) || !fits(s.log_times.size()))
        return false;
    auto const& kernels = repeat_kernels_for(detect_cpu_level());
    std::atomic<bool> right = true;
    team.for_blocks((n + block_rows - 1) / block_rows, [&](std::size_t block) {
        std::size_t const begin = block * block_rows;
        std::size_t const end = std::min(n, begin + block_rows);
        repeat_rows const part{s.repeats.data() + begin, s.last.data() + begin, s.age.data() + begin, nullptr,
                               end - begin};
        bool const all_right = kernels.all_possible(part) && (s.log_times.empty() || finite(s.log_times, begin, end)) &&
                               (s.weight.empty() || weights_right(s.weight, begin, end)) &&
                               (s.mean_spend.empty() || spend_right(s, begin, end));
        if (!all_right) right = false;
    });
    return right;
}

} // namespace

void check_in_blocks(purchase_summary const& summary, thread_team& team, issue_list& issues, std::string_view place) {
    if (!surely_right(summary, team)) check_summary(summary, issues, place);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

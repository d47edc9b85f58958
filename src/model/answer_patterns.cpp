// SPDX-License-Identifier: Apache-2.0
#include "model/answer_patterns.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t block_rows = 16'384;

// Customers as numbers in the order of their answers: the digits of a number are the answers, in mixed radix. Where
// another item does not fit any more, the different numbers so far are counted through instead.
class numbering {
public:
    struct group {
        std::uint64_t number;
        std::size_t rows;
        std::size_t some_row;
    };

    numbering(category_columns items, std::vector<std::size_t> const& levels, thread_team& team)
        : items_(items), levels_(levels), team_(team), numbers_(row_count(items)) {}

    // Ascending by number.
    std::vector<group> run() {
        std::vector<group> out;
        std::uint64_t range = 1;
        for (std::size_t item = 0; item < items_.size();) {
            std::size_t const end = fitting(item, range);
            out = groups(item, end);
            range = out.size();
            if (end < items_.size()) count_through(out);
            item = end;
        }
        return out;
    }

private:
    using table = boost::unordered_flat_map<std::uint64_t, group>;

    // Behind the last item that fits beside numbers below `range`; at least one does.
    [[nodiscard]] std::size_t fitting(std::size_t item, std::uint64_t range) const noexcept {
        do
            range *= levels_[item++] + 1;
        while (item < items_.size() && range <= std::numeric_limits<std::uint64_t>::max() / (levels_[item] + 1));
        return item;
    }

    // Calls work(worker, row) for all rows.
    template <class Work>
    void for_rows(Work work) {
        team_.for_blocks((numbers_.size() + block_rows - 1) / block_rows, [&](std::size_t b, unsigned worker) {
            for (std::size_t i = b * block_rows; i < std::min(numbers_.size(), (b + 1) * block_rows); ++i)
                work(worker, i);
        });
    }

    // Appends the answers to items [first, end) to the numbers; the different ones. Which of its rows stands for a
    // group is left to chance: they are all alike.
    std::vector<group> groups(std::size_t first, std::size_t end) {
        std::vector<table> parts(team_.threads());
        for_rows([&](unsigned worker, std::size_t i) {
            for (std::size_t j = first; j < end; ++j)
                numbers_[i] = numbers_[i] * (levels_[j] + 1) + std::min<std::size_t>(items_[j][i], levels_[j]);
            ++parts[worker].try_emplace(numbers_[i], group{numbers_[i], 0, i}).first->second.rows;
        });
        for (std::size_t w = 1; w < parts.size(); ++w)
            for (auto const& [number, here] : parts[w])
                parts[0].try_emplace(number, group{number, 0, here.some_row}).first->second.rows += here.rows;
        std::vector<group> out;
        for (auto const& [number, here] : parts[0])
            out.push_back(here);
        std::sort(out.begin(), out.end(), [](group const& a, group const& b) { return a.number < b.number; });
        return out;
    }

    // Replaces each number by its place among the groups.
    void count_through(std::vector<group> const& found) {
        boost::unordered_flat_map<std::uint64_t, std::uint64_t> place;
        for (auto const& g : found)
            place.emplace(g.number, place.size());
        for_rows([&](unsigned, std::size_t i) { numbers_[i] = place.find(numbers_[i])->second; });
    }

    category_columns items_;
    std::vector<std::size_t> const& levels_;
    thread_team& team_;
    std::vector<std::uint64_t> numbers_;
};

} // namespace

answer_patterns::answer_patterns(category_columns items, std::span<category_range const> ranges, thread_team& team) {
    for (auto const& range : ranges)
        levels_.push_back(std::max<std::size_t>(range.levels, 1));
    auto const groups = numbering(items, levels_, team).run();
    answers_.reserve(groups.size() * items.size());
    weights_.reserve(groups.size());
    for (auto const& group : groups) {
        weights_.push_back(static_cast<double>(group.rows));
        for (auto const column : items)
            answers_.push_back(column[group.some_row]);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

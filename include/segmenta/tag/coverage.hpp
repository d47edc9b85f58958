// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_COVERAGE_HPP
#define SEGMENTA_TAG_COVERAGE_HPP

/// \file
/// How good a set of tags is: how many customers each tag and each dimension reaches, how much is not known, which tags
/// are of no use and which say the same.
///
/// Coverage of a tag = customers who hold it / all customers. Coverage of a dimension = customers who hold any of its
/// values / all customers, each counted once: of 100 customers 40 and 35 others make 75 % (suo.run 49677). Similar tags
/// are found by the Jaccard index (P. Jaccard, 1901), customers who hold both / customers who hold either, and shown
/// with their lift, share of both / (share of one x share of the other).

#include <segmenta/tag/tag_set.hpp>
#include <segmenta/tag/taxonomy.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is judged how.
struct coverage_options {
    double useless_below = 0.005;   ///< share of customers; source: aifabu.com 16464 (a tag below 0.5 % is of no use)
    double similar_from = 0.95;     ///< Jaccard index from which two tags are said to be alike; example; 0 < it <= 1
    std::size_t most_similar = 100; ///< how many pairs are reported, the most alike first
};

/// How many customers a tag reaches.
struct tag_coverage {
    std::string tag{};
    std::uint64_t tagged = 0; ///< customers who hold it
    std::uint64_t known = 0;  ///< customers of whom it is known whether they do
    std::uint64_t total = 0;  ///< all customers
    bool useless = false;     ///< holds of fewer than `useless_below`, and there are customers

    /// In [0, 1]; 0 without customers, here and below.
    [[nodiscard]] double tagged_share() const noexcept;
    [[nodiscard]] double known_share() const noexcept;

    friend bool operator==(tag_coverage const&, tag_coverage const&) = default;
};

/// How many customers the values of a dimension reach.
struct dimension_coverage {
    std::string path{};
    bool exclusive = false;
    std::uint64_t tagged = 0;    ///< customers who hold any value (`otherwise` and `unknown` are none)
    std::uint64_t several = 0;   ///< of them, who hold more than one: 0 in an exclusive dimension that is obeyed
    std::uint64_t otherwise = 0; ///< customers of whom it is known that no value fits: who hold its tag `otherwise`
    std::uint64_t unknown = 0;   ///< customers who hold its tag `unknown`
    std::uint64_t silent = 0;    ///< customers who hold nothing of the dimension at all
    std::uint64_t total = 0;     ///< all customers

    [[nodiscard]] double tagged_share() const noexcept;
    [[nodiscard]] double unknown_share() const noexcept;

    friend bool operator==(dimension_coverage const&, dimension_coverage const&) = default;
};

/// Two tags that say nearly the same.
struct similar_tags {
    std::string one{}; ///< the earlier in the report
    std::string other{};
    std::uint64_t both = 0;   ///< customers who hold both
    std::uint64_t either = 0; ///< customers who hold at least one
    double jaccard = 0;       ///< both / either
    double lift = 0;          ///< both x total / (holders of one x holders of the other)

    friend bool operator==(similar_tags const&, similar_tags const&) = default;
};

/// Coverage and quality of a set of tags.
///
/// Thread safety: a plain value.
struct coverage_report {
    std::uint64_t total = 0; ///< customers
    coverage_options options{};
    std::vector<tag_coverage> tags{};             ///< in the order of the taxonomy's tags; of a tag nobody was asked
                                                  ///< about, nothing is known
    std::vector<dimension_coverage> dimensions{}; ///< in the order of nodes
    std::vector<similar_tags> similar{};          ///< a hint for people, the most alike first; of equals, by name
    std::vector<std::string> undefined{};         ///< tags that the taxonomy does not define; not reported otherwise
};

/// Counts of one tag, where the customers themselves are not at hand.
struct tag_counts {
    std::string_view tag;
    std::uint64_t tagged = 0;
    std::uint64_t known = 0;
};

/// From the answers of all customers. Tags that hold of nobody are alike to none. Throws `issue_error`
/// (`coverage.options`) when an option is out of range. O(tags x customers / 64), and as much for each pair of tags
/// whose numbers of holders are near enough to be alike.
///
///     coverage_report const report = coverage_of(answers, shop_taxonomy);
///     std::cout << to_table(report, shop_taxonomy, "zh-Hans");
[[nodiscard]] coverage_report coverage_of(tag_set const& answers, taxonomy const& tags,
                                          coverage_options const& options = {});

/// From counts. Of exclusive dimensions, whose values' holders add up; other dimensions and similar tags need the
/// customers and are left out. Throws `issue_error` with all of: `coverage.options`, `coverage.counts` (more tagged
/// than known, more known than there are customers, a tag twice, or more holders of an exclusive dimension than
/// customers).
[[nodiscard]] coverage_report coverage_of(std::uint64_t total, std::span<tag_counts const> counts, taxonomy const& tags,
                                          coverage_options const& options = {});

/// As JSON text, keys and lists in a fixed order, one line or indented. Shares are given beside the counts.
[[nodiscard]] std::string to_json(coverage_report const& report, std::size_t indent = 0);

/// A table for people: one line per tag, dimension and pair, columns aligned (a Chinese character is two wide), shares
/// as `12.50 %`, in Chinese for locales `zh*` (simplified, or traditional for `zh-Hant*`, `zh-TW`, `zh-HK`, `zh-MO`),
/// else in English. Tags and dimensions are called by their titles in that locale, else by name and path.
[[nodiscard]] std::string to_table(coverage_report const& report, taxonomy const& tags, std::string_view locale = "en");

} // namespace v0
} // namespace segmenta

#endif

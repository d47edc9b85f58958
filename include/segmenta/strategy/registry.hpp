// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_REGISTRY_HPP
#define SEGMENTA_STRATEGY_REGISTRY_HPP

/// \file
/// The mechanisms a plan may name: what checks their parameters, fits them and loads them again. Explicit: a registry
/// knows what was added to it, nothing adds itself.

#include <segmenta/column/graph.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/strategy/strategy.hpp>
#include <segmenta/strategy/use.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What an input column must be.
enum class input_kind : std::uint8_t {
    ordered, ///< int64, float64, decimal, date, instant, duration
    number,  ///< int64, float64, decimal
    whole,   ///< int64
    date,    ///< date
    text,    ///< string or category
};

/// Whether a column of this type will do.
[[nodiscard]] bool accepts(input_kind wanted, type given) noexcept;
/// `a number (int64, double, decimal)` and the like, for messages.
[[nodiscard]] std::string_view to_string(input_kind wanted) noexcept;

/// What the parameters of a use say about it before anything is fitted.
struct strategy_outline {
    column_scope scope = column_scope::customer;
    bool needs_fit = false;
    bool time_dependent = false;           ///< sets `valid_until` itself
    std::vector<std::string> reads;        ///< the columns read
    std::vector<input_kind> inputs;        ///< one per column read
    std::vector<std::string> segments;     ///< ids with the scheme, in order
    bool scores = false;                   ///< the score is what matters (quantile_score, weighted_score)
    bool whole_scores = false;             ///< and it is a whole number
    std::size_t levels = 0;                ///< such scores are 1...levels; 0: nothing is known of them
    std::vector<std::size_t> input_levels; ///< one per column read, or empty: scores 1...n are taken, others an error
};

/// A mechanism under its name.
struct strategy_kind {
    std::string name;
    std::string summary; ///< one line for people
    /// All problems of the parameters into the list; nothing when there is an error.
    std::function<std::optional<strategy_outline>(strategy_use const&, issue_list&)> check;
    /// Makes the strategy; `everyone` holds the columns of `outline.reads` for all customers when `needs_fit`, and is
    /// otherwise ignored; `id_order` as in `population_strategy`. Throws `issue_error`.
    std::function<any_strategy(strategy_use const&, block const& everyone, std::span<std::uint32_t const> id_order)>
        fit;
    /// From what `any_strategy::to_json` wrote. Throws `issue_error`.
    std::function<any_strategy(std::string_view json, strategy_use const&)> load;
};

/// Mechanisms by name.
///
/// Thread safety: concurrent reads are safe; `add` needs exclusive access.
class strategy_registry {
public:
    /// Empty.
    strategy_registry() = default;
    /// With the mechanisms of this room: quantile_score, nested_score, bands, share_bands, cell_map, lookup,
    /// weighted_score, best_of, stages, level_stages, leaving_reasons.
    [[nodiscard]] static strategy_registry core();

    /// Throws `issue_error` (`strategy.duplicate_kind`) when the name is taken.
    void add(strategy_kind kind);
    [[nodiscard]] strategy_kind const* find(std::string_view name) const noexcept;
    [[nodiscard]] std::span<strategy_kind const> kinds() const noexcept { return kinds_; }

    /// As the kind's `check`; `strategy.unknown_kind` with the known names when there is none.
    std::optional<strategy_outline> check(strategy_use const& use, issue_list& issues) const;
    /// Throws `issue_error`.
    [[nodiscard]] any_strategy fit(strategy_use const& use, block const& everyone,
                                   std::span<std::uint32_t const> id_order = {}) const;
    /// A mechanism without fit.
    [[nodiscard]] any_strategy make(strategy_use const& use) const { return fit(use, {}, {}); }
    [[nodiscard]] any_strategy load(strategy_use const& use, std::string_view json) const;

private:
    std::vector<strategy_kind> kinds_;
};

} // namespace v0
} // namespace segmenta

#endif

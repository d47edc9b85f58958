// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_EXPERIMENT_GRID_HPP
#define SEGMENTA_EVALUATE_EXPERIMENT_GRID_HPP

/// \file
/// Experiments with methods: every combination of some parameters, with several seeds each, measured into one table
/// that any statistics program reads. Same input, same bytes, on any number of threads.
///
///     auto const table = run_grid({{"k", {std::int64_t{4}, std::int64_t{8}}}, {"method", {"ward", "kmeans"}}},
///                                 {"inertia"}, [&](grid_point const& at) {
///                                     return std::vector{inertia(at.integer("k"), at.text("method"), at.seed())};
///                                 }, {.seeds = {1, 2, 3}});
///     table.to_csv();   // k,method,seed,inertia,error and twelve rows

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a parameter can be.
using grid_value = std::variant<double, std::int64_t, std::string>;

struct grid_parameter {
    std::string name;
    std::vector<grid_value> values; ///< in the order in which they are tried
};

/// One combination and one seed, as the experiment sees them.
///
/// Thread safety: immutable; valid during the call it was made for.
class grid_point {
public:
    grid_point(std::span<grid_parameter const> parameters, std::span<std::size_t const> choice,
               std::uint64_t seed) noexcept
        : parameters_(parameters), choice_(choice), seed_(seed) {}

    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    /// A number, whole or not. Throws `issue_error`: `evaluate.parameter` when there is no parameter of that name or it
    /// is of another kind; so do the following.
    [[nodiscard]] double number(std::string_view name) const;
    /// A whole number.
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] std::string const& text(std::string_view name) const;

private:
    [[nodiscard]] grid_value const& value(std::string_view name) const;

    std::span<grid_parameter const> parameters_;
    std::span<std::size_t const> choice_;
    std::uint64_t seed_;
};

/// One run.
struct grid_row {
    std::vector<std::size_t> choice; ///< number of the value of each parameter
    std::uint64_t seed = 0;
    std::vector<double> measures; ///< NaN where there is none: an empty cell
    std::string error;            ///< codes and messages of an `issue_error` the experiment threw; else empty
};

/// All runs: combinations in order, the last parameter changing fastest, seeds fastest of all.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class grid_table {
public:
    grid_table(std::vector<grid_parameter> parameters, std::vector<std::string> measures, std::vector<grid_row> rows)
        : parameters_(std::move(parameters)), measures_(std::move(measures)), rows_(std::move(rows)) {}

    [[nodiscard]] std::span<grid_parameter const> parameters() const noexcept { return parameters_; }
    [[nodiscard]] std::span<std::string const> measures() const noexcept { return measures_; }
    [[nodiscard]] std::span<grid_row const> rows() const noexcept { return rows_; }
    /// Tidy: a column for each parameter, `seed`, a column for each measure, `error`; a row for each run. RFC 4180 with
    /// line feeds; numbers in the shortest form that reads back to the same bits.
    [[nodiscard]] std::string to_csv() const;

private:
    std::vector<grid_parameter> parameters_;
    std::vector<std::string> measures_;
    std::vector<grid_row> rows_;
};

/// The measures of one run, as many as there are names. May throw `issue_error`, which becomes the row's error; all
/// other exceptions end the whole grid. Called concurrently when more than one thread is asked for; whatever is random
/// in it must come from the point's seed.
using grid_experiment = std::function<std::vector<double>(grid_point const&)>;

struct grid_options {
    std::vector<std::uint64_t> seeds = {1}; ///< each combination is run with each
    unsigned threads = 1;                   ///< 0: all; the table does not depend on it
    std::stop_token stop = {};              ///< when requested, no further run is begun and the answer is nothing
};

/// Runs everything. Throws `issue_error` with all of `evaluate.empty` (a parameter without values, no measures, no
/// seeds), `evaluate.duplicate` (a column named twice; `seed` and `error` are taken), `evaluate.option` (an empty name,
/// more than 10 million rows), and `evaluate.length` when an experiment answers with another number of measures.
[[nodiscard]] std::optional<grid_table> run_grid_or_stop(std::vector<grid_parameter> parameters,
                                                         std::vector<std::string> measures,
                                                         grid_experiment const& experiment,
                                                         grid_options const& options = {});
/// The same for who does not stop it; a stop that is requested all the same is an `issue_error` (`evaluate.stopped`).
[[nodiscard]] grid_table run_grid(std::vector<grid_parameter> parameters, std::vector<std::string> measures,
                                  grid_experiment const& experiment, grid_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif

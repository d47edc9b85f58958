// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_prototypes.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"
#include "model/prototype_search.hpp"
#include "model/row_block.hpp"

#include <segmenta/base/parallel.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace segmenta {
inline namespace v0 {

k_prototypes::k_prototypes(std::size_t clusters, std::vector<double> numbers, std::vector<std::uint32_t> categories,
                           double gamma)
    : clusters_(clusters), numbers_(std::move(numbers)), categories_(std::move(categories)), gamma_(gamma) {
    bool const shaped = clusters > 0 && numbers_.size() % clusters == 0 && categories_.size() % clusters == 0 &&
                        !(numbers_.empty() && categories_.empty());
    bool const finite = std::all_of(numbers_.begin(), numbers_.end(), [](double v) { return std::isfinite(v); });
    if (!shaped || !finite || !(std::isfinite(gamma) && gamma >= 0))
        throw issue_error("cluster.bad_centres", "prototypes", "these are no prototypes",
                          std::to_string(numbers_.size()) + " numbers and " + std::to_string(categories_.size()) +
                              " categories for " + std::to_string(clusters) + " clusters, gamma " +
                              std::to_string(gamma),
                          "finite numbers and categories, as many for each cluster, and gamma from 0", {});
}

std::uint32_t k_prototypes::nearest(std::span<double const> numbers,
                                    std::span<std::uint32_t const> categories) const noexcept {
    bool const usable = numbers.size() == number_features() && categories.size() == category_features() &&
                        std::all_of(numbers.begin(), numbers.end(), [](double v) { return std::isfinite(v); });
    if (!usable) return no_cluster;
    std::uint32_t best = 0;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::uint32_t c = 0; c < clusters_; ++c) {
        auto const codes = mode(c);
        std::size_t different = 0;
        for (std::size_t j = 0; j < codes.size(); ++j)
            different += codes[j] != categories[j] ? 1 : 0;
        double const here = detail::squared_distance(numbers.data(), mean(c).data(), numbers.size()) +
                            gamma_ * static_cast<double>(different);
        if (!(here < lowest)) continue;
        lowest = here;
        best = c;
    }
    return best;
}

void k_prototypes::assign(number_columns numbers, category_columns categories, std::span<std::uint32_t> labels,
                          unsigned threads) const {
    auto const fits = [&](auto const& c) { return c.size() == labels.size(); };
    if (numbers.size() != number_features() || categories.size() != category_features() ||
        !std::all_of(numbers.begin(), numbers.end(), fits) || !std::all_of(categories.begin(), categories.end(), fits))
        throw issue_error("data.ragged", "columns", "the columns do not fit the model or the labels",
                          std::to_string(numbers.size()) + " and " + std::to_string(categories.size()) + " columns",
                          std::to_string(number_features()) + " of numbers and " + std::to_string(category_features()) +
                              " of categories, of " + std::to_string(labels.size()) + " rows",
                          {});
    constexpr std::size_t block_rows = 4096;
    parallel_for_blocks(threads, (labels.size() + block_rows - 1) / block_rows, [&](std::size_t b) {
        std::size_t const end = std::min(labels.size(), (b + 1) * block_rows);
        detail::for_row_blocks(b * block_rows, end, [&](detail::row_block& rows, std::size_t first) {
            for (std::uint32_t c = 0; c < clusters_; ++c) {
                rows.measure(numbers, mean(c).data());
                rows.measure(categories, mode(c).data(), gamma_);
                rows.offer(c);
            }
            for (std::size_t i = 0; i < rows.size(); ++i)
                labels[first + i] =
                    rows.centre(i) != detail::row_block::no_centre
                        ? rows.centre(i)
                        : nearest(detail::row_of(numbers, first + i), detail::row_of(categories, first + i));
        });
    });
}

std::string k_prototypes::to_json() const {
    boost::json::object fields;
    fields["clusters"] = clusters_;
    fields["gamma"] = gamma_;
    fields["numbers"] = detail::numbers_of(numbers_);
    boost::json::array categories;
    for (auto const c : categories_)
        categories.push_back(c);
    fields["categories"] = std::move(categories);
    fields["cost"] = detail::number_or_null(fit_.cost);
    fields["iterations"] = fit_.iterations;
    fields["reseeded"] = fit_.reseeded;
    fields["converged"] = fit_.converged;
    boost::json::array sizes;
    for (auto const s : fit_.sizes)
        sizes.push_back(s);
    fields["sizes"] = std::move(sizes);
    return detail::write_model_document("k_prototypes", 1, std::move(fields));
}

k_prototypes k_prototypes::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "k_prototypes", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto const clusters = static_cast<std::size_t>(reader.count("clusters"));
    double const gamma = reader.number("gamma");
    auto numbers = reader.numbers("numbers");
    std::vector<std::uint32_t> categories;
    for (double const c : reader.numbers("categories"))
        categories.push_back(c >= 0 && c < 0x1p32 ? static_cast<std::uint32_t>(c) : missing_category);
    summary fit;
    fit.cost = reader.number("cost");
    fit.iterations = static_cast<std::size_t>(reader.count("iterations"));
    fit.reseeded = static_cast<std::size_t>(reader.count("reseeded"));
    fit.converged = reader.flag("converged");
    for (double const s : reader.numbers("sizes"))
        fit.sizes.push_back(s >= 0 && s < 0x1p63 ? static_cast<std::uint64_t>(s) : 0);
    issues.throw_if_errors();
    k_prototypes out(clusters, std::move(numbers), std::move(categories), gamma);
    out.fit_ = std::move(fit);
    return out;
}

namespace {

double default_gamma(number_columns numbers, std::span<detail::column_range const> ranges, thread_team& team) {
    if (numbers.empty()) return 1; // only categories: their number is the distance
    std::vector<double> deviation(numbers.size());
    team.for_blocks(numbers.size(), [&](std::size_t j) {
        double const n = static_cast<double>(numbers[j].size());
        double const mean = ranges[j].sum / n;
        double squares = 0;
        for (double const v : numbers[j])
            squares += (v - mean) * (v - mean);
        deviation[j] = std::sqrt(squares / n);
    });
    double const sum = std::accumulate(deviation.begin(), deviation.end(), 0.0);
    return sum / static_cast<double>(numbers.size()) / 2;
}

struct mixed_ranges {
    std::vector<detail::column_range> numbers;
    std::vector<detail::category_range> categories;
};

// Another pass over columns only when there may be something to tell.
void check_mixed(number_columns numbers, category_columns categories, mixed_ranges const& ranges,
                 k_prototypes_options const& o, issue_list& issues) {
    if (!detail::usable(ranges.numbers, row_count(numbers))) {
        if (!numbers.empty() || categories.empty()) check_columns(numbers, issues, "numbers");
        detail::check_squares(numbers, issues);
    }
    bool const missing =
        std::any_of(ranges.categories.begin(), ranges.categories.end(), [](auto const& r) { return r.missing; });
    if (!categories.empty() && (missing || !detail::usable(ranges.categories, row_count(categories))))
        check_categories(categories, issues, "categories");
    std::size_t const rows = numbers.empty() ? row_count(categories) : row_count(numbers);
    if (!categories.empty() && row_count(categories) != rows)
        issues.error("data.ragged", "categories", "numbers and categories are of different customers",
                     std::to_string(row_count(categories)), std::to_string(rows), {});
    detail::check_cluster_count(o.clusters, rows, issues);
    detail::check_at_least(o.starts, 1, "starts", issues);
    detail::check_at_least(o.max_iterations, 1, "max_iterations", issues);
    if (o.gamma > 1e150 || o.gamma < 0) // as the largest numbers: sums of distances stay finite
        issues.error("cluster.bad_option", "options gamma", "gamma is no number from 0 to 1e150",
                     std::to_string(o.gamma), "0 to 1e150, or NaN for the usual one", {});
    issues.throw_if_errors();
}

} // namespace

k_prototypes fit_k_prototypes(number_columns numbers, category_columns categories,
                              k_prototypes_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    mixed_ranges const ranges{detail::ranges_of(numbers, team), detail::ranges_of(categories, team)};
    check_mixed(numbers, categories, ranges, options, issues);
    double const gamma = std::isnan(options.gamma) ? default_gamma(numbers, ranges.numbers, team) : options.gamma;
    detail::prototype_data const data(numbers, categories, ranges.categories, gamma);
    std::optional<detail::prototype_solution> best;
    bool const chance = options.start != prototype_start::cao;
    for (std::size_t s = 0; s < (chance ? options.starts : 1); ++s) {
        random_generator random(options.seed, s);
        auto const start = detail::start_prototypes(data, options, random, team);
        auto here = detail::search_prototypes(data, start, options, team);
        if (!best || here.fit.cost < best->fit.cost) best = std::move(here);
    }
    k_prototypes out(options.clusters, std::move(best->at.means), std::move(best->at.modes), gamma);
    out.fit_ = std::move(best->fit);
    return out;
}

} // namespace v0
} // namespace segmenta

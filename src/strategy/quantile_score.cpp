// SPDX-License-Identifier: Apache-2.0
#include "strategy/quantile_score.hpp"

#include "strategy/edges_json.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/error.hpp>
#include <segmenta/stats/exact_sum.hpp>

#include <algorithm>
#include <variant>

namespace segmenta {
inline namespace v0 {

using detail::bad_content;

namespace {

constexpr std::string_view own_kind = "quantile_score";
constexpr std::int64_t version = 1;

/// What the values are compared with.
using score_edges = std::variant<detail::cut_list, bin_edges<double>, bin_edges<std::int64_t>>;

} // namespace

struct quantile_score::contents {
    detail::scheme names;
    quantile_score_options options;
    std::size_t bins = 0;
    type fitted{}; ///< of the column; not used with fixed cuts
    score_edges edges;
    score_report report;
    std::array<std::uint8_t, 256> score_of_code{}; ///< direction applied; 0 for missing

    explicit contents(quantile_score_options given) : options(std::move(given)), bins(detail::bins_of(options)) {
        std::vector<std::string> locals = options.segments;
        if (locals.empty())
            for (std::size_t i = 1; i <= bins; ++i)
                locals.push_back(std::to_string(i));
        names.set(options.id, {options.reads}, locals);
        for (std::size_t code = 0; code < bins; ++code)
            score_of_code[code] =
                static_cast<std::uint8_t>(options.direction == score_direction::ascending ? code + 1 : bins - code);
    }

    [[nodiscard]] bool population() const noexcept {
        return options.method == cut_method::quantiles && options.ties == tie_policy::rank_first;
    }
    [[nodiscard]] bool fits(type given) const noexcept {
        if (std::holds_alternative<detail::cut_list>(edges)) return detail::is_ordered_number(given.base);
        return given == fitted;
    }
    void scores_by_edges(column_view const& values, std::span<std::uint8_t> out) const noexcept;
    /// The score of one row, 0 when it is missing; the column fits.
    [[nodiscard]] std::uint8_t score_of_row(column_view const& values) const noexcept {
        if (!values.is_present(0)) return 0;
        auto const* const cuts = std::get_if<detail::cut_list>(&edges);
        return cuts != nullptr ? score_of_code[cuts->above(values, 0)] : score_of_one(values);
    }
    [[nodiscard]] std::uint8_t score_of_one(column_view const& values) const noexcept;
};

namespace {

closed_side cut_side(quantile_score_options const& o) {
    return o.closed.value_or(o.direction == score_direction::ascending ? closed_side::left : closed_side::right);
}

detail::cut_list fixed_cuts(quantile_score_options const& options) {
    return {options.cuts, std::vector<bool>(options.cuts.size(), cut_side(options) == closed_side::left)};
}

/// The mean as a single edge.
bin_edges<double> mean_edge(std::span<double const> values, std::uint64_t const* valid) {
    auto out = quantile_edges(values, valid, 2); // for count, minimum and maximum
    exact_sum sum;
    for (std::size_t row = 0; row < values.size(); ++row)
        if ((valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1U) != 0) && values[row] == values[row])
            sum.add(values[row]);
    out.inner = {sum.value() / static_cast<double>(out.count)};
    return out;
}

/// Exact: floor and rest of sum / count.
bin_edges<std::int64_t> mean_edge(std::span<std::int64_t const> values, std::uint64_t const* valid) {
    auto out = quantile_edges(values, valid, 2);
    __extension__ using wide = __int128;
    wide sum = 0;
    for (std::size_t row = 0; row < values.size(); ++row)
        if (valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1U) != 0) sum += values[row];
    wide const count = static_cast<wide>(out.count);
    wide floor = sum / count;
    wide rest = sum % count;
    if (rest < 0) rest += count, --floor;
    out.inner = {
        {static_cast<std::int64_t>(floor), static_cast<std::uint64_t>(rest), static_cast<std::uint64_t>(out.count)}};
    return out;
}

template <class T>
bin_edges<T> fit_edges(std::span<T const> values, std::uint64_t const* valid, quantile_score_options const& options,
                       double unit) {
    auto spec = options.quantiles;
    spec.offset *= unit;
    if (options.method == cut_method::quantiles) {
        // rank_first keeps the plain quantiles of the values, for the report
        if (options.ties == tie_policy::midrank) return midrank_edges(values, valid, options.bins, spec);
        return quantile_edges(values, valid, options.bins, spec);
    }
    auto out = options.method == cut_method::mean ? mean_edge(values, valid)
                                                  : quantile_edges(values, valid, 2, {spec.type, cut_side(options), 0});
    out.closed = cut_side(options);
    return out;
}

template <class T>
std::size_t rank_codes(std::span<T const> values, column_view column, quantile_score_options const& options,
                       std::span<std::uint32_t const> order, std::span<std::uint8_t> out) {
    return rank_first_codes(values, column.valid, order, options.bins, options.quantiles, out);
}

void finish_report(score_report& report, std::span<std::uint8_t const> scores, std::size_t bins) {
    std::vector<std::size_t> const counted = bin_sizes(scores, bins + 1); // 0 is missing
    report.missing = counted[0];
    report.sizes.assign(counted.begin() + 1, counted.end());
    report.empty_scores.clear();
    for (std::size_t i = 0; i < bins; ++i)
        if (report.sizes[i] == 0) report.empty_scores.push_back(i + 1);
}

} // namespace

void quantile_score::contents::scores_by_edges(column_view const& values, std::span<std::uint8_t> out) const noexcept {
    if (!fits(values.what) || out.size() != values.size) {
        std::fill(out.begin(), out.end(), std::uint8_t{0});
        return;
    }
    if (auto const* cuts = std::get_if<detail::cut_list>(&edges)) {
        for (std::size_t row = 0; row < out.size(); ++row)
            out[row] = values.is_present(row) ? static_cast<std::uint8_t>(cuts->above(values, row)) : missing_code;
    } else if (auto const* real = std::get_if<bin_edges<double>>(&edges)) {
        bin_codes(values.as<double>(), values.valid, *real, out);
    } else {
        auto const& whole = *std::get_if<bin_edges<std::int64_t>>(&edges);
        detail::for_each_whole_run(values, [&](auto run, std::uint64_t const* valid, std::size_t begin) {
            bin_codes(run, valid, whole, out.subspan(begin, run.size()));
        });
    }
    for (auto& code : out)
        code = score_of_code[code];
}

/// One customer: no look at the machine, no tile. The column fits and its only row is present.
std::uint8_t quantile_score::contents::score_of_one(column_view const& values) const noexcept {
    if (auto const* whole = std::get_if<bin_edges<std::int64_t>>(&edges))
        return score_of_code[bin_code(detail::whole_at(values, 0), *whole)];
    return score_of_code[bin_code(values.as<double>()[0], *std::get_if<bin_edges<double>>(&edges))];
}

quantile_score quantile_score::fit(quantile_score_options const& options, column_view values,
                                   std::span<std::uint32_t const> id_order) {
    issue_list issues;
    detail::check_options(options, options.id, issues);
    issues.throw_if_errors();
    detail::check_fit_column(options.id + " (column " + options.reads + ")", values);

    auto made = std::make_shared<contents>(options);
    made->fitted = values.what;
    double unit = 1;
    if (options.method == cut_method::fixed) {
        made->edges = fixed_cuts(options);
        made->report.edges = options.cuts;
    } else if (values.what.base == kind::float64) {
        made->edges = fit_edges<double>(values.as<double>(), values.valid, options, 1);
    } else {
        std::vector<std::int64_t> memory;
        unit = detail::double_powers_of_ten[detail::scale_of(values.what)];
        made->edges = fit_edges<std::int64_t>(detail::whole_values(values, memory), values.valid, options, unit);
    }
    auto& report = made->report;
    auto const list_edges = [&](auto const& edges) {
        report.edges.push_back(static_cast<double>(edges.minimum) / unit);
        for (auto const& e : edges.inner)
            report.edges.push_back(detail::edge_value(e) / unit);
        report.edges.push_back(static_cast<double>(edges.maximum) / unit);
    };
    if (auto const* real = std::get_if<bin_edges<double>>(&made->edges)) list_edges(*real);
    if (auto const* whole = std::get_if<bin_edges<std::int64_t>>(&made->edges)) list_edges(*whole);

    std::vector<std::uint8_t> scores(values.size);
    quantile_score out(made);
    if (made->population()) {
        std::vector<std::int64_t> memory;
        report.split_values =
            values.what.base == kind::float64
                ? rank_codes<double>(values.as<double>(), values, options, id_order, scores)
                : rank_codes<std::int64_t>(detail::whole_values(values, memory), values, options, id_order, scores);
        for (auto& code : scores)
            code = made->score_of_code[code];
    } else {
        made->scores_by_edges(values, scores);
    }
    finish_report(report, scores, made->bins);
    return out;
}

quantile_score quantile_score::from_cuts(quantile_score_options const& options) {
    issue_list issues;
    detail::check_options(options, options.id, issues);
    if (options.method != cut_method::fixed)
        issues.error("quantile_score.method", options.id, "only fixed cuts need no fit", {}, "fixed", "Use fit");
    issues.throw_if_errors();
    auto made = std::make_shared<contents>(options);
    made->edges = fixed_cuts(options);
    made->report.edges = options.cuts;
    return quantile_score(made);
}

std::string quantile_score::to_json() const {
    auto const& c = *contents_;
    detail::fitted_body body;
    body.scheme = c.options.id;
    body.reads = {c.options.reads};
    body.parameters = detail::parameters_of(c.options);
    if (auto const* real = std::get_if<bin_edges<double>>(&c.edges)) body.fit["edges"] = detail::edges_to_json(*real);
    if (auto const* whole = std::get_if<bin_edges<std::int64_t>>(&c.edges))
        body.fit["edges"] = detail::edges_to_json(*whole);
    if (!std::holds_alternative<detail::cut_list>(c.edges)) body.fit["type"] = to_string(c.fitted);
    boost::json::array sizes;
    for (auto const s : c.report.sizes)
        sizes.emplace_back(static_cast<std::int64_t>(s));
    body.fit["sizes"] = std::move(sizes);
    body.fit["missing"] = static_cast<std::int64_t>(c.report.missing);
    body.fit["split_values"] = static_cast<std::int64_t>(c.report.split_values);
    return detail::write_fitted(own_kind, version, body);
}

quantile_score quantile_score::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = detail::parse_quantile_score(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    auto made = std::make_shared<contents>(*options);
    detail::object_reader reader(body.fit, own_kind, "fitted/quantile_score", issues);
    std::vector<std::int64_t> sizes;
    reader.read("sizes", sizes);
    reader.read_whole("missing", made->report.missing, 0, INT64_MAX);
    reader.read_whole("split_values", made->report.split_values, 0, INT64_MAX);
    if (options->method == cut_method::fixed) {
        made->edges = fixed_cuts(*options);
        made->report.edges = options->cuts;
        if (!sizes.empty() && sizes.size() != made->bins) bad_content(own_kind, "the sizes do not fit the cuts");
    } else {
        made->fitted = detail::type_from_json(reader, "type");
        auto const* edges = reader.need("edges");
        if (made->fitted.base == kind::float64)
            made->edges = detail::edges_from_json<double>(edges, own_kind);
        else if (detail::is_whole(made->fitted.base))
            made->edges = detail::edges_from_json<std::int64_t>(edges, own_kind);
        else
            bad_content(own_kind, "a column of this type cannot have been fitted");
        double const unit = detail::double_powers_of_ten[detail::scale_of(made->fitted)];
        auto const list_edges = [&](auto const& e) {
            if (e.bins() != made->bins) bad_content(own_kind, "the number of edges does not fit the parameters");
            made->report.edges.push_back(static_cast<double>(e.minimum) / unit);
            for (auto const& edge : e.inner)
                made->report.edges.push_back(detail::edge_value(edge) / unit);
            made->report.edges.push_back(static_cast<double>(e.maximum) / unit);
        };
        if (auto const* real = std::get_if<bin_edges<double>>(&made->edges)) list_edges(*real);
        if (auto const* whole = std::get_if<bin_edges<std::int64_t>>(&made->edges)) list_edges(*whole);
        if (sizes.size() != made->bins) bad_content(own_kind, "the sizes do not fit the parameters");
    }
    reader.finish();
    detail::refuse_bad_content(issues);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (sizes[i] < 0) bad_content(own_kind, "a size is negative");
        made->report.sizes.push_back(static_cast<std::size_t>(sizes[i]));
        if (sizes[i] == 0) made->report.empty_scores.push_back(i + 1);
    }
    return quantile_score(made);
}

std::string_view quantile_score::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> quantile_score::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> quantile_score::segments() const noexcept { return contents_->names.segments; }
std::size_t quantile_score::bins() const noexcept { return contents_->bins; }
bool quantile_score::is_population() const noexcept { return contents_->population(); }
score_report const& quantile_score::report() const noexcept { return contents_->report; }

std::string quantile_score::describe(std::uint32_t reason) const {
    if (reason >= contents_->bins) return {};
    return "score " + std::to_string(reason + 1) + " of " + std::to_string(contents_->bins) + " by " +
           contents_->options.reads;
}

void quantile_score::scores(column_view values, std::span<std::uint8_t> out) const noexcept {
    if (contents_->population())
        std::fill(out.begin(), out.end(), std::uint8_t{0});
    else
        contents_->scores_by_edges(values, out);
}

void quantile_score::scores_of_everyone(column_view values, std::span<std::uint32_t const> id_order,
                                        std::span<std::uint8_t> out) const {
    auto const& c = *contents_;
    if (!c.population() || !c.fits(values.what) || out.size() != values.size) return c.scores_by_edges(values, out);
    if (values.what.base == kind::float64) {
        rank_codes<double>(values.as<double>(), values, c.options, id_order, out);
    } else {
        std::vector<std::int64_t> memory;
        rank_codes<std::int64_t>(detail::whole_values(values, memory), values, c.options, id_order, out);
    }
    for (auto& code : out)
        code = c.score_of_code[code];
}

namespace {

assignment scored(std::uint8_t score) noexcept {
    auto const index = static_cast<std::uint16_t>(score - 1);
    assignment out;
    out.score = score;
    out.reason = index;
    out.segment = index;
    return out;
}

void to_assignments(std::span<std::uint8_t const> scores, std::span<assignment> out) noexcept {
    for (std::size_t row = 0; row < scores.size(); ++row) {
        if (scores[row] == 0) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        out[row] = scored(scores[row]);
    }
}

} // namespace

void quantile_score::assign(block const& rows, std::span<assignment> out) const noexcept {
    if (rows.columns.size() != 1 || !contents_->fits(rows.columns[0].what))
        return detail::fill_status(out, status::error);
    if (rows.size == 1) {
        std::uint8_t const score = contents_->population() ? std::uint8_t{0} : contents_->score_of_row(rows.columns[0]);
        out[0] = score != 0 ? scored(score) : no_answer(status::unknown);
        return;
    }
    std::array<std::uint8_t, detail::tile_rows> tile;
    for (std::size_t begin = 0; begin < rows.size; begin += tile.size()) {
        std::size_t const n = std::min(tile.size(), rows.size - begin);
        std::span<std::uint8_t> const scored(tile.data(), n);
        scores(rows.columns[0].slice(begin, n), scored);
        to_assignments(scored, out.subspan(begin, n));
    }
}

void quantile_score::assign_everyone(block const& rows, std::span<std::uint32_t const> id_order,
                                     std::span<assignment> out) const {
    if (rows.columns.size() != 1 || !contents_->fits(rows.columns[0].what))
        return detail::fill_status(out, status::error);
    std::vector<std::uint8_t> scored(rows.size);
    scores_of_everyone(rows.columns[0], id_order, scored);
    to_assignments(scored, out);
}

namespace detail {

strategy_kind quantile_score_kind() {
    auto const outline = [](quantile_score_options const& options) {
        strategy_outline described;
        bool const ranked = options.method == cut_method::quantiles && options.ties == tie_policy::rank_first;
        described.needs_fit = options.method != cut_method::fixed;
        if (described.needs_fit) described.scope = ranked ? column_scope::population : column_scope::fitted;
        described.reads = {options.reads};
        described.inputs = {input_kind::ordered};
        // with names of its own a score is a segment, low or high, and no number to reckon with
        described.scores = described.whole_scores = options.segments.empty();
        if (described.whole_scores) described.levels = bins_of(options);
        quantile_score::contents const made(options);
        for (auto const& s : made.names.segments)
            described.segments.push_back(s.id);
        return described;
    };
    auto const fit = [](quantile_score_options const& options, strategy_use const& use, block const& everyone,
                        std::span<std::uint32_t const> id_order) {
        if (options.method == cut_method::fixed) return quantile_score::from_cuts(options);
        return quantile_score::fit(options, only_column(everyone, use, "the column that is scored"), id_order);
    };
    return fitted_kind<quantile_score>(std::string(own_kind), version,
                                       "scores 1 to n of one column by quantiles, fixed cuts, mean or median",
                                       parse_quantile_score, outline, fit);
}

} // namespace detail

} // namespace v0
} // namespace segmenta

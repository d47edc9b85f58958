// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/nested_score.hpp>

#include "strategy/edges_json.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/quantile_score.hpp"
#include "strategy/scheme.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <variant>

namespace segmenta {
inline namespace v0 {

using detail::bad_content;

namespace {

constexpr std::string_view own_kind = "nested_score";
constexpr std::int64_t version = 1;
constexpr std::size_t most_dimensions = 4;

using any_edges = std::variant<bin_edges<double>, bin_edges<std::int64_t>>;

const std::initializer_list<detail::object_reader::named<closed_side>> closed_names{{"left", closed_side::left},
                                                                                    {"right", closed_side::right}};

void check_options(nested_score_options const& options, std::string_view place, issue_list& issues) {
    std::string const where(place);
    detail::check_scheme(own_kind, options.id, options.reads, options.directions.size(), {}, place, issues);
    if (options.reads.empty() || options.reads.size() > most_dimensions)
        issues.error("nested_score.reads", where, "that many columns cannot be nested",
                     std::to_string(options.reads.size()), "1 to 4");
    if (options.bins < 2 || options.bins > 10)
        issues.error("nested_score.bins", where + "/bins", "scores come in other numbers", std::to_string(options.bins),
                     "2 to 10");
    detail::check_offset(own_kind, options.quantiles, options.ties, place, issues);
}

std::optional<nested_score_options> parse_nested_score(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    nested_score_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    reader.read_whole("bins", out.bins, 2, 10);
    detail::read_quantile_keys(reader, out.quantiles);
    reader.read_choice("closed", out.quantiles.closed, closed_names);
    detail::read_ties(reader, out.ties);
    std::vector<std::string> directions;
    reader.need("directions");
    reader.read("directions", directions);
    for (auto const& text : directions) {
        if (text != "ascending" && text != "descending")
            found.error("nested_score.value", reader.place_of("directions"), "a direction is one of two words", text,
                        "ascending, descending");
        out.directions.push_back(text == "descending" ? score_direction::descending : score_direction::ascending);
    }
    reader.finish();
    if (!found.has_errors()) check_options(out, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(nested_score_options const& options) {
    boost::json::object out;
    out["bins"] = static_cast<std::int64_t>(options.bins);
    detail::write_quantile_keys(out, options.quantiles, options.ties);
    std::vector<std::string> directions;
    for (auto const d : options.directions)
        directions.emplace_back(detail::direction_name(d));
    out["directions"] = detail::to_array(directions);
    return out;
}

std::size_t power(std::size_t base, std::size_t exponent) {
    std::size_t out = 1;
    while (exponent-- > 0)
        out *= base;
    return out;
}

/// One level of the tree: edges for each cell of the levels above, and those over everybody.
struct level {
    type fitted{};
    any_edges pooled;
    std::vector<any_edges> per_cell;
};

/// Codes of some rows of a column.
template <class T>
struct gathered {
    std::vector<T> values;

    gathered(column_view column, std::span<std::uint32_t const> rows) {
        values.reserve(rows.size());
        for (auto const row : rows) {
            if constexpr (std::is_same_v<T, double>)
                values.push_back(column.as<double>()[row]);
            else
                values.push_back(detail::whole_at(column, row));
        }
    }

    /// The rows are in id order, so `rank_first` needs no other.
    any_edges fit(nested_score_options const& options, double unit, std::span<std::uint8_t> codes) const {
        std::span<T const> const all(values);
        auto spec = options.quantiles;
        spec.offset *= unit;
        auto const edges = options.ties == tie_policy::midrank ? midrank_edges(all, nullptr, options.bins, spec)
                                                               : quantile_edges(all, nullptr, options.bins, spec);
        if (options.ties == tie_policy::rank_first)
            rank_first_codes(all, nullptr, {}, options.bins, options.quantiles, codes);
        else
            bin_codes(all, nullptr, edges, codes);
        return edges;
    }
};

any_edges fit_rows(column_view column, std::span<std::uint32_t const> rows, nested_score_options const& options,
                   std::span<std::uint8_t> codes) {
    double const unit = detail::double_powers_of_ten[detail::scale_of(column.what)];
    if (column.what.base == kind::float64) return gathered<double>(column, rows).fit(options, 1, codes);
    return gathered<std::int64_t>(column, rows).fit(options, unit, codes);
}

/// Rows with all columns present, in id order.
std::vector<std::uint32_t> usable_rows(block const& rows, std::span<std::uint32_t const> id_order) {
    std::vector<std::uint32_t> out;
    auto const add = [&](std::uint32_t row) {
        for (auto const& c : rows.columns) {
            if (!c.is_present(row)) return;
            if (c.what.base == kind::float64 && c.as<double>()[row] != c.as<double>()[row]) return;
        }
        out.push_back(row);
    };
    if (id_order.empty())
        for (std::uint32_t row = 0; row < rows.size; ++row)
            add(row);
    else
        for (auto const row : id_order)
            add(row);
    return out;
}

} // namespace

struct nested_score::contents {
    detail::scheme names;
    nested_score_options options;
    std::vector<level> levels;
    std::vector<std::size_t> sizes;

    explicit contents(nested_score_options given) : options(std::move(given)) {
        std::size_t const cells = power(options.bins, options.reads.size());
        std::vector<std::string> locals;
        for (std::size_t cell = 0; cell < cells; ++cell)
            locals.push_back(cell_name(cell));
        names.set(options.id, options.reads, locals);
        sizes.assign(cells, 0);
    }

    /// `555`, or with ten bins `10-1-3`.
    [[nodiscard]] std::string cell_name(std::size_t cell) const {
        std::string name;
        for (std::size_t d = options.reads.size(); d > 0; --d) {
            std::string digit = std::to_string(cell / power(options.bins, d - 1) % options.bins + 1);
            if (options.bins == 10 && !name.empty()) name += '-';
            name += digit;
        }
        return name;
    }
    [[nodiscard]] bool population() const noexcept { return options.ties == tie_policy::rank_first; }

    [[nodiscard]] std::size_t score_index(std::size_t dimension, std::size_t code) const noexcept {
        return options.directions[dimension] == score_direction::ascending ? code : options.bins - 1 - code;
    }

    /// Cells of all rows (`no_segment` where something is missing); fills `learnt` with the edges when it is given.
    std::vector<std::uint16_t> cells_of_everyone(block const& rows, std::span<std::uint32_t const> id_order,
                                                 std::vector<level>* learnt) const {
        auto const usable = usable_rows(rows, id_order);
        std::vector<std::uint32_t> order = usable; // grouped by cell, in id order inside a cell
        std::vector<std::size_t> group_begin{0, order.size()};
        std::vector<std::uint8_t> codes(order.size());
        std::vector<std::uint16_t> cell(rows.size, no_segment);
        for (auto const row : usable)
            cell[row] = 0;
        for (std::size_t d = 0; d < rows.columns.size(); ++d) {
            if (learnt != nullptr) {
                level next;
                next.fitted = rows.columns[d].what;
                next.pooled = fit_rows(rows.columns[d], usable, options, codes);
                learnt->push_back(std::move(next));
            }
            std::vector<std::size_t> next_begin{0};
            std::vector<std::uint32_t> next_order;
            next_order.reserve(order.size());
            for (std::size_t g = 0; g + 1 < group_begin.size(); ++g) {
                std::size_t const n = group_begin[g + 1] - group_begin[g];
                auto const members = std::span<std::uint32_t const>(order).subspan(group_begin[g], n);
                std::span<std::uint8_t> const member_codes(codes.data(), n);
                any_edges edges = fit_rows(rows.columns[d], members, options, member_codes);
                if (learnt != nullptr) learnt->back().per_cell.push_back(std::move(edges));
                for (std::size_t s = 0; s < options.bins; ++s) {
                    for (std::size_t i = 0; i < n; ++i) {
                        if (score_index(d, member_codes[i]) != s) continue;
                        next_order.push_back(members[i]);
                        cell[members[i]] = static_cast<std::uint16_t>(cell[members[i]] * options.bins + s);
                    }
                    next_begin.push_back(next_order.size());
                }
            }
            order = std::move(next_order);
            group_begin = std::move(next_begin);
        }
        return cell;
    }

    [[nodiscard]] bool fits(block const& rows) const noexcept {
        if (rows.columns.size() != levels.size()) return false;
        for (std::size_t d = 0; d < levels.size(); ++d)
            if (rows.columns[d].what != levels[d].fitted) return false;
        return true;
    }

    [[nodiscard]] std::uint16_t cell_at(block const& rows, std::size_t row) const noexcept {
        std::size_t cell = 0;
        for (std::size_t d = 0; d < levels.size(); ++d) {
            auto const& column = rows.columns[d];
            if (!column.is_present(row)) return no_segment;
            auto const& own = levels[d].per_cell[cell];
            std::size_t code = 0;
            if (auto const* real = std::get_if<bin_edges<double>>(&own)) {
                auto const& pooled = *std::get_if<bin_edges<double>>(&levels[d].pooled);
                code = bin_code(column.as<double>()[row], real->count != 0 ? *real : pooled);
            } else {
                auto const& whole = *std::get_if<bin_edges<std::int64_t>>(&own);
                auto const& pooled = *std::get_if<bin_edges<std::int64_t>>(&levels[d].pooled);
                code = bin_code(detail::whole_at(column, row), whole.count != 0 ? whole : pooled);
            }
            if (code == missing_code) return no_segment;
            cell = cell * options.bins + score_index(d, code);
        }
        return static_cast<std::uint16_t>(cell);
    }

    [[nodiscard]] assignment answer(std::uint16_t cell) const noexcept {
        if (cell == no_segment) return no_answer(status::unknown);
        assignment out;
        out.segment = cell;
        out.reason = cell;
        double number = 0;
        for (std::size_t d = options.reads.size(); d > 0; --d)
            number = number * (options.bins == 10 ? 100 : 10) +
                     static_cast<double>(cell / power(options.bins, d - 1) % options.bins + 1);
        out.score = number;
        return out;
    }
};

nested_score nested_score::fit(nested_score_options const& options, block const& rows,
                               std::span<std::uint32_t const> id_order) {
    issue_list issues;
    check_options(options, options.id, issues);
    if (rows.columns.size() != options.reads.size())
        issues.error("fit.columns", options.id, "the fit needs the columns that are scored",
                     std::to_string(rows.columns.size()), std::to_string(options.reads.size()));
    issues.throw_if_errors();
    for (std::size_t d = 0; d < rows.columns.size(); ++d)
        detail::check_fit_column(options.id + " (column " + options.reads[d] + ")", rows.columns[d]);
    if (usable_rows(rows, id_order).empty())
        throw issue_error("fit.no_values", options.id, "no customer has a value in every column",
                          std::to_string(rows.size) + " rows", "at least one", "Look at the data quality counts");
    auto made = std::make_shared<contents>(options);
    for (auto const cell : made->cells_of_everyone(rows, id_order, &made->levels))
        if (cell != no_segment) ++made->sizes[cell];
    return nested_score(made);
}

std::string nested_score::to_json() const {
    auto const& c = *contents_;
    detail::fitted_body body{c.options.id, c.options.reads, {}, parameters_of(c.options), {}};
    auto const edges = [](any_edges const& e) {
        return std::visit([](auto const& typed) -> boost::json::value { return detail::edges_to_json(typed); }, e);
    };
    boost::json::array levels;
    for (auto const& l : c.levels) {
        boost::json::array cells;
        for (auto const& e : l.per_cell)
            cells.push_back(edges(e));
        boost::json::object one;
        one["type"] = to_string(l.fitted);
        one["pooled"] = edges(l.pooled);
        one["cells"] = std::move(cells);
        levels.push_back(std::move(one));
    }
    boost::json::array sizes;
    for (auto const s : c.sizes)
        sizes.emplace_back(static_cast<std::int64_t>(s));
    body.fit["levels"] = std::move(levels);
    body.fit["sizes"] = std::move(sizes);
    return detail::write_fitted(own_kind, version, body);
}

nested_score nested_score::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_nested_score(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    auto made = std::make_shared<contents>(*options);
    detail::object_reader reader(body.fit, own_kind, "fitted/nested_score", issues);
    std::vector<std::int64_t> sizes;
    reader.read("sizes", sizes);
    auto const* levels = reader.need("levels");
    reader.finish();
    detail::refuse_bad_content(issues);
    if (!levels->is_array() || levels->get_array().size() != options->reads.size() ||
        sizes.size() != made->sizes.size())
        bad_content(own_kind, "the numbers do not fit the parameters");
    std::size_t cells = 1;
    for (auto const& value : levels->get_array()) {
        if (!value.is_object()) bad_content(own_kind, "a level is no object");
        detail::object_reader inner(value.get_object(), own_kind, "fitted/nested_score/levels", issues);
        level next;
        next.fitted = detail::type_from_json(inner, "type");
        bool const real = next.fitted.base == kind::float64;
        if (!real && !detail::is_whole(next.fitted.base))
            bad_content(own_kind, "a column of this type cannot have been fitted");
        auto const edges = [&](boost::json::value const* e) -> any_edges {
            if (real) return detail::edges_from_json<double>(e, own_kind);
            return detail::edges_from_json<std::int64_t>(e, own_kind);
        };
        auto const bins_fit = [&](any_edges const& e) {
            return std::visit([&](auto const& typed) { return typed.count == 0 || typed.bins() == options->bins; }, e);
        };
        next.pooled = edges(inner.need("pooled"));
        auto const* per_cell = inner.need("cells");
        inner.finish();
        detail::refuse_bad_content(issues);
        if (!per_cell->is_array() || per_cell->get_array().size() != cells)
            bad_content(own_kind, "a level has other cells");
        for (auto const& e : per_cell->get_array()) {
            next.per_cell.push_back(edges(&e));
            if (!bins_fit(next.per_cell.back()))
                bad_content(own_kind, "the number of edges does not fit the parameters");
        }
        if (!bins_fit(next.pooled)) bad_content(own_kind, "the number of edges does not fit the parameters");
        made->levels.push_back(std::move(next));
        cells *= options->bins;
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (sizes[i] < 0) bad_content(own_kind, "a size is negative");
        made->sizes[i] = static_cast<std::size_t>(sizes[i]);
    }
    return nested_score(made);
}

std::string_view nested_score::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> nested_score::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> nested_score::segments() const noexcept { return contents_->names.segments; }
std::size_t nested_score::bins() const noexcept { return contents_->options.bins; }
bool nested_score::is_population() const noexcept { return contents_->population(); }
std::span<std::size_t const> nested_score::sizes() const noexcept { return contents_->sizes; }

std::string nested_score::describe(std::uint32_t reason) const {
    if (reason >= contents_->sizes.size()) return {};
    return "nested cell " + contents_->cell_name(reason);
}

void nested_score::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = *contents_;
    if (!c.fits(rows)) return detail::fill_status(out, status::error);
    if (c.population()) return detail::fill_status(out, status::unknown);
    for (std::size_t row = 0; row < rows.size; ++row)
        out[row] = c.answer(c.cell_at(rows, row));
}

void nested_score::assign_everyone(block const& rows, std::span<std::uint32_t const> id_order,
                                   std::span<assignment> out) const {
    auto const& c = *contents_;
    if (!c.population()) return assign(rows, out);
    if (!c.fits(rows)) return detail::fill_status(out, status::error);
    auto const cells = c.cells_of_everyone(rows, id_order, nullptr);
    for (std::size_t row = 0; row < rows.size; ++row)
        out[row] = c.answer(cells[row]);
}

strategy_use use_of(nested_score_options const& options) {
    return detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
}

namespace detail {

strategy_kind nested_score_kind() {
    auto const outline = [](nested_score_options const& options) {
        strategy_outline described;
        described.needs_fit = true;
        described.scope = options.ties == tie_policy::rank_first ? column_scope::population : column_scope::fitted;
        described.reads = options.reads;
        described.inputs.assign(options.reads.size(), input_kind::ordered);
        nested_score::contents const made(options);
        for (auto const& s : made.names.segments)
            described.segments.push_back(s.id);
        return described;
    };
    auto const fit = [](nested_score_options const& options, strategy_use const&, block const& everyone,
                        std::span<std::uint32_t const> id_order) {
        return nested_score::fit(options, everyone, id_order);
    };
    return fitted_kind<nested_score>(std::string(own_kind), version,
                                     "nested quantile scores of several columns (Hughes)", parse_nested_score, outline,
                                     fit);
}

} // namespace detail

} // namespace v0
} // namespace segmenta

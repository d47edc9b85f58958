// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/share_bands.hpp>

#include "strategy/edges_json.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/stats/exact_sum.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace segmenta {
inline namespace v0 {

using detail::bad_content;

namespace {

constexpr std::string_view own_kind = "share_bands";
constexpr std::int64_t version = 1;

const std::initializer_list<detail::object_reader::named<crossing_policy>> crossing_names{
    {"above", crossing_policy::above}, {"below", crossing_policy::below}};

void check_options(share_bands_options const& options, std::string_view place, issue_list& issues) {
    std::vector<std::string> const reads{options.reads};
    detail::check_scheme(own_kind, options.id, reads, 1, options.segments, place, issues);
    bool good = !options.shares.empty() && options.shares.size() <= 9;
    for (std::size_t i = 0; i < options.shares.size(); ++i)
        good = good && options.shares[i] > (i == 0 ? 0 : options.shares[i - 1]) && options.shares[i] < 1;
    if (!good)
        issues.error("share_bands.shares", std::string(place) + "/shares",
                     "cumulative shares must ascend between 0 and 1", std::to_string(options.shares.size()) + " shares",
                     "1 to 9 of them, such as 0.8, 0.95", "Write 80/15/5 as 0.8, 0.95");
    if (options.segments.size() != options.shares.size() + 1)
        issues.error("share_bands.segments", std::string(place) + "/segments",
                     "there must be one class more than shares", std::to_string(options.segments.size()),
                     std::to_string(options.shares.size() + 1));
}

std::optional<share_bands_options> parse_share_bands(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    share_bands_options out;
    out.id = use.scheme;
    if (use.reads.size() == 1)
        out.reads = use.reads.front();
    else
        found.error("share_bands.reads", use.place, "one column holds the amounts", std::to_string(use.reads.size()),
                    "1", "Name it in `of`");
    reader.read("shares", out.shares);
    reader.read("segments", out.segments);
    reader.read_choice("crossing", out.crossing, crossing_names);
    reader.finish();
    if (!found.has_errors()) check_options(out, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(share_bands_options const& options) {
    boost::json::object out;
    out["shares"] = detail::to_array(options.shares);
    out["segments"] = detail::to_array(options.segments);
    out["crossing"] = detail::name_of(options.crossing, crossing_names);
    return out;
}

} // namespace

struct share_bands::contents {
    detail::scheme names;
    share_bands_options options;
    type fitted{};
    std::vector<std::int64_t> whole; ///< smallest stored value of class i; used unless the column is float64
    std::vector<double> real;        ///< the same in units of the amounts; infinite: nobody
    std::vector<std::size_t> sizes;
    std::vector<double> realised;

    [[nodiscard]] std::size_t class_of(column_view column, std::size_t row) const noexcept {
        std::size_t i = 0;
        if (column.what.base == kind::float64) {
            double const v = column.as<double>()[row];
            while (i < real.size() && !(v >= real[i]))
                ++i;
        } else {
            std::int64_t const v = detail::whole_at(column, row);
            while (i < whole.size() && (std::isinf(real[i]) || v < whole[i]))
                ++i;
        }
        return i;
    }
};

namespace {

/// The thresholds over amounts sorted from the largest down. `T` is the stored type.
template <class T>
std::vector<std::optional<T>> thresholds_of(std::vector<T> const& sorted, share_bands_options const& options,
                                            std::vector<double> const& cumulative) {
    double const total = cumulative.back();
    std::vector<std::optional<T>> out;
    std::optional<T> before; // thresholds never rise
    std::size_t begin = 0;   // of the group of equal amounts looked at
    for (double const share : options.shares) {
        // 0.8 of 1000.1 is not a double: a border met up to rounding is met
        double const wanted = share * total * (1 + 1e-13);
        std::optional<T> threshold = before;
        while (begin < sorted.size()) {
            std::size_t end = begin;
            while (end < sorted.size() && sorted[end] == sorted[begin])
                ++end;
            double const reached_before = begin == 0 ? 0 : cumulative[begin - 1];
            double const reached = cumulative[end - 1];
            bool const whole_inside = reached <= wanted;
            bool const crosses = !whole_inside && reached_before < share * total * (1 - 1e-13);
            if (!whole_inside && !(crosses && options.crossing == crossing_policy::above)) break;
            threshold = sorted[begin];
            begin = end;
            if (!whole_inside) break;
        }
        out.push_back(threshold);
        before = threshold;
    }
    return out;
}

template <class T>
void fit_thresholds(std::vector<T> sorted, share_bands_options const& options, double unit, std::vector<T>& stored,
                    std::vector<double>& real, std::string_view place) {
    std::erase_if(sorted, [](T v) { return !(v > 0); });
    if (sorted.empty())
        throw issue_error("fit.total", std::string(place), "no customer has a positive amount, so there are no shares",
                          {}, {}, "Fit on other data or another column");
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    // long prefixes: each is rounded once from an exact sum of what came before
    std::vector<double> cumulative;
    cumulative.reserve(sorted.size());
    if constexpr (std::is_same_v<T, double>) {
        double running = 0;
        double error = 0;
        for (double const v : sorted) {
            double const next = running + v;
            error += running >= v ? (running - next) + v : (v - next) + running;
            running = next;
            cumulative.push_back(running + error);
        }
    } else {
        __extension__ __int128 running = 0;
        for (T const v : sorted)
            cumulative.push_back(static_cast<double>(running += v));
    }
    for (auto const& threshold : thresholds_of(sorted, options, cumulative)) {
        stored.push_back(threshold.value_or(T{}));
        real.push_back(threshold ? static_cast<double>(*threshold) / unit : std::numeric_limits<double>::infinity());
    }
}

} // namespace

share_bands share_bands::fit(share_bands_options const& options, column_view amounts) {
    issue_list issues;
    check_options(options, options.id, issues);
    issues.throw_if_errors();
    std::string const place = options.id + " (column " + options.reads + ")";
    detail::check_fit_column(place, amounts);
    auto made = std::make_shared<contents>();
    made->options = options;
    made->names.set(options.id, {options.reads}, options.segments);
    made->fitted = amounts.what;
    double const unit = detail::double_powers_of_ten[detail::scale_of(amounts.what)];
    if (amounts.what.base == kind::float64) {
        std::vector<double> values;
        for (std::size_t row = 0; row < amounts.size; ++row)
            if (amounts.is_present(row)) values.push_back(amounts.as<double>()[row]);
        std::vector<double> ignored;
        fit_thresholds<double>(std::move(values), options, 1, ignored, made->real, place);
    } else {
        std::vector<std::int64_t> values;
        for (std::size_t row = 0; row < amounts.size; ++row)
            if (amounts.is_present(row)) values.push_back(detail::whole_at(amounts, row));
        fit_thresholds<std::int64_t>(std::move(values), options, unit, made->whole, made->real, place);
    }
    std::vector<exact_sum> sums(options.segments.size());
    made->sizes.assign(options.segments.size(), 0);
    exact_sum total;
    for (std::size_t row = 0; row < amounts.size; ++row) {
        if (!amounts.is_present(row)) continue;
        double const v = detail::number_at(amounts, row);
        if (v != v) continue;
        std::size_t const i = made->class_of(amounts, row);
        ++made->sizes[i];
        if (v > 0) sums[i].add(v), total.add(v);
    }
    for (auto const& sum : sums)
        made->realised.push_back(sum.value() / total.value());
    return share_bands(made);
}

std::string share_bands::to_json() const {
    auto const& c = *contents_;
    detail::fitted_body body{c.options.id, {c.options.reads}, {}, parameters_of(c.options), {}};
    boost::json::array thresholds; // null: nobody
    boost::json::array sizes;
    for (std::size_t i = 0; i < c.real.size(); ++i) {
        if (std::isinf(c.real[i]))
            thresholds.emplace_back(nullptr);
        else if (c.whole.empty())
            thresholds.emplace_back(c.real[i]);
        else
            thresholds.emplace_back(c.whole[i]);
    }
    for (auto const s : c.sizes)
        sizes.emplace_back(static_cast<std::int64_t>(s));
    body.fit["type"] = to_string(c.fitted);
    body.fit["thresholds"] = std::move(thresholds);
    body.fit["sizes"] = std::move(sizes);
    body.fit["realised"] = detail::to_array(c.realised);
    return detail::write_fitted(own_kind, version, body);
}

share_bands share_bands::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_share_bands(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    auto made = std::make_shared<contents>();
    made->options = *options;
    made->names.set(options->id, {options->reads}, options->segments);
    detail::object_reader reader(body.fit, own_kind, "fitted/share_bands", issues);
    made->fitted = detail::type_from_json(reader, "type");
    std::vector<std::int64_t> sizes;
    reader.read("sizes", sizes);
    reader.read("realised", made->realised);
    auto const* thresholds = reader.need("thresholds");
    reader.finish();
    detail::refuse_bad_content(issues);
    bool const real = made->fitted.base == kind::float64;
    bool good = (real || detail::is_whole(made->fitted.base)) && thresholds->is_array() &&
                thresholds->get_array().size() == options->shares.size() && sizes.size() == options->segments.size() &&
                made->realised.size() == sizes.size();
    if (!good) bad_content(own_kind, "the numbers do not fit the parameters");
    double const unit = detail::double_powers_of_ten[detail::scale_of(made->fitted)];
    for (auto const& t : thresholds->get_array()) {
        bool const nobody = t.is_null();
        if (!nobody && !(real ? t.is_double() && std::isfinite(t.get_double()) : t.is_int64()))
            bad_content(own_kind, "a threshold is no number");
        if (!real) made->whole.push_back(nobody ? 0 : t.get_int64());
        double const value = nobody ? std::numeric_limits<double>::infinity()
                             : real ? t.get_double()
                                    : static_cast<double>(t.get_int64()) / unit;
        if (!made->real.empty() && value > made->real.back()) bad_content(own_kind, "thresholds do not descend");
        made->real.push_back(value);
    }
    for (auto const s : sizes) {
        if (s < 0) bad_content(own_kind, "a size is negative");
        made->sizes.push_back(static_cast<std::size_t>(s));
    }
    return share_bands(made);
}

std::string_view share_bands::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> share_bands::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> share_bands::segments() const noexcept { return contents_->names.segments; }
std::span<std::size_t const> share_bands::sizes() const noexcept { return contents_->sizes; }
std::span<double const> share_bands::realised_shares() const noexcept { return contents_->realised; }
std::span<double const> share_bands::thresholds() const noexcept { return contents_->real; }

std::string share_bands::describe(std::uint32_t reason) const {
    auto const& c = *contents_;
    if (reason > c.real.size()) return {};
    if (reason == c.real.size()) return c.options.reads + " below all shares";
    return c.options.reads + " >= " + std::to_string(c.real[reason]);
}

void share_bands::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = *contents_;
    if (rows.columns.size() != 1 || rows.columns[0].what != c.fitted) return detail::fill_status(out, status::error);
    auto const& column = rows.columns[0];
    for (std::size_t row = 0; row < rows.size; ++row) {
        if (!column.is_present(row)) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        auto const i = c.class_of(column, row);
        out[row] = assignment{};
        out[row].score = detail::number_at(column, row);
        out[row].segment = static_cast<std::uint16_t>(i);
        out[row].reason = static_cast<std::uint32_t>(i);
    }
}

strategy_use use_of(share_bands_options const& options) {
    return detail::make_use(own_kind, options.id, {options.reads}, parameters_of(options));
}

namespace detail {

strategy_kind share_bands_kind() {
    auto const outline = [](share_bands_options const& options) {
        strategy_outline described;
        described.scope = column_scope::fitted;
        described.needs_fit = true;
        described.reads = {options.reads};
        described.inputs = {input_kind::number};
        for (auto const& local : options.segments)
            described.segments.push_back(options.id + "." + local);
        return described;
    };
    auto const fit = [](share_bands_options const& options, strategy_use const& use, block const& everyone,
                        std::span<std::uint32_t const>) {
        return share_bands::fit(options, only_column(everyone, use, "the column of amounts"));
    };
    return fitted_kind<share_bands>(std::string(own_kind), version, "classes by cumulative share of a total (ABC)",
                                    parse_share_bands, outline, fit);
}

} // namespace detail

} // namespace v0
} // namespace segmenta

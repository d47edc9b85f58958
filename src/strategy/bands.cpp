// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/bands.hpp>

#include "base/json.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "bands";
constexpr std::int64_t version = 1;

const std::initializer_list<detail::object_reader::named<band_ends>> end_names{
    {"left", band_ends::left}, {"right", band_ends::right}, {"both", band_ends::both}};

std::string number(double v) {
    return v == std::trunc(v) && std::abs(v) < 1e15 ? std::to_string(static_cast<std::int64_t>(v))
                                                    : detail::format_double(v);
}

/// What may stand between two bands: nothing, or with whole numbers and both ends the step of one.
double step_of(band_ends ends) { return ends == band_ends::both ? 1 : 0; }

class band_checker {
public:
    band_checker(bands_options const& options, issue_list& issues, std::string_view place)
        : options_(options), issues_(issues), place_(place) {}

    void check() {
        std::vector<std::string> locals = locals_of();
        std::vector<std::string> const reads{options_.reads};
        detail::check_scheme(own_kind, options_.id, reads, 1, locals, place_, issues_);
        if (options_.bands.empty())
            return issues_.error(detail::code_of(own_kind, "empty"), std::string(place_) + "/bands", "there is no band",
                                 {}, {}, "Define at least one");
        for (std::size_t i = 0; i < options_.bands.size(); ++i)
            check_band(i);
        for (std::size_t i = 1; i < options_.bands.size(); ++i)
            check_neighbours(i);
    }

    std::vector<std::string> locals_of() const {
        std::vector<std::string> locals;
        for (auto const& b : options_.bands)
            locals.push_back(b.id);
        if (!options_.outside.empty()) locals.push_back(options_.outside);
        return locals;
    }

private:
    void error(std::string_view what, std::size_t i, std::string message, std::string seen, std::string remedy = {}) {
        std::string const id = i < options_.bands.size() ? options_.bands[i].id : "";
        issues_.error(detail::code_of(own_kind, what),
                      std::string(place_) + "/bands/" + std::to_string(i) + (id.empty() ? "" : " (" + id + ")"),
                      std::move(message), std::move(seen), {}, std::move(remedy));
    }

    void check_band(std::size_t i) {
        auto const& b = options_.bands[i];
        for (auto const& end : {b.from, b.to}) {
            if (!end) continue;
            if (!std::isfinite(*end)) error("number", i, "an end of the band is not a finite number", "");
            if (options_.ends == band_ends::both && *end != std::trunc(*end))
                error("whole", i, "bands that own both ends are for whole numbers", number(*end),
                      "Use `left` or `right` for numbers with fractions");
        }
        bool const first = i == 0;
        bool const last = i + 1 == options_.bands.size();
        if (!b.from && !first) error("open", i, "only the first band may be open below", "");
        if (!b.to && !last) error("open", i, "only the last band may be open above", "");
        if (!b.from || !b.to) return;
        bool const empty = options_.ends == band_ends::both ? *b.from > *b.to : *b.from >= *b.to;
        if (empty)
            error("inverted", i, "no value can lie in this band", number(*b.from) + " to " + number(*b.to),
                  *b.from > *b.to ? "Swap the ends" : "Make it wider or remove it");
    }

    void check_neighbours(std::size_t i) {
        auto const& below = options_.bands[i - 1];
        auto const& b = options_.bands[i];
        if (!below.to || !b.from) return;
        if (below.from && b.to && *b.to <= *below.from)
            return error("order", i, "bands must ascend", number(*b.from) + " after " + number(*below.from));
        double const expected = *below.to + step_of(options_.ends);
        std::string const seen =
            "`" + below.id + "` to " + number(*below.to) + ", `" + b.id + "` from " + number(*b.from);
        if (*b.from > expected)
            error("gap", i, "values between two bands belong to neither", seen, "Begin at " + number(expected));
        if (*b.from < expected) error("overlap", i, "values belong to two bands", seen, "Begin at " + number(expected));
    }

    bands_options const& options_;
    issue_list& issues_;
    std::string_view place_;
};

std::optional<bands_options> parse_bands(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    bands_options out;
    out.id = use.scheme;
    if (use.reads.size() == 1)
        out.reads = use.reads.front();
    else
        found.error("bands.reads", use.place, "one column is cut into bands", std::to_string(use.reads.size()), "1",
                    "Name it in `of`");
    reader.read_choice("ends", out.ends, end_names);
    reader.read("outside", out.outside);
    auto const* list = reader.need("bands");
    if (list != nullptr && !list->is_array()) reader.bad_value("bands", *list, "a list of bands");
    if (list != nullptr && list->is_array()) {
        std::size_t i = 0;
        for (auto const& element : list->get_array()) {
            std::string const place = reader.place_of("bands") + "/" + std::to_string(i++);
            if (!element.is_object()) {
                found.error("bands.value", place, "a band is an object", detail::shown(element),
                            "{\"id\", \"from\", \"to\"}");
                continue;
            }
            detail::object_reader inner(element.get_object(), own_kind, place, found);
            band b;
            inner.need("id");
            inner.read("id", b.id);
            inner.read("from", b.from);
            inner.read("to", b.to);
            inner.finish();
            out.bands.push_back(std::move(b));
        }
    }
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(bands_options const& options) {
    boost::json::object out;
    out["ends"] = detail::name_of(options.ends, end_names);
    if (!options.outside.empty()) out["outside"] = options.outside;
    boost::json::array list;
    for (auto const& b : options.bands) {
        boost::json::object one;
        one["id"] = b.id;
        if (b.from) one["from"] = *b.from;
        if (b.to) one["to"] = *b.to;
        list.push_back(std::move(one));
    }
    out["bands"] = std::move(list);
    return out;
}

} // namespace

struct bands::contents {
    detail::scheme names;
    bands_options options;
    /// Cut 0 is the lower end of the first band when it has one, then come the borders, then the upper end of the last.
    /// A value above i cuts lies in slot i.
    detail::cut_list cuts;
    std::vector<std::uint16_t> segment_of_slot; ///< `no_segment`: outside, without a segment for that
};

std::optional<bands> bands::make(bands_options const& options, issue_list& issues, std::string_view place) {
    issue_list found;
    band_checker checker(options, found, place);
    checker.check();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;

    auto made = std::make_shared<contents>();
    made->options = options;
    made->names.set(options.id, {options.reads}, checker.locals_of());
    std::uint16_t const outside =
        options.outside.empty() ? no_segment : static_cast<std::uint16_t>(options.bands.size());
    std::vector<double> cuts;
    std::vector<bool> left; // whether a value on the cut lies above it
    bool const left_closed = options.ends != band_ends::right;
    if (options.bands.front().from) {
        made->segment_of_slot.push_back(outside);
        cuts.push_back(*options.bands.front().from);
        left.push_back(left_closed);
    }
    for (std::size_t i = 0; i < options.bands.size(); ++i) {
        made->segment_of_slot.push_back(static_cast<std::uint16_t>(i));
        bool const last = i + 1 == options.bands.size();
        if (last && !options.bands[i].to) break;
        cuts.push_back(last ? *options.bands[i].to : *options.bands[i + 1].from);
        // the upper end of the last band belongs to it when bands own their upper ends
        left.push_back(last ? options.ends == band_ends::left : left_closed);
        if (last) made->segment_of_slot.push_back(outside);
    }
    made->cuts = detail::cut_list(cuts, left);
    return bands(made);
}

bands::bands(bands_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string bands::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, {o.reads}, {}, parameters_of(o), {}});
}

bands bands::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_bands(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return bands(*options);
}

std::string_view bands::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> bands::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> bands::segments() const noexcept { return contents_->names.segments; }

std::string bands::describe(std::uint32_t reason) const {
    auto const& o = contents_->options;
    if (reason >= contents_->segment_of_slot.size()) return {};
    auto const segment = contents_->segment_of_slot[reason];
    if (segment >= o.bands.size()) return o.reads + " outside all bands";
    auto const& b = o.bands[segment];
    std::string text = o.reads;
    if (b.from) text += (o.ends == band_ends::right ? " > " : " >= ") + number(*b.from);
    if (b.from && b.to) text += " and";
    if (b.to) text += (o.ends == band_ends::left ? " < " : " <= ") + number(*b.to);
    return text;
}

void bands::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = *contents_;
    if (rows.columns.size() != 1 || !detail::is_ordered_number(rows.columns[0].what.base))
        return detail::fill_status(out, status::error);
    auto const& column = rows.columns[0];
    for (std::size_t row = 0; row < rows.size; ++row) {
        if (!column.is_present(row)) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        std::size_t const slot = c.cuts.above(column, row);
        auto const segment = c.segment_of_slot[slot];
        out[row] = assignment{};
        out[row].score = detail::number_at(column, row);
        out[row].reason = static_cast<std::uint32_t>(slot);
        out[row].segment = segment;
        if (segment == no_segment) out[row].standing = status::error;
    }
}

strategy_use use_of(bands_options const& options) {
    return detail::make_use(own_kind, options.id, {options.reads}, parameters_of(options));
}

namespace detail {

strategy_kind bands_kind() {
    return plain_kind<bands>(std::string(own_kind), "fixed bands of one number", parse_bands, [](bands_options const&) {
        strategy_outline out;
        out.inputs = {input_kind::ordered};
        return out;
    });
}

} // namespace detail

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/cell_map.hpp>

#include "strategy/cell_cover.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/strategy/value.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "cell_map";
constexpr std::int64_t version = 1;
constexpr std::size_t most_dimensions = 8;

const std::initializer_list<detail::object_reader::named<map_order>> order_names{
    {"disjoint", map_order::disjoint}, {"listed", map_order::listed}, {"specificity", map_order::specificity}};

/// `2 cells: 215, 241`; long lists end with how many more there are.
std::string listed(std::vector<std::string> const& cells) {
    constexpr std::size_t shown = 200;
    std::string text = std::to_string(cells.size()) + (cells.size() == 1 ? " cell: " : " cells: ");
    for (std::size_t i = 0; i < std::min(shown, cells.size()); ++i)
        text += (i == 0 ? "" : ", ") + cells[i];
    if (cells.size() > shown) text += " and " + std::to_string(cells.size() - shown) + " more";
    return text;
}

std::vector<std::string> locals_of(cell_map_options const& options) {
    std::vector<std::string> locals;
    for (auto const& s : options.segments)
        locals.push_back(s.id);
    if (!options.fallback.empty() && std::find(locals.begin(), locals.end(), options.fallback) == locals.end())
        locals.push_back(options.fallback);
    return locals;
}

/// Everything that must hold before cells can be counted.
void check_shape(cell_map_options const& options, std::string_view place, issue_list& issues) {
    auto const locals = locals_of(options);
    std::string const where(place);
    detail::check_scheme(own_kind, options.id, options.reads, options.levels.size(), locals, place, issues);
    if (options.segments.empty() || options.levels.empty())
        issues.error("cell_map.empty", where, "a map needs dimensions and segments");
    if (options.levels.size() > most_dimensions)
        issues.error("cell_map.size", where, "a map has at most 8 dimensions", std::to_string(options.levels.size()));
    if (std::any_of(options.levels.begin(), options.levels.end(), [](auto l) { return l < 1; }))
        issues.error("cell_map.levels", where, "a dimension without scores", "0", "1 to 255");
    else if (detail::cell_count(options.levels) > detail::most_cells)
        issues.error("cell_map.size", where, "the map has too many cells", {}, "at most 100,000");
    if (options.order != map_order::disjoint && locals.size() > 64)
        issues.error("cell_map.size", where, "an ordered map has too many segments", std::to_string(locals.size()),
                     "at most 64", "Make it disjoint");
    if (options.order == map_order::disjoint && !options.fallback.empty())
        issues.error("cell_map.fallback", where, "a disjoint map covers every cell itself", options.fallback, {},
                     "Leave the fallback out, or say `listed` or `specificity`");
    for (auto const& segment : options.segments) {
        if (segment.boxes.empty())
            issues.error("cell_map.box", where + "/segments/" + segment.id, "the segment has no box");
        for (auto const& box : segment.boxes) {
            bool good = box.size() == options.levels.size();
            for (std::size_t d = 0; good && d < box.size(); ++d)
                good = box[d].low >= 1 && box[d].low <= box[d].high && box[d].high <= options.levels[d];
            if (good) continue;
            std::string text;
            for (auto const& r : box)
                text += (text.empty() ? "" : " ") + std::to_string(r.low) + "-" + std::to_string(r.high);
            issues.error("cell_map.box", where + "/segments/" + segment.id,
                         "a box needs one ascending range inside the scores of each dimension", text,
                         std::to_string(options.levels.size()) + " ranges");
        }
    }
}

/// The proof.
void check_cover(cell_map_options const& options, std::string_view place, issue_list& issues, issue_list& warnings) {
    auto const cover = examine_map(options.levels, options.segments, options.order);
    std::string const where(place);
    bool const disjoint = options.order == map_order::disjoint;
    if (!cover.uncovered.empty() && options.fallback.empty())
        issues.error("cell_map.uncovered", where, "cells of the map belong to no segment", listed(cover.uncovered), {},
                     disjoint ? "Cover them, or give the map an order and a fallback segment"
                              : "Name a fallback segment");
    if (!cover.multiply.empty() && disjoint)
        issues.error("cell_map.overlap", where, "cells of the map belong to several segments", listed(cover.multiply),
                     {}, "Separate the boxes, or say `\"order\": \"listed\"` or `\"specificity\"`");
    for (auto const& id : cover.unreachable) {
        // a fallback that is listed may live on unclaimed cells alone
        if (disjoint || (id == options.fallback && !cover.uncovered.empty())) continue;
        warnings.warning("cell_map.unreachable", where + "/segments/" + id,
                         "no cell is left for this segment: those before it take them all", id, {},
                         options.order == map_order::listed ? "Move it up, or order by specificity"
                                                            : "Make its boxes smaller");
    }
}

void read_box(detail::object_reader& reader, boost::json::value const& value, std::string const& place,
              map_segment& segment) {
    // a box is a list with one range per dimension: 3, or [4, 5]
    cell_box box;
    bool good = value.is_array();
    auto const score = [&good](boost::json::value const& v) {
        if (v.is_int64() && v.get_int64() >= 0 && v.get_int64() <= 255) return static_cast<std::uint8_t>(v.get_int64());
        good = false;
        return std::uint8_t{0};
    };
    if (good)
        for (auto const& range : value.get_array()) {
            if (range.is_array() && range.get_array().size() == 2)
                box.push_back({score(range.get_array()[0]), score(range.get_array()[1])});
            else
                box.push_back({score(range), score(range)});
        }
    if (good)
        segment.boxes.push_back(std::move(box));
    else
        reader.issues().error("cell_map.value", place, "a box is a list with one score or pair of scores per dimension",
                              detail::shown(value), "[[4, 5], 1]");
}

void read_segments(detail::object_reader& reader, cell_map_options& out) {
    auto const* list = reader.need("segments");
    if (list == nullptr) return;
    if (!list->is_array()) return reader.bad_value("segments", *list, "a list of segments");
    std::size_t i = 0;
    for (auto const& element : list->get_array()) {
        std::string const place = reader.place_of("segments") + "/" + std::to_string(i++);
        if (!element.is_object()) {
            reader.issues().error("cell_map.value", place, "a segment is an object", detail::shown(element),
                                  "{\"id\", \"boxes\"}");
            continue;
        }
        detail::object_reader inner(element.get_object(), own_kind, place, reader.issues());
        map_segment segment;
        inner.need("id");
        inner.read("id", segment.id);
        auto const* boxes = inner.need("boxes");
        if (boxes != nullptr && boxes->is_array())
            for (auto const& box : boxes->get_array())
                read_box(inner, box, place + "/boxes", segment);
        else if (boxes != nullptr)
            inner.bad_value("boxes", *boxes, "a list of boxes");
        inner.finish();
        out.segments.push_back(std::move(segment));
    }
}

std::optional<cell_map_options> parse_cell_map(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    cell_map_options out;
    if (reader.has("map")) {
        enum class preset { rf_ten, rfm_eight, rfm_eleven } which{};
        reader.read_choice(
            "map", which,
            {{"rf_ten", preset::rf_ten}, {"rfm_eight", preset::rfm_eight}, {"rfm_eleven", preset::rfm_eleven}});
        for (auto const* key : {"levels", "segments", "order", "fallback"})
            reader.refuse(key, "beside `map`, which names a ready map");
        if (which == preset::rf_ten) out = ten_segment_map();
        if (which == preset::rfm_eight) out = eight_segment_map();
        if (which == preset::rfm_eleven) out = eleven_segment_map();
    } else {
        std::vector<std::int64_t> levels;
        reader.need("levels");
        reader.read("levels", levels);
        for (auto const l : levels) {
            if (l < 1 || l > 255)
                found.error("cell_map.levels", reader.place_of("levels"), "scores are numbered from 1",
                            std::to_string(l), "1 to 255");
            else
                out.levels.push_back(static_cast<std::uint8_t>(l));
        }
        read_segments(reader, out);
        reader.read_choice("order", out.order, order_names);
        reader.read("fallback", out.fallback);
    }
    out.id = use.scheme;
    out.reads = use.reads;
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(cell_map_options const& options) {
    boost::json::object out;
    boost::json::array levels;
    for (auto const l : options.levels)
        levels.emplace_back(static_cast<std::int64_t>(l));
    boost::json::array segments;
    for (auto const& s : options.segments) {
        boost::json::array boxes;
        for (auto const& box : s.boxes) {
            boost::json::array ranges;
            for (auto const& r : box)
                ranges.push_back(
                    boost::json::array{static_cast<std::int64_t>(r.low), static_cast<std::int64_t>(r.high)});
            boxes.push_back(std::move(ranges));
        }
        boost::json::object one;
        one["id"] = s.id;
        one["boxes"] = std::move(boxes);
        segments.push_back(std::move(one));
    }
    out["levels"] = std::move(levels);
    out["segments"] = std::move(segments);
    out["order"] = detail::name_of(options.order, order_names);
    if (!options.fallback.empty()) out["fallback"] = options.fallback;
    return out;
}

} // namespace

struct cell_map::contents {
    detail::scheme names;
    cell_map_options options;
    issue_list warnings;
    std::vector<std::uint16_t> segment; ///< per cell
    std::vector<std::uint64_t> also;    ///< per cell, without the winner

    /// Into a fresh one.
    void answer(std::size_t cell, assignment& out) const noexcept {
        out.segment = segment[cell];
        out.also_matched = also[cell];
        out.reason = static_cast<std::uint32_t>(cell);
    }
};

std::optional<cell_map> cell_map::make(cell_map_options const& options, issue_list& issues, std::string_view place) {
    issue_list found;
    check_shape(options, place, found);
    auto made = std::make_shared<contents>();
    if (!found.has_errors()) check_cover(options, place, found, made->warnings);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    issues.append(made->warnings);
    made->options = options;
    auto const locals = locals_of(options);
    made->names.set(options.id, options.reads, locals);
    auto claimed = detail::claim_cells(options.levels, options.segments, options.order);
    made->segment = std::move(claimed.winner);
    made->also = std::move(claimed.also);
    auto const fallback =
        static_cast<std::uint16_t>(std::find(locals.begin(), locals.end(), options.fallback) - locals.begin());
    for (std::size_t cell = 0; cell < made->segment.size(); ++cell) {
        if (made->segment[cell] == no_segment) made->segment[cell] = fallback;
        if (made->segment[cell] < 64) made->also[cell] &= ~(std::uint64_t{1} << made->segment[cell]);
    }
    return cell_map(made);
}

cell_map::cell_map(cell_map_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string cell_map::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, o.reads, {}, parameters_of(o), {}});
}

cell_map cell_map::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_cell_map(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return cell_map(*options);
}

std::string_view cell_map::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> cell_map::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> cell_map::segments() const noexcept { return contents_->names.segments; }
std::span<std::uint8_t const> cell_map::levels() const noexcept { return contents_->options.levels; }
issue_list const& cell_map::warnings() const noexcept { return contents_->warnings; }

std::string cell_map::describe(std::uint32_t reason) const {
    auto const& c = *contents_;
    if (reason >= c.segment.size()) return {};
    return "cell " + detail::cell_name(c.options.levels, reason) + ": " + c.names.segments[c.segment[reason]].id;
}

assignment cell_map::find(std::span<std::uint8_t const> scores) const noexcept {
    auto const& c = *contents_;
    if (scores.size() != c.options.levels.size()) return no_answer(status::error);
    std::size_t cell = 0;
    bool missing = false;
    for (std::size_t d = 0; d < scores.size(); ++d) {
        if (scores[d] > c.options.levels[d]) return no_answer(status::error);
        missing = missing || scores[d] == 0;
        cell = cell * c.options.levels[d] + scores[d] - 1;
    }
    if (missing) return no_answer(status::unknown);
    assignment out;
    c.answer(cell, out);
    return out;
}

void cell_map::find_all(std::span<std::uint8_t const* const> scores, std::span<std::uint16_t> out) const noexcept {
    auto const& c = *contents_;
    auto const& levels = c.options.levels;
    if (scores.size() != levels.size()) return std::fill(out.begin(), out.end(), no_segment);
    for (std::size_t row = 0; row < out.size(); ++row) {
        std::size_t cell = 0;
        bool good = true;
        for (std::size_t d = 0; d < levels.size(); ++d) {
            std::size_t const score = scores[d][row];
            good = good && score >= 1 && score <= levels[d];
            cell = cell * levels[d] + score - 1;
        }
        out[row] = good ? c.segment[cell] : no_segment;
    }
}

void cell_map::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = *contents_;
    auto const& levels = c.options.levels;
    bool const fits = rows.columns.size() == levels.size() &&
                      std::all_of(rows.columns.begin(), rows.columns.end(),
                                  [](column_view const& v) { return v.what.base == kind::int64; });
    if (!fits) return detail::fill_status(out, status::error);
    for (std::size_t row = 0; row < rows.size; ++row) {
        std::size_t cell = 0;
        status standing = status::ok;
        for (std::size_t d = 0; d < levels.size(); ++d) {
            auto const& column = rows.columns[d];
            if (!column.is_present(row)) {
                standing = combine(standing, status::unknown);
                continue;
            }
            std::int64_t const score = column.as<std::int64_t>()[row];
            if (score < 1 || score > levels[d])
                standing = combine(standing, status::error);
            else
                cell = cell * levels[d] + static_cast<std::size_t>(score) - 1;
        }
        out[row] = no_answer(standing);
        if (standing == status::ok) c.answer(cell, out[row]);
    }
}

strategy_use use_of(cell_map_options const& options) {
    return detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
}

namespace detail {

strategy_kind cell_map_kind() {
    return plain_kind<cell_map>(std::string(own_kind), "from a tuple of scores to a segment", parse_cell_map,
                                [](cell_map_options const& options) {
                                    strategy_outline out;
                                    out.inputs.assign(options.reads.size(), input_kind::whole);
                                    out.input_levels.assign(options.levels.begin(), options.levels.end());
                                    return out;
                                });
}

} // namespace detail

} // namespace v0
} // namespace segmenta

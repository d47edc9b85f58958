// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_EDGES_JSON_HPP
#define SEGMENTA_STRATEGY_EDGES_JSON_HPP

// Bin edges and column types in fitted data.

#include "strategy/fitted.hpp"
#include "strategy/object_reader.hpp"

#include <segmenta/record/type.hpp>
#include <segmenta/stats/quantile.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline boost::json::value edge_to_json(double edge) { return edge; }
/// `[floor, numerator, denominator]`
inline boost::json::value edge_to_json(exact_edge edge) {
    return boost::json::array{edge.floor, static_cast<std::int64_t>(edge.numerator),
                              static_cast<std::int64_t>(edge.denominator)};
}

inline bool edge_from_json(boost::json::value const& value, double& edge) {
    if (!value.is_double() || !std::isfinite(value.get_double())) return false;
    edge = value.get_double();
    return true;
}
inline bool edge_from_json(boost::json::value const& value, exact_edge& edge) {
    if (!value.is_array() || value.get_array().size() != 3) return false;
    auto const& a = value.get_array();
    if (!a[0].is_int64() || !a[1].is_int64() || !a[2].is_int64()) return false;
    std::int64_t const numerator = a[1].get_int64();
    std::int64_t const denominator = a[2].get_int64();
    if (numerator < 0 || denominator < 1 || denominator > 100'000'000'000'000 || numerator >= denominator) return false;
    edge = {a[0].get_int64(), static_cast<std::uint64_t>(numerator), static_cast<std::uint64_t>(denominator)};
    return true;
}

inline double edge_value(double edge) { return edge; }
inline double edge_value(exact_edge const& edge) { return edge.to_double(); }

template <class T>
boost::json::object edges_to_json(bin_edges<T> const& edges) {
    boost::json::array inner;
    for (auto const& e : edges.inner)
        inner.push_back(edge_to_json(e));
    boost::json::object out;
    out["closed"] = edges.closed == closed_side::left ? "left" : "right";
    out["inner"] = std::move(inner);
    out["minimum"] = edges.minimum;
    out["maximum"] = edges.maximum;
    out["count"] = static_cast<std::int64_t>(edges.count);
    return out;
}

/// Throws `fitted.content` for anything that is not a list of ascending edges.
template <class T>
bin_edges<T> edges_from_json(boost::json::value const* value, std::string_view kind) {
    if (value == nullptr || !value->is_object()) bad_content(kind, "edges are missing");
    issue_list issues;
    object_reader reader(value->get_object(), "fitted", "fitted/" + std::string(kind) + "/edges", issues);
    bin_edges<T> out;
    reader.read_choice("closed", out.closed, {{"left", closed_side::left}, {"right", closed_side::right}});
    reader.read_whole("count", out.count, 0, INT64_MAX);
    auto const extreme = [&](std::string_view key, T& target) {
        auto const* found = reader.need(key);
        if (found == nullptr) return;
        if constexpr (std::is_same_v<T, double>) {
            if (found->is_double() && std::isfinite(found->get_double()))
                target = found->get_double();
            else
                reader.bad_value(key, *found, "a finite number");
        } else {
            if (found->is_int64())
                target = found->get_int64();
            else
                reader.bad_value(key, *found, "a whole number");
        }
    };
    extreme("minimum", out.minimum);
    extreme("maximum", out.maximum);
    auto const* inner = reader.need("inner");
    reader.finish();
    refuse_bad_content(issues);
    if (!inner->is_array() || inner->get_array().size() >= most_bins) bad_content(kind, "edges are no list");
    for (auto const& element : inner->get_array()) {
        typename bin_edges<T>::edge edge{};
        if (!edge_from_json(element, edge)) bad_content(kind, "an edge is no number");
        if (!out.inner.empty() && edge_value(edge) < edge_value(out.inner.back()))
            bad_content(kind, "edges do not ascend");
        out.inner.push_back(edge);
    }
    return out;
}

/// Reads a column type under `key`; throws `fitted.content` when it is none that can be ordered.
inline type type_from_json(object_reader& reader, std::string_view key) {
    std::string text;
    reader.need(key);
    reader.read(key, text);
    auto const parsed = parse_type(text);
    if (!parsed) bad_content(reader.kind(), "`" + text + "` is no column type");
    return *parsed;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

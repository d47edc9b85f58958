// SPDX-License-Identifier: Apache-2.0
// The sets extension (cel-go ext/sets.go) and this library's own functions of plain values, in evaluate_dynamic.
#include "rule/dynamic.hpp"
#include "rule/scalar_numeric.hpp"
#include "rule/text_functions.hpp"

#include <segmenta/base/half_width.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

dynamic_list const& list_at(std::span<dynamic_value const> v, std::size_t i, std::string_view name) {
    auto const* const list = v[i].as<dynamic_list>();
    if (list == nullptr) no_overload(name);
    return *list;
}

bool holds_value(dynamic_list const& in, dynamic_value const& value, work_meter& meter) {
    return std::any_of(in.begin(), in.end(),
                       [&](dynamic_value const& item) { return equal_values(item, value, &meter); });
}
bool holds_all(dynamic_list const& in, dynamic_list const& wanted, work_meter& meter) {
    return std::all_of(wanted.begin(), wanted.end(), [&](dynamic_value const& v) { return holds_value(in, v, meter); });
}

std::optional<dynamic_value> call_sets(std::string_view name, std::span<dynamic_value const> v, work_meter& meter) {
    bool const known = name == "sets.contains" || name == "sets.equivalent" || name == "sets.intersects";
    if (!known || v.size() != 2) return std::nullopt;
    auto const& a = list_at(v, 0, name);
    auto const& b = list_at(v, 1, name);
    if (name == "sets.contains") return holds_all(a, b, meter);
    if (name == "sets.equivalent") return holds_all(a, b, meter) && holds_all(b, a, meter);
    return std::any_of(b.begin(), b.end(), [&](dynamic_value const& value) { return holds_value(a, value, meter); });
}

dynamic_value distance(std::span<dynamic_value const> v) {
    std::array<double, 4> degrees{};
    for (std::size_t i = 0; i < degrees.size(); ++i) {
        if (auto const* const real = v[i].as<double>())
            degrees[i] = *real;
        else if (auto const* const whole = v[i].as<std::int64_t>())
            degrees[i] = static_cast<double>(*whole);
        else
            no_overload("geo.distance");
    }
    double metres = 0;
    if (!op::geo_distance::run({}, degrees[0], degrees[1], degrees[2], degrees[3], metres))
        dynamic_fail("range error: a latitude or longitude");
    return metres;
}

} // namespace

std::optional<dynamic_value> call_extension(std::string_view name, bool method, std::span<dynamic_value const> v,
                                            work_meter& meter) {
    if (!method && name == "geo.distance" && v.size() == 4) return distance(v);
    if (!method) return call_sets(name, v, meter);
    if (v.size() != 1 || (name != "halfWidth" && name != "normalized")) return std::nullopt;
    auto const* const text = v[0].as<std::string>();
    if (text == nullptr) no_overload(name);
    meter.make(text->size());
    std::string made = v0::half_width(*text);
    return name == "halfWidth" ? made : std::string(trimmed(made));
}

} // namespace detail
} // namespace v0
} // namespace segmenta

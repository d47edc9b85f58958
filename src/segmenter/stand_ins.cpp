// SPDX-License-Identifier: Apache-2.0
#include "segmenter/stand_ins.hpp"

#include "base/json.hpp"
#include "record/value_json.hpp"
#include "strategy/fitted.hpp"

#include <segmenta/record/cell.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t version = 1;

std::string kind_of(missing_action what) { return "when_missing." + std::string(to_string(what)); }

/// Gives the stand-in the value in `json`, which is of the attribute's type.
bool set_value(stand_in& of, boost::json::value const& json, type what) {
    auto memory = std::make_shared<std::string>();
    auto const made = value_from_json(json, what, *memory);
    if (!made) return false;
    of.put = *made;
    of.memory = std::move(memory);
    return true;
}

void load_fitted(stand_in& of, type what, fitted_plan const* fitted, column_node const& node, issue_list& issues) {
    fitted_column const* const saved = fitted == nullptr ? nullptr : fitted->find(of.attribute);
    if (saved == nullptr || saved->kind != kind_of(of.what)) {
        issues.error("segmenter.unfitted", node.place,
                     "what stands in for a missing " + of.attribute + " has not been fitted",
                     std::string(to_string(of.what)), {},
                     "Fit the plan on data first (fit, or --save-fitted on the command line).");
        return;
    }
    try {
        auto const body = read_fitted(saved->parameters, saved->kind, version);
        auto const* const put = body.fit.if_contains("value");
        if (put == nullptr || !set_value(of, *put, what))
            bad_content(saved->kind, "the value that stands in for " + of.attribute + " is none of " + to_string(what));
    } catch (issue_error const& problem) {
        issues.append(problem.issues());
    }
}

/// Rows of `from` that have a value and count.
std::vector<std::uint32_t> present_rows(column_view const& from, std::span<std::uint64_t const> dropped) {
    std::vector<std::uint32_t> out;
    for (std::size_t row = 0; row < from.size; ++row) {
        bool const out_of_it = !dropped.empty() && ((dropped[row / 64] >> (row % 64)) & 1U) != 0;
        if (from.is_present(row) && !out_of_it) out.push_back(static_cast<std::uint32_t>(row));
    }
    return out;
}

/// Orders rows by value; categories by text.
template <class Use>
auto with_order(column_view const& from, Use use) {
    auto const by = [&](auto data) {
        return use([data](std::uint32_t a, std::uint32_t b) { return data[a] < data[b]; });
    };
    if (from.what.is_text()) return use([&](std::uint32_t a, std::uint32_t b) { return from.text(a) < from.text(b); });
    switch (from.what.base) {
    case kind::boolean: return by(from.as<std::uint8_t>());
    case kind::float64: return by(from.as<double>());
    case kind::date: return by(from.as<std::int32_t>());
    default: return by(from.as<std::int64_t>());
    }
}

/// The lower median: quantile type 1 of Hyndman and Fan (1996) at one half.
std::uint32_t median_row(column_view const& from, std::vector<std::uint32_t> rows) {
    auto const middle = rows.begin() + static_cast<std::ptrdiff_t>((rows.size() - 1) / 2);
    return with_order(from, [&](auto less) {
        std::nth_element(rows.begin(), middle, rows.end(), less);
        return *middle;
    });
}

std::uint32_t mode_row(column_view const& from, std::vector<std::uint32_t> rows) {
    return with_order(from, [&](auto less) {
        std::sort(rows.begin(), rows.end(), less);
        std::uint32_t best = rows.front();
        std::size_t most = 0;
        for (std::size_t first = 0; first < rows.size();) {
            std::size_t end = first + 1;
            while (end < rows.size() && !less(rows[first], rows[end]))
                ++end;
            if (end - first > most) { // ascending, so the smallest of equally frequent ones stays
                most = end - first;
                best = rows[first];
            }
            first = end;
        }
        return best;
    });
}

} // namespace

std::vector<stand_in> stand_ins_to_fit(plan const& definition, resolved_plan const& resolved) {
    std::vector<stand_in> out;
    for (std::size_t i = 0; i < resolved.missing.size(); ++i) {
        resolved_missing const& from = resolved.missing[i];
        missing_policy const& policy = definition.when_missing()[i];
        stand_in made{policy.attribute, policy.what, from.node, from.flag, {}, {}};
        if (policy.what == missing_action::constant) // resolve() has checked it
            (void)set_value(made, parse_json(policy.constant), resolved.graph[from.node].what);
        out.push_back(std::move(made));
    }
    return out;
}

std::vector<stand_in> load_stand_ins(plan const& definition, resolved_plan const& resolved, fitted_plan const* fitted,
                                     issue_list& issues) {
    auto out = stand_ins_to_fit(definition, resolved);
    for (auto& with : out)
        if (with.what == missing_action::median || with.what == missing_action::mode)
            load_fitted(with, resolved.graph[with.node].what, fitted, resolved.graph[with.node], issues);
    return out;
}

fitted_column fit_stand_in(stand_in& of, column_view const& from, std::span<std::uint64_t const> dropped) {
    auto rows = present_rows(from, dropped);
    if (rows.empty())
        throw issue_error("fit.no_values", "attribute " + of.attribute, "nobody has a value, so none can stand in", {},
                          {}, "Use a constant, or load the attribute.");
    std::size_t const present = rows.size();
    std::uint32_t const row =
        of.what == missing_action::median ? median_row(from, std::move(rows)) : mode_row(from, std::move(rows));
    fitted_body body;
    body.scheme = of.attribute;
    body.fit["value"] = value_to_json(cell(from, row));
    body.fit["type"] = to_string(from.what);
    body.fit["present"] = present;
    (void)set_value(of, body.fit["value"], from.what);
    std::string const kind = kind_of(of.what);
    return {of.attribute, kind, write_json(parse_json(write_fitted(kind, version, body)))};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

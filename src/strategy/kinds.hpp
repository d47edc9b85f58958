// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_KINDS_HPP
#define SEGMENTA_STRATEGY_KINDS_HPP

// From a plan's JSON to options and back, one overload set per mechanism; the registry is built from these.

#include "strategy/fitted.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/use.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// What one mechanism adds to the registry.
strategy_kind quantile_score_kind();
strategy_kind nested_score_kind();
strategy_kind bands_kind();
strategy_kind share_bands_kind();
strategy_kind cell_map_kind();
strategy_kind lookup_kind();
strategy_kind weighted_score_kind();
strategy_kind best_of_kind();
strategy_kind stages_kind();
strategy_kind level_stages_kind();
strategy_kind leaving_reasons_kind();

/// The parameters of a use as an object; an issue `<kind>.value` when they are none.
std::optional<boost::json::object> parameters_of(strategy_use const& use, issue_list& issues);

/// A use without zone and place.
strategy_use make_use(std::string_view kind, std::string const& scheme, std::vector<std::string> const& reads,
                      boost::json::object const& parameters);

/// The use a fitted body was made from, for the same parser.
strategy_use use_of_body(std::string_view kind, fitted_body const& body);

/// Checks that what was loaded is what the plan's use says; throws `fitted.content` otherwise.
void check_same_use(std::string_view kind, std::string_view id, std::span<std::string_view const> reads,
                    strategy_use const& use);

/// Registers a mechanism whose options need no fit: `Parse` gives the options or nothing, `Make` the mechanism or
/// nothing.
template <class Mechanism, class Parse, class Outline>
strategy_kind plain_kind(std::string name, std::string summary, Parse parse, Outline outline) {
    strategy_kind out;
    out.name = name;
    out.summary = std::move(summary);
    out.check = [parse, outline](strategy_use const& use, issue_list& issues) -> std::optional<strategy_outline> {
        auto const options = parse(use, issues);
        if (!options) return std::nullopt;
        issue_list made;
        auto const mechanism = Mechanism::make(*options, made, use.place);
        issues.append(made);
        if (!mechanism) return std::nullopt;
        auto described = outline(*options);
        for (auto const& s : mechanism->segments())
            described.segments.push_back(s.id);
        described.reads.assign(mechanism->reads().begin(), mechanism->reads().end());
        return described;
    };
    out.fit = [parse](strategy_use const& use, block const&, std::span<std::uint32_t const>) {
        issue_list issues;
        auto const options = parse(use, issues);
        std::optional<Mechanism> made;
        if (options) made = Mechanism::make(*options, issues, use.place);
        if (!made) throw issue_error(issues);
        return any_strategy(*made);
    };
    out.load = [name](std::string_view json, strategy_use const& use) {
        auto loaded = Mechanism::from_json(json);
        check_same_use(name, loaded.id(), loaded.reads(), use);
        return any_strategy(std::move(loaded));
    };
    return out;
}

/// Throws `fitted.content` when the body was fitted for another zone than that of the use; a body without one fits all.
void check_same_zone(std::string_view kind, fitted_body const& body, strategy_use const& use);

/// Registers a mechanism that is fitted: `Parse` gives the options or nothing, `Outline` what a plan must know of them,
/// `Fit(options, use, everyone, id_order)` the mechanism.
template <class Mechanism, class Parse, class Outline, class Fit>
strategy_kind fitted_kind(std::string name, std::int64_t version, std::string summary, Parse parse, Outline outline,
                          Fit fit) {
    strategy_kind out;
    out.name = name;
    out.summary = std::move(summary);
    out.check = [parse, outline](strategy_use const& use, issue_list& issues) -> std::optional<strategy_outline> {
        auto const options = parse(use, issues);
        if (!options) return std::nullopt;
        return outline(*options);
    };
    out.fit = [parse, fit](strategy_use const& use, block const& everyone, std::span<std::uint32_t const> id_order) {
        issue_list issues;
        auto const options = parse(use, issues);
        issues.throw_if_errors();
        return any_strategy(fit(*options, use, everyone, id_order));
    };
    out.load = [name, version](std::string_view json, strategy_use const& use) {
        check_same_zone(name, read_fitted(json, name, version), use);
        auto loaded = Mechanism::from_json(json);
        check_same_use(name, loaded.id(), loaded.reads(), use);
        return any_strategy(std::move(loaded));
    };
    return out;
}

/// The one column of a fit; throws `fit.columns` when there is another number of them.
column_view const& only_column(block const& everyone, strategy_use const& use, std::string_view what);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

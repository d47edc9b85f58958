// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_PLAN_BUILDER_HPP
#define SEGMENTA_PLAN_PLAN_BUILDER_HPP

/// \file
/// A plan written in C++ instead of a file: the same definitions, the same checks, the same hash.
///
///     plan const shop = plan_builder("shop")
///                           .zone("Asia/Shanghai")
///                           .feature("spent", {aggregate::sum, "orders", "amount", "P90D", ""})
///                           .rule("vip", "spent > money('10000 CNY') && age >= 18")
///                           .output("vip")
///                           .build();

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/strategy/registry.hpp>

#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What every column may say about itself.
struct column_notes {
    std::string applies_to; ///< CEL condition; empty: everybody
    std::string meaning;
    std::string source;
};

/// Collects definitions; nothing is checked before `build`.
///
/// Thread safety: one thread at a time.
class plan_builder {
public:
    explicit plan_builder(std::string id);

    plan_builder& title(std::string locale, std::string text);
    /// `UTC`, `+08:00` or an IANA name; `UTC` unless said.
    plan_builder& zone(std::string name);
    /// Default locale of labels; `en` unless said.
    plan_builder& locale(std::string tag);
    /// A source of rows; only for plans that read files themselves.
    plan_builder& source(source_definition source);
    /// What to do about customers who lack an attribute; `constant` is JSON, such as `35` or `"none"`, for
    /// `missing_action::constant` alone.
    plan_builder& when_missing(std::string attribute, missing_action what, std::string constant = {});
    plan_builder& rule(std::string name, std::string text, column_notes notes = {});
    plan_builder& feature(std::string name, feature_request request, column_notes notes = {});
    /// `definition.scheme` empty: the column's name.
    plan_builder& strategy(std::string name, strategy_definition definition, column_notes notes = {});
    /// What `use_of(options)` and the family builders give (strategy/value.hpp and its like). Its zone and place do not
    /// matter: the plan has them.
    plan_builder& strategy(strategy_column const& column, column_notes notes = {});
    plan_builder& strategies(std::vector<strategy_column> const& columns);
    /// Adds a tag.
    plan_builder& tag(tag_definition tag);
    /// Where tags have their places.
    plan_builder& taxonomy(std::vector<taxonomy_node> roots);
    /// Puts a column or attribute out; without any, all columns are.
    plan_builder& output(std::string name);

    /// The plan as a file. Throws `issue_error` when the parameters of a strategy are no JSON object
    /// (`plan.bad_parameters`), or two definitions have one name (`plan.duplicate_name`).
    [[nodiscard]] std::string to_json() const;
    /// Reads that file: throws `issue_error` as `parse_plan` does, with places such as `shop:12 /columns/vip` whose
    /// lines are those of `to_json`.
    [[nodiscard]] plan build(strategy_registry const& mechanisms = strategy_registry::core()) const;

private:
    plan_parts parts_;
};

} // namespace v0
} // namespace segmenta

#endif

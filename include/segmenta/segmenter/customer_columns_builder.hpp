// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_CUSTOMER_COLUMNS_BUILDER_HPP
#define SEGMENTA_SEGMENTER_CUSTOMER_COLUMNS_BUILDER_HPP

/// \file
/// From a host's own customers to the table that `fit` and batches read, with no file in between.
///
///     customer_columns_builder everybody(shop_plan, schema, as_of);
///     for (auto const& s : shoppers) everybody.add(s.id, schema.bind(s));
///     fitted_plan const fitted = fit(shop_plan, schema, everybody.finish(), as_of);

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/time/instant.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Computes the base columns of a plan (attributes and features) customer by customer. Text is copied, so customers may
/// go as soon as they were added.
///
/// Thread safety: one thread at a time.
class customer_columns_builder {
public:
    /// Throws `issue_error` as `resolve` does when the plan and the schema do not fit. Nothing need be fitted.
    customer_columns_builder(plan const& definition, schema const& what, instant as_of,
                             strategy_registry const& mechanisms = strategy_registry::core());
    customer_columns_builder(customer_columns_builder&&) noexcept;
    customer_columns_builder& operator=(customer_columns_builder&&) noexcept;
    ~customer_columns_builder();

    /// Adds a customer, in any order.
    customer_columns_builder& add(std::int64_t id, customer_view const& customer);
    customer_columns_builder& add(std::string_view id, customer_view const& customer);

    /// One row per customer, sorted by id; the builder is empty again. Throws `issue_error` with the first of each
    /// kind: `segmenter.duplicate_id`, `segmenter.mixed_ids`, `segmenter.other_schema` (a customer of another schema),
    /// `segmenter.sum_overflow`, `segmenter.truncated` (more rows than one request reads).
    [[nodiscard]] customer_columns finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_SEGMENTER_HPP
#define SEGMENTA_SEGMENTER_SEGMENTER_HPP

/// \file
/// The compiled plan: immutable, shared by all threads, and asked for one customer or for a whole table.
///
///     segmenter const seg = compile(read_fitted_plan("shop.fitted.json"), schema);   // throws all issues at once
///     output_handle const lifecycle = seg.output("stage");                           // once
///     tag_handle const vip = seg.tag("vip");
///     classification now = seg.make_classification();                                // once per thread
///     seg.classify(customer, {.as_of = t}, now);                                     // noexcept, no allocation
///     now[lifecycle].segment;      // "active"
///     now[lifecycle].valid_until;  // when it changes if nothing happens
///     now[vip].holds();            // yes, no or unknown

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/segmenter/batch.hpp>
#include <segmenta/segmenter/classification.hpp>
#include <segmenta/segmenter/customer_explanation.hpp>
#include <segmenta/segmenter/fitted_plan.hpp>
#include <segmenta/segmenter/tag_matches.hpp>
#include <segmenta/tag/tag_changes.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

namespace detail {
struct request_plan;
}

/// A plan compiled against a schema.
///
/// Thread safety: immutable and cheap to copy; every const call may run concurrently, each thread with its own
/// `classification`.
class segmenter {
public:
    /// The handle of a column or attribute of the plan, whether or not it is among the plan's outputs. Throws
    /// `issue_error` (`segmenter.unknown_output`, with the nearest name).
    [[nodiscard]] output_handle output(std::string_view name) const;
    /// The handle of a tag of the plan, or of a boolean column. Throws as `output`, and `segmenter.no_tag` when the
    /// column is not boolean.
    [[nodiscard]] tag_handle tag(std::string_view name) const;
    /// Handles of the plan's outputs, in order.
    [[nodiscard]] std::span<output_handle const> outputs() const noexcept;

    /// Memory for answers, to be reused between calls.
    [[nodiscard]] classification make_classification() const;

    /// Answers for one customer. The view must come from a binding of the schema this was compiled with, and the rows
    /// of its histories must be sorted by time. After the first calls nothing is allocated unless a rule makes new
    /// text. A classification of another segmenter is left alone but answers `wrong_plan`, and so does a customer of
    /// another schema.
    ///
    /// Of a host's own rows the newest 100,000 are read; what could depend on older ones is `truncated`. Prepared
    /// histories have no limit. Linear in the host's rows, logarithmic in prepared ones, but for features with a
    /// condition, distinct orders or values, extremes, and aggregates that are no sums (`aggregate_info::reads_rows`),
    /// which look at every row of their window.
    ///
    /// Population columns (`rank_first` and their like) answer `not_applicable` here: they need everybody; see
    /// `classify` of a table.
    void classify(customer_view const& customer, query const& asked, classification& answers) const noexcept;

    /// Why a column of a customer is what it is: conditions, values seen and needed, what is not known, the nearest
    /// change, and the columns it is made of. `query::outputs` and `query::prior` mean nothing here. For a purpose that
    /// may not see the column nothing is told. Slow: for people who ask, not for every request. Throws only
    /// `std::bad_alloc`.
    ///
    ///     to_text(seg.explain(customer, {.as_of = t}, seg.tag("vip").of), "zh-Hans");
    [[nodiscard]] customer_explanation explain(customer_view const& customer, query const& asked, output_handle of,
                                               explain_options const& options = {}) const;

    /// The names of the plan's yes-or-no tags that are computed, in the order of the plan: manual ones and those whose
    /// value is a number or a text are not among them.
    [[nodiscard]] std::span<std::string const> tag_names() const noexcept;
    /// Memory for `match_tags`, to be reused between calls.
    [[nodiscard]] tag_matches make_tag_matches() const;
    /// Which of `tag_names()` hold: what `classify` answers for each, but for whole plans of thousands of tags at once.
    /// `query::outputs` and `query::prior` mean nothing here. With a purpose, tags that may not serve it do not hold.
    void match_tags(customer_view const& customer, query const& asked, tag_matches& found) const noexcept;

    /// What `advance_tags` needs to have been asked for: the computed tags, and for values of exclusive dimensions
    /// their own rules. Empty when the plan has no tags.
    [[nodiscard]] std::span<output_handle const> tag_outputs() const noexcept;
    /// The next state of a customer's tags (tag/tag_changes.hpp) from the answers of `classify` that was asked for
    /// `tag_outputs()`: manual tags, locks and tombstones stay, periods of validity are those of the plan's zone, and
    /// the version is `hash()`. A tag that does not apply to the customer is a no; answers of another segmenter, and
    /// those about a customer who is left out, count as not known. Throws only `std::bad_alloc`.
    ///
    ///     seg.classify(customer, {.as_of = t, .outputs = seg.tag_outputs()}, now);
    ///     tag_change_set const next = seg.advance_tags(tag_state_from_json(stored), now);
    [[nodiscard]] tag_change_set advance_tags(tag_state const& state, classification const& now) const;

    /// Answers for every row of a table that has the plan's base columns (attributes and features, as `ingest` gives
    /// them), which must outlive the result. Throws `issue_error` (`segmenter.missing_column`, `.column_type`).
    [[nodiscard]] batch_result classify(customer_columns const& customers, batch_options const& options) const;

    /// The attributes and parts of histories a host must load for `wanted`; empty: for the plan's outputs.
    [[nodiscard]] required_fields fields_for(std::span<output_handle const> wanted = {}) const;

    /// The label of a segment of a column in a locale, by the fallback order of plan/labels.hpp.
    [[nodiscard]] std::string label(output_handle of, std::string_view segment, std::string_view locale) const;
    /// The strategy behind a column, for what it alone knows (`any_strategy::target`: realised edges, pooled gaps);
    /// null for other columns. Lives as long as the segmenter.
    [[nodiscard]] any_strategy const* strategy_of(output_handle of) const noexcept;
    /// In words, what decided an answer (`answer::reason`), and which values stood in for missing ones
    /// (`answer::imputed`): `cell 455: rfm.champions; age was missing, 35 (median) stands in`.
    [[nodiscard]] std::string reason(output_handle of, answer const& given) const;

    [[nodiscard]] plan const& definition() const noexcept;
    /// The columns by name, their types and what they read.
    [[nodiscard]] column_graph const& graph() const noexcept;
    /// `fitted_plan::hash`, or the plan's hash when nothing was fitted.
    [[nodiscard]] std::string const& hash() const noexcept;

    explicit segmenter(std::shared_ptr<detail::request_plan const> made) noexcept : plan_(std::move(made)) {}

private:
    std::shared_ptr<detail::request_plan const> plan_;
};

/// Compiles a fitted plan against a host's schema. Fields the plan does not know are fine; missing or retyped ones are
/// issues. Throws `issue_error` with all problems.
[[nodiscard]] segmenter compile(fitted_plan const& fitted, schema const& what,
                                strategy_registry const& mechanisms = strategy_registry::core());
/// Against the schema of the plan's own sources.
[[nodiscard]] segmenter compile(fitted_plan const& fitted,
                                strategy_registry const& mechanisms = strategy_registry::core());
/// A plan that needs no fit; columns that do are refused by name (`segmenter.unfitted`).
[[nodiscard]] segmenter compile(plan const& definition, schema const& what,
                                strategy_registry const& mechanisms = strategy_registry::core());

} // namespace v0
} // namespace segmenta

#endif

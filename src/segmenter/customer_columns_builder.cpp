// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/customer_columns_builder.hpp>

#include "segmenter/compiled.hpp"
#include "segmenter/request_plan.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct customer_columns_builder::state {
    segmenter asks; ///< has no strategies and is asked for base columns alone
    classification answers;
    instant as_of;
    std::vector<output_handle> handles;
    std::shared_ptr<string_pool> pool = std::make_shared<string_pool>();
    std::shared_ptr<string_pool> id_pool = std::make_shared<string_pool>();
    std::vector<std::string> names;
    std::vector<column> columns;
    std::vector<std::int64_t> ids;
    std::vector<std::string_view> text_ids;
    std::vector<customer_columns::failure> failed; ///< rows in the order of adding
    issue_list issues;

    state(segmenter made, instant when) : asks(std::move(made)), answers(asks.make_classification()), as_of(when) {}

    void start() {
        columns.clear();
        for (auto const& handle : handles) {
            type const what = asks.graph()[handle.node].what;
            columns.emplace_back(what.is_text() ? category_type : what);
            columns.back().set_pool(pool);
        }
    }

    /// Once per kind of problem: a host with a million customers needs no million lines.
    void report(std::string code, std::string place, std::string message, std::string remedy) {
        if (!issues.contains(code))
            issues.error(std::move(code), std::move(place), std::move(message), {}, {}, std::move(remedy));
    }

    void add(customer_view const& customer, std::string const& place) {
        asks.classify(customer, {.as_of = as_of, .purpose = {}, .prior = nullptr, .outputs = handles}, answers);
        for (std::size_t i = 0; i < handles.size(); ++i) {
            answer const given = answers[handles[i]];
            if (given.state == status::wrong_plan)
                report("segmenter.other_schema", place, "the customer has another schema than the table",
                       "Bind customers with the schema the table was begun with.");
            if (given.state == status::error)
                failed.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(columns[i].size())});
            if (given.state == status::truncated)
                report("segmenter.truncated", place + " " + names[i],
                       "the customer has more rows than are read at once",
                       "Keep such histories prepared (segmenta::history).");
            (void)append(columns[i], given.result, *pool);
        }
    }

    /// Those of the added customers, in their final order.
    [[nodiscard]] std::vector<customer_columns::failure> failures_in(std::span<std::uint32_t const> order) const {
        if (failed.empty()) return {};
        std::vector<std::uint32_t> place(order.size());
        for (std::uint32_t row = 0; row < order.size(); ++row)
            place[order[row]] = row;
        std::vector<customer_columns::failure> out;
        for (auto const& [column, row] : failed)
            out.push_back({column, place[row]});
        std::sort(out.begin(), out.end());
        return out;
    }

    template <class Id>
    std::vector<std::uint32_t> sorted(std::vector<Id>& of, std::vector<std::uint32_t> order) {
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return of[a] < of[b]; });
        std::vector<Id> next;
        for (auto const row : order)
            next.push_back(of[row]);
        if (auto const twice = std::adjacent_find(next.begin(), next.end()); twice != next.end()) {
            std::string id;
            if constexpr (std::is_same_v<Id, std::int64_t>)
                id = std::to_string(*twice);
            else
                id = *twice;
            report("segmenter.duplicate_id", "customer " + id, "two customers have the same id",
                   "Add each customer once.");
        }
        of = std::move(next);
        return order;
    }
};

customer_columns_builder::customer_columns_builder(plan const& definition, schema const& what, instant as_of,
                                                   strategy_registry const& mechanisms) {
    auto compiled = std::make_shared<detail::compiled_plan>(detail::resolve_plan(definition, what, mechanisms));
    // What a column applies to, and what stands in for missing values, is asked when the table is classified; the table
    // itself has the bare values.
    compiled->resolved.conditions.assign(compiled->graph().size(), std::nullopt);
    state_ = std::make_unique<state>(segmenter(detail::make_request_plan(compiled)), as_of);
    for (std::uint32_t node = 0; node < compiled->graph().size(); ++node) {
        column_node const& n = compiled->graph()[node];
        if (!compiled->is_base(node)) continue;
        state_->names.push_back(n.name);
        state_->handles.push_back(state_->asks.output(n.name));
    }
    state_->start();
}

customer_columns_builder::customer_columns_builder(customer_columns_builder&&) noexcept = default;
customer_columns_builder& customer_columns_builder::operator=(customer_columns_builder&&) noexcept = default;
customer_columns_builder::~customer_columns_builder() = default;

customer_columns_builder& customer_columns_builder::add(std::int64_t id, customer_view const& customer) {
    state_->ids.push_back(id);
    state_->add(customer, "customer " + std::to_string(id));
    return *this;
}

customer_columns_builder& customer_columns_builder::add(std::string_view id, customer_view const& customer) {
    state_->text_ids.push_back(state_->id_pool->view(state_->id_pool->intern(id)));
    state_->add(customer, "customer " + std::string(id));
    return *this;
}

customer_columns customer_columns_builder::finish() {
    state& s = *state_;
    if (!s.ids.empty() && !s.text_ids.empty())
        s.report("segmenter.mixed_ids", "customers", "some ids are numbers and some are texts", "Use one kind of id.");
    bool const integers = s.text_ids.empty();
    std::vector<std::uint32_t> order(integers ? s.ids.size() : s.text_ids.size());
    std::iota(order.begin(), order.end(), 0U);
    order = integers ? s.sorted(s.ids, std::move(order)) : s.sorted(s.text_ids, std::move(order));
    issue_list const issues = std::exchange(s.issues, {});
    customer_columns out;
    if (!issues.has_errors()) {
        out.integer_ids = integers;
        out.ids = std::move(s.ids);
        out.text_ids = std::move(s.text_ids);
        out.id_owner = s.id_pool;
        out.names = s.names;
        out.failed = s.failures_in(order);
        for (auto const& c : s.columns)
            out.columns.push_back(gather(c.view(), order, s.pool));
    }
    s.ids.clear();
    s.text_ids.clear();
    s.failed.clear();
    s.pool = std::make_shared<string_pool>();
    s.id_pool = std::make_shared<string_pool>();
    s.start();
    issues.throw_if_errors();
    return out;
}

} // namespace v0
} // namespace segmenta

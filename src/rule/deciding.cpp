// SPDX-License-Identifier: Apache-2.0
#include "rule/decision_model.hpp"
#include "rule/region_search.hpp"

#include <segmenta/rule/deciding.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr outcomes known = comes_true | comes_false;

class deciding_search {
public:
    deciding_search(program_data const& rule, row_source const& row, deciding_limits const& limits)
        : rules_{&rule}, limits_(limits), steps_(limits.steps),
          model_(rules_, {&row, [&row](std::uint32_t variable) { return row[variable].missing(); }}) {
        for (std::uint32_t i = 0; i < model_.factors().size(); ++i)
            if (model_.factors()[i].kind == factor_kind::variable) missing_.push_back(i);
    }

    deciding_variables run() {
        out_.exact = model_.exact(model_.root(0));
        region_search anything(model_, steps_);
        if (ask(anything) != search_answer::found) return std::move(out_);
        find_always();
        find_smallest();
        return std::move(out_);
    }

private:
    search_answer ask(region_search& search) {
        search_answer const answer = search.find({{model_.root(0), known}});
        steps_ = search.steps_left();
        if (answer == search_answer::gave_up) out_.complete = false;
        return answer;
    }

    // What must not stay missing, whatever the others are.
    void find_always() {
        for (std::uint32_t const factor : missing_) {
            region_search search(model_, steps_);
            std::vector<bool> stays(model_.factors()[factor].regions.size(), false);
            stays[missing_region] = true;
            search.allow(factor, std::move(stays));
            if (ask(search) == search_answer::none) out_.always.push_back(model_.factors()[factor].variable);
        }
        std::sort(out_.always.begin(), out_.always.end());
    }

    void find_smallest() {
        for (std::size_t size = std::max<std::size_t>(1, out_.always.size()); size <= missing_.size(); ++size) {
            std::vector<std::vector<std::uint32_t>> found; // factors
            while (found.size() < limits_.most_sets) {
                region_search search(model_, steps_);
                search.bound_present(missing_, size);
                for (auto const& set : found)
                    search.forbid_present(set);
                search_answer const answer = ask(search);
                if (answer != search_answer::found) break;
                std::vector<std::uint32_t> set;
                for (std::uint32_t const factor : missing_)
                    if (search.region_of(factor) != missing_region) set.push_back(factor);
                found.push_back(std::move(set));
            }
            for (auto const& set : found) {
                auto& variables = out_.smallest.emplace_back();
                for (std::uint32_t const factor : set)
                    variables.push_back(model_.factors()[factor].variable);
                std::sort(variables.begin(), variables.end());
            }
            if (!found.empty() || !out_.complete) break;
        }
        std::sort(out_.smallest.begin(), out_.smallest.end());
    }

    std::vector<program_data const*> rules_;
    deciding_limits limits_;
    std::size_t steps_;
    decision_model model_;
    std::vector<std::uint32_t> missing_; // factors of missing variables
    deciding_variables out_;
};

} // namespace
} // namespace detail

deciding_variables find_deciding(program const& rule, row_source const& row, deciding_limits const& limits) {
    rule_scratch scratch;
    status const state = rule.evaluate(row, scratch).state;
    if (state == status::unknown) return detail::deciding_search(rule.data(), row, limits).run();
    deciding_variables decided;
    decided.state = state;
    return decided;
}

} // namespace v0
} // namespace segmenta

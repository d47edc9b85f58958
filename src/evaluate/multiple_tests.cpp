// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/multiple_tests.hpp>

#include "evaluate/checks.hpp"

#include <algorithm>
#include <numeric>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(p_adjustment method) noexcept {
    switch (method) {
    case p_adjustment::bonferroni: return "bonferroni";
    case p_adjustment::holm: return "holm";
    case p_adjustment::benjamini_hochberg: break;
    }
    return "benjamini_hochberg";
}

std::optional<p_adjustment> parse_p_adjustment(std::string_view name) noexcept {
    for (auto const method : {p_adjustment::bonferroni, p_adjustment::holm, p_adjustment::benjamini_hochberg})
        if (name == to_string(method)) return method;
    return std::nullopt;
}

namespace {

std::vector<std::size_t> ascending(std::span<double const> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

} // namespace

std::vector<double> adjust_p_values(std::span<double const> p_values, p_adjustment method) {
    issue_list issues;
    detail::check_probabilities(p_values, "p_values", issues);
    issues.throw_if_errors();
    std::size_t const n = p_values.size();
    auto const count = static_cast<double>(n);
    std::vector<double> out(p_values.begin(), p_values.end());
    if (method == p_adjustment::bonferroni) {
        for (double& p : out)
            p = std::min(1.0, p * count);
        return out;
    }
    auto const order = ascending(p_values);
    if (method == p_adjustment::holm) {
        double reached = 0; // never below that of a smaller p
        for (std::size_t i = 0; i < n; ++i) {
            reached = std::max(reached, std::min(1.0, p_values[order[i]] * (count - static_cast<double>(i))));
            out[order[i]] = reached;
        }
        return out;
    }
    double reached = 1; // never above that of a larger p
    for (std::size_t i = n; i-- > 0;) {
        reached = std::min(reached, p_values[order[i]] * count / static_cast<double>(i + 1));
        out[order[i]] = reached;
    }
    return out;
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/agglomerative.hpp>

#include "model/agglomerative_search.hpp"
#include "model/cluster_data.hpp"
#include "model/model_document.hpp"

#include <segmenta/base/parallel.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(linkage of) noexcept {
    switch (of) {
    case linkage::ward: return "ward";
    case linkage::complete: return "complete";
    case linkage::average: return "average";
    case linkage::single: break;
    }
    return "single";
}

agglomerative::agglomerative(std::vector<cluster_merge> merges) : merges_(std::move(merges)) {
    std::vector<bool> used(2 * customers() - 1, false);
    for (std::size_t m = 0; m < merges_.size(); ++m) {
        auto const& merge = merges_[m];
        std::size_t const known = customers() + m;
        bool const good = merge.first < merge.second && merge.second < known && !used[merge.first] &&
                          !used[merge.second] && merge.height >= 0 && std::isfinite(merge.height);
        if (!good)
            throw issue_error("cluster.bad_tree", "merges[" + std::to_string(m) + "]", "this merge is not possible",
                              std::to_string(merge.first) + " and " + std::to_string(merge.second),
                              "two different groups that exist and were not merged before, at a finite height", {});
        used[merge.first] = used[merge.second] = true;
    }
}

std::vector<std::uint32_t> agglomerative::labels_after(std::size_t done) const {
    std::size_t const n = customers();
    detail::joined_groups known(n);
    for (std::size_t m = 0; m < done; ++m)
        known.join(merges_[m].first, merges_[m].second, n + m);
    constexpr std::uint32_t none = 0xFFFF'FFFFU;
    std::vector<std::uint32_t> number(2 * n - 1, none);
    std::vector<std::uint32_t> out(n);
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < n; ++i) {
        auto& label = number[known.find(i)];
        if (label == none) label = next++;
        out[i] = label;
    }
    return out;
}

std::vector<std::uint32_t> agglomerative::cut(std::size_t clusters) const {
    issue_list issues;
    detail::check_cluster_count(clusters, customers(), issues);
    issues.throw_if_errors();
    return labels_after(customers() - clusters);
}

std::vector<std::uint32_t> agglomerative::cut_at(double height) const {
    std::size_t done = 0;
    while (done < merges_.size() && merges_[done].height <= height)
        ++done;
    return labels_after(done);
}

double agglomerative::agglomerative_coefficient() const noexcept {
    if (merges_.empty() || !(merges_.back().height > 0)) return 0;
    double sum = 0;
    for (auto const& m : merges_)
        for (std::size_t const group : {m.first, m.second})
            if (group < customers()) sum += 1 - m.height / merges_.back().height;
    return sum / static_cast<double>(customers());
}

std::string agglomerative::to_json() const {
    boost::json::array first;
    boost::json::array second;
    boost::json::array height;
    for (auto const& m : merges_) {
        first.push_back(static_cast<std::uint64_t>(m.first));
        second.push_back(static_cast<std::uint64_t>(m.second));
        height.push_back(m.height);
    }
    boost::json::object fields;
    fields["first"] = std::move(first);
    fields["second"] = std::move(second);
    fields["height"] = std::move(height);
    return detail::write_model_document("agglomerative", 1, std::move(fields));
}

agglomerative agglomerative::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "agglomerative", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto const first = reader.numbers("first");
    auto const second = reader.numbers("second");
    auto const height = reader.numbers("height");
    if (first.size() != second.size() || first.size() != height.size())
        issues.error("cluster.bad_tree", "model /first", "there must be two groups and a height for each merge", {}, {},
                     {});
    issues.throw_if_errors();
    std::vector<cluster_merge> merges(first.size());
    std::size_t const n = first.size() + 1;
    auto const index = [n](double v) {
        return v >= 0 && v < 2 * static_cast<double>(n) ? static_cast<std::size_t>(v) : 2 * n;
    };
    auto const size = [&](std::size_t group) { return group < n ? 1 : (group < 2 * n ? merges[group - n].size : 0); };
    for (std::size_t m = 0; m < merges.size(); ++m) {
        merges[m] = {index(first[m]), index(second[m]), height[m], 0};
        if (merges[m].first < n + m && merges[m].second < n + m)
            merges[m].size = size(merges[m].first) + size(merges[m].second);
    }
    return agglomerative(std::move(merges));
}

agglomerative fit_agglomerative(number_columns columns, agglomerative_options const& options) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    detail::check_squares(columns, issues);
    if (row_count(columns) > options.max_customers)
        issues.error("cluster.too_many_customers", "columns",
                     options.by == linkage::ward ? "so many customers would take long"
                                                 : "so many customers would need too much memory",
                     std::to_string(row_count(columns)), "at most " + std::to_string(options.max_customers),
                     "Fit a sample and give the others to the nearest mean, or raise options.max_customers");
    issues.throw_if_errors();
    thread_team team(options.threads);
    return agglomerative(detail::merge_all(columns, options.by, team));
}

} // namespace v0
} // namespace segmenta

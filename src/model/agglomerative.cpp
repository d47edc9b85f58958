// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/agglomerative.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"

#include <segmenta/base/parallel.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

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

namespace {

// Groups with a representative each: union by the tree, find with path halving.
class groups {
public:
    explicit groups(std::size_t n) : parent_(2 * n - 1) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
    std::size_t find(std::size_t i) noexcept {
        while (parent_[i] != i) {
            parent_[i] = parent_[parent_[i]];
            i = parent_[i];
        }
        return i;
    }
    void join(std::size_t a, std::size_t b, std::size_t into) noexcept { parent_[a] = parent_[b] = into; }

private:
    std::vector<std::size_t> parent_;
};

// Distances of the groups that are left, below the diagonal; squared for Ward.
class distances {
public:
    distances(number_columns columns, linkage by, unsigned threads) : n_(row_count(columns)), values_(n_ * (n_ - 1) / 2) {
        auto const rows = detail::row_major(columns);
        std::size_t const d = columns.size();
        constexpr std::size_t block_rows = 64;
        parallel_for_blocks(threads, (n_ + block_rows - 1) / block_rows, [&](std::size_t b) {
            for (std::size_t i = b * block_rows; i < std::min(n_, (b + 1) * block_rows); ++i)
                for (std::size_t j = 0; j < i; ++j) {
                    double const squared = detail::squared_distance(rows.data() + i * d, rows.data() + j * d, d);
                    at(i, j) = by == linkage::ward ? squared : std::sqrt(squared);
                }
        });
    }
    double& at(std::size_t i, std::size_t j) noexcept {
        if (i < j) std::swap(i, j);
        return values_[i * (i - 1) / 2 + j];
    }

private:
    std::size_t n_;
    std::vector<double> values_;
};

class chain {
public:
    chain(number_columns columns, agglomerative_options const& options)
        : by_(options.by), n_(row_count(columns)), between_(columns, options.by, options.threads), size_(n_, 1) {}

    std::vector<cluster_merge> run() {
        std::vector<std::size_t> path;
        std::vector<cluster_merge> out;
        std::size_t first = 0; // no group below is left
        while (out.size() + 1 < n_) {
            if (path.empty()) {
                while (size_[first] == 0)
                    ++first;
                path.push_back(first);
            }
            std::size_t const tip = path.back();
            // ties go to the group one came from: else the chain could run in circles
            std::size_t best = path.size() > 1 ? path[path.size() - 2] : n_;
            double lowest = best < n_ ? between_.at(tip, best) : INFINITY;
            for (std::size_t j = 0; j < n_; ++j) {
                if (size_[j] == 0 || j == tip) continue;
                double const here = between_.at(tip, j);
                if (!(here < lowest)) continue;
                lowest = here;
                best = j;
            }
            if (path.size() > 1 && best == path[path.size() - 2]) {
                path.resize(path.size() - 2);
                out.push_back(merge(tip, best, lowest));
            } else {
                path.push_back(best);
            }
        }
        return renumbered(std::move(out));
    }

private:
    // Into the higher number of the two; the other is empty from then on.
    cluster_merge merge(std::size_t a, std::size_t b, double distance) {
        if (a > b) std::swap(a, b);
        double const na = static_cast<double>(size_[a]);
        double const nb = static_cast<double>(size_[b]);
        for (std::size_t k = 0; k < n_; ++k) {
            if (size_[k] == 0 || k == a || k == b) continue;
            double const da = between_.at(k, a);
            double& db = between_.at(k, b);
            double const nk = static_cast<double>(size_[k]);
            switch (by_) {
            case linkage::ward: db = std::max(((na + nk) * da + (nb + nk) * db - nk * distance) / (na + nb + nk), 0.0); break;
            case linkage::complete: db = std::max(da, db); break;
            case linkage::average: db = (na * da + nb * db) / (na + nb); break;
            case linkage::single: db = std::min(da, db); break;
            }
        }
        size_[b] += size_[a];
        size_[a] = 0;
        return {a, b, by_ == linkage::ward ? std::sqrt(distance) : distance, size_[b]};
    }

    // By height, with groups numbered as the merges make them.
    std::vector<cluster_merge> renumbered(std::vector<cluster_merge> merges) const {
        std::stable_sort(merges.begin(), merges.end(),
                         [](auto const& a, auto const& b) { return a.height < b.height; });
        groups known(n_);
        for (std::size_t m = 0; m < merges.size(); ++m) {
            auto const a = known.find(merges[m].first);
            auto const b = known.find(merges[m].second);
            known.join(a, b, n_ + m);
            merges[m].first = std::min(a, b);
            merges[m].second = std::max(a, b);
            merges[m].size = size_of(merges, merges[m].first) + size_of(merges, merges[m].second);
        }
        return merges;
    }
    [[nodiscard]] std::size_t size_of(std::vector<cluster_merge> const& merges, std::size_t group) const noexcept {
        return group < n_ ? 1 : merges[group - n_].size;
    }

    linkage by_;
    std::size_t n_;
    distances between_;
    std::vector<std::size_t> size_;
};

} // namespace

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
    groups known(n);
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
        issues.error("cluster.bad_tree", "model /first", "there must be two groups and a height for each merge", {}, {}, {});
    issues.throw_if_errors();
    std::vector<cluster_merge> merges(first.size());
    std::size_t const n = first.size() + 1;
    auto const index = [n](double v) { return v >= 0 && v < 2 * static_cast<double>(n) ? static_cast<std::size_t>(v) : 2 * n; };
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
        issues.error("cluster.too_many_customers", "columns", "so many customers would need too much memory",
                     std::to_string(row_count(columns)), "at most " + std::to_string(options.max_customers),
                     "Fit a sample and give the others to the nearest mean, or raise options.max_customers");
    issues.throw_if_errors();
    return agglomerative(chain(columns, options).run());
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_AGGLOMERATIVE_SEARCH_HPP
#define SEGMENTA_MODEL_AGGLOMERATIVE_SEARCH_HPP

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/agglomerative.hpp>

#include <cstddef>
#include <numeric>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Groups with a representative each: union by the tree, find with path halving.
class joined_groups {
public:
    explicit joined_groups(std::size_t n) : parent_(2 * n - 1) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
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

// All merges of at least one customer, by height, with groups numbered as they make them.
std::vector<cluster_merge> merge_all(number_columns columns, linkage by, thread_team& team);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

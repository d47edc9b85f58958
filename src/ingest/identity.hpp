// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_IDENTITY_HPP
#define SEGMENTA_SRC_INGEST_IDENTITY_HPP

// Which ids are one customer, and the rows of customers sources merged by that.

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// From an id to that of its customer; ids it does not know are customers of their own. Immutable when made; shared by
/// all workers.
class identity_map {
public:
    [[nodiscard]] bool empty() const noexcept { return numbers_.empty() && texts_.empty(); }
    [[nodiscard]] std::int64_t of(std::int64_t id) const noexcept {
        auto const found = numbers_.find(id);
        return found == numbers_.end() ? id : found->second;
    }
    /// The characters live as long as the map, or as those given.
    [[nodiscard]] std::string_view of(std::string_view id) const noexcept {
        auto const found = texts_.find(id);
        return found == texts_.end() ? id : found->second;
    }
    void add(std::int64_t id, std::int64_t customer) { numbers_.emplace(id, customer); }
    void add(std::string_view id, std::string_view customer);

private:
    std::unordered_map<std::int64_t, std::int64_t> numbers_;
    std::unordered_map<std::string_view, std::string_view> texts_;
    std::shared_ptr<string_pool> pool_ = std::make_shared<string_pool>();
};

/// Pairs of ids that are one customer, of one kind.
struct id_pairs {
    std::vector<std::pair<std::int64_t, std::int64_t>> numbers;
    std::vector<std::pair<std::string_view, std::string_view>> texts;
    std::shared_ptr<string_pool> pool = std::make_shared<string_pool>(); ///< characters of `texts`
};

/// A customers source that was read.
struct known_customers {
    std::string_view source;
    customer_columns* customers = nullptr;
};

/// Joins ids by pairs and by keys, merges the rows of each customers source (ids become those of customers, each
/// attribute the first present value in the order of trust), and says how ids map. All ids are of one kind.
///
/// The id of a customer is the least one of the most trusted source that has any of its ids; ids that only links or
/// histories name come last. So it depends neither on the order of rows nor on threads.
[[nodiscard]] identity_map merge_ids(identity_definition const& by, std::span<known_customers const> known,
                                     std::span<id_pairs const> links, identity_quality& quality);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

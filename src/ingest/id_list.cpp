// SPDX-License-Identifier: Apache-2.0
#include "ingest/id_list.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class Id, class Known>
void count_beside(Id const& id, Known const& known, std::optional<Id>& least, std::uint64_t& count) {
    if (std::binary_search(known.begin(), known.end(), id)) return;
    ++count;
    if (!least || id < *least) least = id;
}

} // namespace

bool is_blank_id(std::string_view id) noexcept { return trim(id).empty(); }

void id_list::tidy() {
    std::sort(numbers_.begin(), numbers_.end());
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
    tidy_at_ = std::max<std::size_t>(4096, 2 * numbers_.size());
}

void id_list::merge(id_list const& other) {
    numbers_.insert(numbers_.end(), other.numbers_.begin(), other.numbers_.end());
    tidy();
    for (std::uint32_t code = 0; code < other.texts_.size(); ++code)
        (void)texts_.intern(other.texts_.view(code));
}

left_out_customers id_list::beside(customer_columns const& customers, std::string reason) {
    tidy();
    left_out_customers out{std::move(reason), 0, {}};
    if (customers.integer_ids) {
        std::optional<std::int64_t> least;
        for (auto const id : numbers_)
            count_beside(id, customers.ids, least, out.customers);
        if (least) out.first = std::to_string(*least);
        return out;
    }
    std::optional<std::string_view> least;
    for (std::uint32_t code = 0; code < texts_.size(); ++code)
        count_beside(texts_.view(code), customers.text_ids, least, out.customers);
    if (least) out.first = std::string(*least);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

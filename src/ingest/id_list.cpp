// SPDX-License-Identifier: Apache-2.0
#include "ingest/id_list.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <cstring>
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

/// Whether any of the eight bytes is 0. Source: H. S. Warren, "Hacker's Delight", 6-1.
constexpr bool has_zero(std::uint64_t bytes) noexcept {
    return ((bytes - 0x0101010101010101U) & ~bytes & 0x8080808080808080U) != 0;
}

bool has_nul(std::string_view text) noexcept {
    if (text.size() < 8) return text.find('\0') != std::string_view::npos;
    std::uint64_t bytes = 0;
    for (std::size_t at = 0; at + 8 <= text.size(); at += 8) {
        std::memcpy(&bytes, text.data() + at, 8);
        if (has_zero(bytes)) return true;
    }
    std::memcpy(&bytes, text.data() + text.size() - 8, 8); // the rest, with some seen already
    return has_zero(bytes);
}

} // namespace

bool is_bad_id(std::string_view id) noexcept {
    auto const first = id.empty() ? 0U : static_cast<unsigned char>(id.front());
    bool const may_be_blank = first <= 0x20 || first == 0xC2 || first >= 0xE2; // those that trim() knows begin so
    return has_nul(id) || (may_be_blank && trim(id).empty());
}

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

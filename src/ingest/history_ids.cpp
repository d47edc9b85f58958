// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_ids.hpp"

#include "ingest/sort_rows.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Texts one after the other, never moved.
class text_block {
public:
    explicit text_block(std::size_t bytes)
        : bytes_(std::make_unique_for_overwrite<char[]>(bytes)), next_(bytes_.get()) {}
    [[nodiscard]] std::string_view add(std::string_view text) noexcept {
        if (!text.empty()) std::memcpy(next_, text.data(), text.size());
        return {std::exchange(next_, next_ + text.size()), text.size()};
    }
    [[nodiscard]] std::string_view add(id_form form, text_key const& key) noexcept {
        char* const start = std::exchange(next_, unpack_id(form, key, next_));
        return {start, static_cast<std::size_t>(next_ - start)};
    }

private:
    std::unique_ptr<char[]> bytes_;
    char* next_;
};

std::vector<std::uint32_t> inverse(std::span<std::uint32_t const> order) {
    std::vector<std::uint32_t> place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        place[order[i]] = i;
    return place;
}

} // namespace

history_ids::history_ids(std::span<history_sink* const> sinks, bool text_ids) : text_ids_(text_ids) {
    if (text_ids) merge_pools(sinks);
    for (std::size_t f = 0; f < id_forms; ++f) {
        id_group group;
        group.form = static_cast<id_form>(f);
        for (std::size_t s = 0; s < sinks.size(); ++s) {
            row_store const* const store = sinks[s]->store(group.form);
            if (store == nullptr) continue;
            group.layout = store->layout();
            group.stores.push_back(store);
            if (group.form == id_form::code && !maps_.empty()) group.maps.emplace_back(maps_[s]);
        }
        if (!group.stores.empty()) groups_.push_back(std::move(group));
    }
}

void history_ids::merge_pools(std::span<history_sink* const> sinks) {
    pool_ = std::move(sinks[0]->ids);
    if (sinks.size() == 1) return;
    maps_.resize(sinks.size());
    maps_[0].resize(pool_.size()); // the aggregation maps all stores or none
    std::iota(maps_[0].begin(), maps_[0].end(), 0U);
    for (std::size_t s = 1; s < sinks.size(); ++s) {
        auto& map = maps_[s];
        map.resize(sinks[s]->ids.size());
        for (std::uint32_t code = 0; code < map.size(); ++code)
            map[code] = pool_.intern(sinks[s]->ids.view(code));
        sinks[s]->ids = {};
    }
}

std::vector<std::uint32_t> history_ids::assign(std::span<partition_features> parts, customer_columns& to) const {
    to.integer_ids = !text_ids_;
    return text_ids_ ? assign_texts(parts, to) : assign_numbers(parts, to);
}

std::vector<std::uint32_t> history_ids::assign_numbers(std::span<partition_features> parts,
                                                       customer_columns& to) const {
    std::vector<std::int64_t, large_allocator<std::int64_t>> keys;
    keys.reserve(std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                                 [](std::size_t n, auto const& part) { return n + part.keys.size(); }));
    for (auto& part : parts) {
        keys.insert(keys.end(), part.keys.begin(), part.keys.end());
        std::vector<std::int64_t>().swap(part.keys);
    }
    auto const order = order_of(keys);
    to.ids.reserve(keys.size());
    for (auto const row : order)
        to.ids.push_back(keys[row]);
    return inverse(order);
}

std::vector<std::uint32_t> history_ids::assign_texts(std::span<partition_features> parts, customer_columns& to) const {
    std::size_t bytes = 0;
    std::size_t customers = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        id_form const form = groups_[p / partition_count].form;
        customers += parts[p].keys.size() + parts[p].text_keys.size();
        for (auto const key : parts[p].keys)
            bytes += pool_.view(static_cast<std::uint32_t>(key)).size();
        for (auto const& key : parts[p].text_keys)
            bytes += unpacked_size(form, key);
    }
    // Once in the order of the parts, to be sorted without leaps through memory, and once in their final order.
    text_block unsorted(bytes);
    std::vector<std::string_view> texts;
    texts.reserve(customers);
    for (std::size_t p = 0; p < parts.size(); ++p) {
        id_form const form = groups_[p / partition_count].form;
        for (auto const key : parts[p].keys)
            texts.push_back(unsorted.add(pool_.view(static_cast<std::uint32_t>(key))));
        for (auto const& key : parts[p].text_keys)
            texts.push_back(unsorted.add(form, key));
        std::vector<std::int64_t>().swap(parts[p].keys);
        std::vector<text_key>().swap(parts[p].text_keys);
    }
    auto const order = order_of(texts);
    auto const sorted = std::make_shared<text_block>(bytes);
    constexpr std::size_t ahead = 16;
    to.text_ids.reserve(customers);
    for (std::size_t i = 0; i < customers; ++i) {
        if (i + 2 * ahead < customers) __builtin_prefetch(&texts[order[i + 2 * ahead]]);
        if (i + ahead < customers) __builtin_prefetch(texts[order[i + ahead]].data());
        to.text_ids.push_back(sorted->add(texts[order[i]]));
    }
    to.id_owner = sorted;
    return inverse(order);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_SORTED_RECORDS_HPP
#define SEGMENTA_TAG_SORTED_RECORDS_HPP

// Vectors of anything with a member `tag`, sorted by it, each tag once.

#include <segmenta/tag/tag_state.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr auto by_tag = [](auto const& record, std::string_view tag) { return record.tag < tag; };

template <class Record>
Record const* find_record(std::span<Record const> records, std::string_view tag) noexcept {
    auto const at = std::lower_bound(records.begin(), records.end(), tag, by_tag);
    return at != records.end() && at->tag == tag ? &*at : nullptr;
}

template <class Record>
Record const* find_record(std::vector<Record> const& records, std::string_view tag) noexcept {
    return find_record(std::span<Record const>(records), tag);
}

template <class Record>
Record* find_record(std::vector<Record>& records, std::string_view tag) noexcept {
    return const_cast<Record*>(find_record(std::as_const(records), tag)); // NOLINT: it is ours to change
}

// Replaces the record of the same tag.
template <class Record>
void put_record(std::vector<Record>& records, Record record) {
    auto const at = std::lower_bound(records.begin(), records.end(), record.tag, by_tag);
    if (at != records.end() && at->tag == record.tag)
        *at = std::move(record);
    else
        records.insert(at, std::move(record));
}

template <class Record>
bool erase_record(std::vector<Record>& records, std::string_view tag) noexcept {
    auto const at = std::lower_bound(records.begin(), records.end(), tag, by_tag);
    if (at == records.end() || at->tag != tag) return false;
    records.erase(at);
    return true;
}

// The records of both; what both have, joined.
template <class Record, class Join>
std::vector<Record> join_records(std::span<Record const> a, std::span<Record const> b, Join join) {
    std::vector<Record> out;
    out.reserve(a.size() + b.size());
    auto i = a.begin();
    auto k = b.begin();
    while (i != a.end() && k != b.end()) {
        if (i->tag < k->tag)
            out.push_back(*i++);
        else if (k->tag < i->tag)
            out.push_back(*k++);
        else
            out.push_back(join(*i++, *k++));
    }
    out.insert(out.end(), i, a.end());
    out.insert(out.end(), k, b.end());
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

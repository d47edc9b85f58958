// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_CUSTOMER_IDS_HPP
#define SEGMENTA_RECORD_CUSTOMER_IDS_HPP

/// \file
/// Who the rows of a table are: unique 64-bit integers or unique strings, found by value.

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One id per row. Ids that ascend are found by halving and take no more memory than themselves; others get a hash
/// index of at most 16 bytes per row.
///
/// Making one throws `issue_error`: `table.duplicate_id` (both rows named; the first 20 pairs), `table.too_many_rows`
/// (2^32 - 1 or more). Row numbers count from 0.
///
/// Thread safety: an immutable value, cheap to copy; concurrent reads are safe.
class customer_ids {
public:
    /// No rows.
    customer_ids();
    static customer_ids of(std::vector<std::int64_t> ids);
    static customer_ids of(std::vector<std::string> ids);
    /// Without copying: the ids (and the characters of the strings) must outlive this and all its copies, or be held by
    /// `owner`.
    static customer_ids borrow(std::span<std::int64_t const> ids, std::shared_ptr<void const> owner = nullptr);
    static customer_ids borrow(std::span<std::string_view const> ids, std::shared_ptr<void const> owner = nullptr);

    [[nodiscard]] std::size_t size() const noexcept;
    /// Whether ids are integers; else they are strings.
    [[nodiscard]] bool is_integer() const noexcept;
    /// All integer ids; empty when they are strings.
    [[nodiscard]] std::span<std::int64_t const> integers() const noexcept;
    /// All string ids; empty when they are integers.
    [[nodiscard]] std::span<std::string_view const> texts() const noexcept;
    /// The id of a row as text, whichever it is.
    [[nodiscard]] std::string text(std::size_t row) const;

    /// The row of an id, or nothing. Constant, or logarithmic for ascending ids.
    [[nodiscard]] std::optional<std::size_t> find(std::int64_t id) const noexcept;
    [[nodiscard]] std::optional<std::size_t> find(std::string_view id) const noexcept;

private:
    struct contents;
    explicit customer_ids(std::shared_ptr<contents const> made) : contents_(std::move(made)) {}

    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif

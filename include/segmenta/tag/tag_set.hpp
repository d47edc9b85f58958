// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_SET_HPP
#define SEGMENTA_TAG_TAG_SET_HPP

/// \file
/// Audiences by tags: who of many customers fits a boolean expression over tags, counted without being listed.
///
/// Every tag is two bitmaps over the customers: of whom it is known to hold, and of whom it is not known not to. They
/// carry the three values of Kleene's logic through `&&` (both intersections), `||` (both unions) and `!` (each is the
/// complement of the other), so that `!vip` does not take in customers of whom nobody knows whether they are.
///
/// Source of the operations: and, or, not as in audience builders (zhaoyachao/zdh_magic_mirror, label/readme.md); "a
/// but not b" is `a && !b`.

#include <segmenta/base/bitmap.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What becomes of the customers of whom the answer is not known.
enum class unknown_policy : std::uint8_t {
    leave_out, ///< only those of whom it is certain: for offers, and whenever in doubt
    take_in,   ///< also those who may fit: for exclusions such as "must not be written to"
};

/// Customers by row number, with three values.
///
/// Thread safety: a plain value; concurrent reads are safe.
struct tag_rows {
    bitmap holds;    ///< it is known to hold
    bitmap may_hold; ///< it is not known not to; includes `holds`

    /// The customers under a policy; lives as long as this.
    [[nodiscard]] bitmap const& under(unknown_policy policy) const noexcept {
        return policy == unknown_policy::take_in ? may_hold : holds;
    }
    /// How many: always `ids(policy).size()`.
    [[nodiscard]] std::size_t count(unknown_policy policy = unknown_policy::leave_out) const noexcept {
        return under(policy).count();
    }
    /// Row numbers, ascending.
    [[nodiscard]] std::vector<std::size_t> ids(unknown_policy policy = unknown_policy::leave_out) const;
    /// Of how many it is not known.
    [[nodiscard]] std::size_t unknown() const noexcept { return may_hold.count() - holds.count(); }

    friend bool operator==(tag_rows const&, tag_rows const&) = default;
};

/// The tags of a number of customers. Two bits for each tag and customer.
///
/// Thread safety: concurrent selections are safe; adding needs exclusive access.
///
///     tag_set tags(table.row_count());
///     tags.add("vip", vip_answers);                                       // a boolean column, with missing values
///     tags.add("churned", churned_answers);
///     tag_rows const audience = tags.select("vip && !churned");
///     audience.count();                                                   // certain
///     audience.count(unknown_policy::take_in);                            // at most so many
class tag_set {
public:
    explicit tag_set(std::size_t customers) : customers_(customers) {}

    [[nodiscard]] std::size_t customers() const noexcept { return customers_; }
    /// In the order they were added.
    [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }
    [[nodiscard]] tag_rows const& operator[](std::size_t tag) const noexcept { return rows_[tag]; }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;

    /// Adds a tag. Throws `issue_error` with all of: `tag_set.bad_name` (see `is_tag_name`), `tag_set.duplicate_name`,
    /// `tag_set.size` (not one bit for each customer), `tag_set.contradiction` (it holds where it cannot).
    void add(std::string name, tag_rows rows);
    /// Adds a tag of which everything is known.
    void add(std::string name, bitmap holds);
    /// Adds a tag by a boolean column; missing is not known. Also `tag_set.type`.
    void add(std::string name, column_view const& answers);

    /// Who fits a rule over tags: names (in backquotes when they are no identifiers), `&&`, `||`, `!`, `?:`, `==` and
    /// `!=` between tags, `true`, `false`, `has(customer.vip)` for "it is known", `customer.?vip.orValue(false)`.
    /// Throws `issue_error` with the issues of `compile_rule` (an unknown tag is named, with the nearest), and
    /// `tag_set.unsupported`. O(customers / 64) for each operation.
    [[nodiscard]] tag_rows select(std::string_view rule) const;
    /// As above; adds to `issues` at `place` instead, and gives nothing when there are errors.
    [[nodiscard]] std::optional<tag_rows> select(std::string_view rule, issue_list& issues,
                                                 std::string_view place = {}) const;

private:
    std::size_t customers_;
    std::vector<std::string> names_;
    std::vector<tag_rows> rows_;
};

} // namespace v0
} // namespace segmenta

#endif

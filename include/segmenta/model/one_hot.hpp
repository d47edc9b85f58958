// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_ONE_HOT_HPP
#define SEGMENTA_MODEL_ONE_HOT_HPP

/// \file
/// Texts as numbers: codes for k-modes and latent classes, or a column of 0 and 1 for each category. Fitted once, so
/// that a category means the same number for new customers, and a new category is seen to be new.
///
///     std::vector<std::vector<std::string>> const data{{"web", "shop", "web"}};
///     auto const encoding = segmenta::fit_one_hot(data);
///     encoding.names(0);                       // "shop", "web"
///     encoding.code(0, "fax");                 // missing_category

#include <segmenta/model/category_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct one_hot_options {
    std::size_t least_count = 1; ///< categories of fewer customers are left out: they are unknown, all 0
    bool drop_first = false;     ///< no column for the first category of an attribute: for regressions with a constant
};

/// The categories of each attribute.
///
/// Thread safety: immutable.
class one_hot {
public:
    /// Names of the categories of each attribute, in the order of their codes. Throws `issue_error`
    /// (`encoding.categories`) when an attribute has none, or one twice.
    explicit one_hot(std::vector<std::vector<std::string>> names, bool drop_first = false);

    [[nodiscard]] std::size_t attributes() const noexcept { return names_.size(); }
    [[nodiscard]] std::span<std::string const> names(std::size_t attribute) const noexcept { return names_[attribute]; }
    /// Columns of 0 and 1.
    [[nodiscard]] std::size_t width() const noexcept;
    /// The attribute's number and the category of each column: `0=shop`.
    [[nodiscard]] std::vector<std::string> column_names() const;

    /// `missing_category` for a text that is not known. O(log categories).
    [[nodiscard]] std::uint32_t code(std::size_t attribute, std::string_view text) const noexcept;
    /// Codes of a column.
    [[nodiscard]] std::vector<std::uint32_t> codes(std::size_t attribute, std::span<std::string const> texts) const;
    /// One customer, `width()` numbers; what is not known is all 0. Missing attributes at the end are not known.
    void encode(std::span<std::string_view const> customer, std::span<double> out) const noexcept;
    /// All customers. Throws `data.ragged` for another number of columns or columns of different lengths.
    [[nodiscard]] std::vector<std::vector<double>> encode(std::span<std::vector<std::string> const> columns) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `encoding.categories`.
    static one_hot from_json(std::string_view text);

    friend bool operator==(one_hot const&, one_hot const&) = default;

private:
    std::vector<std::vector<std::string>> names_;
    bool drop_first_;
};

/// Categories in the order of their bytes, so that codes do not depend on the order of customers. Throws `issue_error`:
/// `data.empty`, `data.ragged`, `encoding.categories` when no category of an attribute has `least_count` customers.
[[nodiscard]] one_hot fit_one_hot(std::span<std::vector<std::string> const> columns,
                                  one_hot_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_TABLE_FILE_HPP
#define SEGMENTA_SRC_CLI_TABLE_FILE_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

/// A delimited file with a header line, one customer or transaction a row, read column by column as commands ask.
///
/// The delimiter is the one of `,` `;` tab that the header line has most of, unless it is given. Empty fields, NA, NaN
/// and null are missing. Lines, quoting and encodings as everywhere (io/csv_dialect.hpp).
class table_file {
public:
    /// Reads the header. Throws `issue_error`.
    explicit table_file(std::filesystem::path path, std::optional<char> delimiter = std::nullopt);

    /// Throws `issue_error` (`table.empty`) when there is nothing below the header.
    void require_rows() const;
    [[nodiscard]] std::string name() const { return path_.string(); }
    [[nodiscard]] std::vector<std::string> const& columns() const noexcept { return columns_; }
    [[nodiscard]] bool has(std::string_view column) const noexcept;
    /// The first of `names` that the file has; nothing when it has none.
    [[nodiscard]] std::optional<std::string> first_of(std::span<std::string_view const> names) const;

    /// NaN where missing. Throws `issue_error` with the first lines that hold no number, and for unknown columns.
    [[nodiscard]] std::vector<std::vector<double>> numbers(std::span<std::string const> names) const;
    [[nodiscard]] std::vector<double> numbers(std::string const& name) const;
    /// Empty where missing.
    [[nodiscard]] std::vector<std::string> texts(std::string const& name) const;
    /// Texts as numbers 0, 1, ... in the order of their first rows; -1 where missing.
    struct coded {
        std::vector<std::int32_t> codes;
        std::vector<std::string> labels;
    };
    [[nodiscard]] coded codes(std::string const& name) const;
    /// Days since 1970-01-01 of dates or times (ISO 8601, or any format of time/parse.hpp); a time counts as its day.
    /// Missing ones are an error.
    [[nodiscard]] std::vector<std::int32_t> days(std::string const& name, std::string const& format) const;
    /// Which of the columns hold numbers only (and at least one). Throws `issue_error` (`table.nearly_numbers`) for a
    /// column with a few fields among many numbers that are none: that is a slip, and no column of texts.
    [[nodiscard]] std::vector<bool> are_numbers(std::span<std::string const> names) const;

private:
    std::filesystem::path path_;
    char delimiter_ = ',';
    std::vector<std::string> columns_;
};

} // namespace segmenta::cli

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_STRATEGY_STRATEGY_TEST_HPP
#define SEGMENTA_TESTS_STRATEGY_STRATEGY_TEST_HPP

#include "support/test_data.hpp"

#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>
#include <segmenta/time/instant.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::test {

/// Columns of one block; keeps what the views point at.
class frame {
public:
    frame& whole(std::vector<std::optional<std::int64_t>> const& values, type what = int64_type) {
        return add<std::int64_t>(values, what);
    }
    frame& real(std::vector<std::optional<double>> const& values) { return add<double>(values, float64_type); }
    /// Days since 1970-01-01.
    frame& days(std::vector<std::optional<std::int32_t>> const& values) { return add<std::int32_t>(values, date_type); }
    frame& texts(std::vector<std::optional<std::string>> const& values) {
        auto pool = std::make_shared<string_pool>();
        std::vector<std::optional<std::uint32_t>> codes;
        for (auto const& v : values)
            codes.push_back(v ? std::optional(pool->intern(*v)) : std::nullopt);
        add<std::uint32_t>(codes, category_type);
        columns_.back().set_pool(pool);
        return *this;
    }
    [[nodiscard]] block rows() {
        views_.clear();
        for (auto const& c : columns_)
            views_.push_back(c.view());
        return {columns_.empty() ? 0 : columns_[0].size(), views_};
    }
    [[nodiscard]] column_view operator[](std::size_t i) const { return columns_[i].view(); }

private:
    template <class T>
    frame& add(std::vector<std::optional<T>> const& values, type what) {
        column c(what, values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            c.data<T>()[i] = values[i].value_or(T{});
            if (!values[i]) c.set_missing(i);
        }
        columns_.push_back(std::move(c));
        return *this;
    }

    std::vector<column> columns_;
    std::vector<column_view> views_;
};

template <class Strategy>
std::vector<assignment> assign_all(Strategy const& s, block const& rows) {
    std::vector<assignment> out(rows.size);
    s.assign(rows, out);
    return out;
}

/// The id of an assignment, or the name of its status in angle brackets.
template <class Strategy>
std::string segment_of(Strategy const& s, assignment const& a) {
    if (!a.has_segment()) return "<" + std::string(to_string(a.standing)) + ">";
    return s.segments()[a.segment].id;
}

template <class Strategy>
std::vector<std::string> segments_of(Strategy const& s, block const& rows) {
    std::vector<std::string> out;
    for (auto const& a : assign_all(s, rows))
        out.push_back(segment_of(s, a));
    return out;
}

/// A comma-separated file without quotes: header name to cells.
inline std::map<std::string, std::vector<std::string>> read_plain_csv(std::filesystem::path const& path) {
    std::ifstream in(path);
    std::map<std::string, std::vector<std::string>> out;
    std::vector<std::string> names;
    std::string line;
    while (std::getline(in, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        std::istringstream cells(line);
        std::string cell;
        std::vector<std::string> row;
        while (std::getline(cells, cell, ','))
            row.push_back(cell);
        if (names.empty()) {
            names = row;
            continue;
        }
        for (std::size_t i = 0; i < names.size(); ++i)
            out[names[i]].push_back(i < row.size() ? row[i] : "");
    }
    return out;
}

/// YYYY-MM-DD as days since 1970-01-01.
inline std::int32_t day_of(std::string const& text) {
    return civil_date::of(std::stoi(text.substr(0, 4)), static_cast<std::uint8_t>(std::stoi(text.substr(5, 2))),
                          static_cast<std::uint8_t>(std::stoi(text.substr(8, 2))))
        .days_since_epoch();
}

inline std::vector<std::optional<std::int64_t>> whole_numbers(std::vector<std::string> const& cells) {
    std::vector<std::optional<std::int64_t>> out;
    for (auto const& c : cells)
        out.push_back(std::stoll(c));
    return out;
}

inline std::string text_of_file(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// `text` with the first `from` replaced.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_TEXT_COLUMNS_HPP
#define SEGMENTA_TESTS_SUPPORT_TEXT_COLUMNS_HPP

#include "base/json.hpp"
#include "support/test_data.hpp"

#include <segmenta/io/record_source.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

/// A small file of fields, whole in memory, by column name.
class text_columns {
public:
    /// Without `names`, the first record has them. gzip is fine.
    explicit text_columns(std::filesystem::path const& path, char delimiter = ',', std::vector<std::string> names = {})
        : names_(std::move(names)) {
        record_rules rules;
        rules.delimiter = delimiter;
        record_source source(path, rules);
        if (names_.empty()) names_ = split(source.take_record(), delimiter);
        text_chunk chunk;
        while (source.next(chunk)) {
            std::istringstream lines{std::string(chunk.text())};
            for (std::string line; std::getline(lines, line);) {
                if (!line.empty() && line.back() == '\r') line.pop_back();
                if (!line.empty()) add(split(line, delimiter));
            }
        }
    }

    [[nodiscard]] std::vector<std::string> const& names() const { return names_; }
    [[nodiscard]] std::vector<std::string> const& texts(std::string const& name) const { return columns_.at(name); }
    [[nodiscard]] std::vector<std::string_view> views(std::string const& name) const {
        return {texts(name).begin(), texts(name).end()};
    }
    /// What is no number is NaN.
    [[nodiscard]] std::vector<double> numbers(std::string const& name) const {
        std::vector<double> out;
        for (std::string const& text : texts(name)) {
            bool const number = !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string::npos;
            out.push_back(number ? std::stod(text) : std::numeric_limits<double>::quiet_NaN());
        }
        return out;
    }
    [[nodiscard]] std::vector<std::uint8_t> is(std::string const& name, std::string_view text) const {
        std::vector<std::uint8_t> out;
        for (std::string const& seen : texts(name))
            out.push_back(seen == text ? 1 : 0);
        return out;
    }

    /// Fields of a line; a quote only switches whether delimiters separate.
    static std::vector<std::string> split(std::string const& line, char delimiter) {
        std::vector<std::string> out(1);
        bool quoted = false;
        for (char const c : line) {
            if (c == '"')
                quoted = !quoted;
            else if (c == delimiter && !quoted)
                out.emplace_back();
            else
                out.back() += c;
        }
        return out;
    }

private:
    void add(std::vector<std::string> fields) {
        if (fields.size() != names_.size()) throw std::runtime_error("a record has another number of fields");
        for (std::size_t i = 0; i < fields.size(); ++i)
            columns_[names_[i]].push_back(std::move(fields[i]));
    }

    std::vector<std::string> names_;
    std::map<std::string, std::vector<std::string>> columns_;
};

/// expected_*.json of the test data.
inline boost::json::object expected_values(std::string const& name) {
    std::ifstream file(test_data(name));
    std::ostringstream text;
    text << file.rdbuf();
    return segmenta::detail::parse_json(text.str()).get_object();
}

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_EVALUATE_DATA_HPP
#define SEGMENTA_TESTS_EVALUATE_DATA_HPP

// Real data for the tests of the room, which must not include the room that reads files.

#include "base/json.hpp"
#include "support/catch.hpp"
#include "support/expected_figures.hpp"
#include "support/test_data.hpp"

#include <segmenta/error.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

inline constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

inline std::string read_text(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline boost::json::value expected_values(std::string const& file) {
    return detail::parse_json(read_text(test_data(file)));
}

inline boost::json::value const& at(boost::json::value const& in, std::initializer_list<std::string_view> path) {
    boost::json::value const* now = &in;
    for (auto const key : path)
        now = &now->as_object().at(key);
    return *now;
}

inline double number_at(boost::json::value const& in, std::initializer_list<std::string_view> path) {
    return at(in, path).to_number<double>();
}

inline expected_figures::part at(expected_figures::part in, std::initializer_list<std::string_view> path) {
    for (auto const key : path)
        in = in.at(key);
    return in;
}

inline double number_at(expected_figures::part const& in, std::initializer_list<std::string_view> path) {
    return at(in, path).number();
}

/// Fields of one line of CSV; a quote only switches whether commas separate.
inline std::vector<std::string> split_csv(std::string_view line) {
    std::vector<std::string> fields(1);
    bool inside = false;
    for (char const c : line) {
        if (c == '\r' || c == '\n') break;
        if (c == '"')
            inside = !inside;
        else if (c == ',' && !inside)
            fields.emplace_back();
        else
            fields.back() += c;
    }
    return fields;
}

using text_columns = std::map<std::string, std::vector<std::string>>;

/// Columns of a CSV file without line ends in fields, as texts.
inline text_columns read_plain_csv(std::istream& in) {
    text_columns out;
    std::vector<std::vector<std::string>*> columns;
    for (std::string line; std::getline(in, line);) {
        auto const fields = split_csv(line);
        bool const header = columns.empty();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (header)
                columns.push_back(&out[fields[i]]);
            else
                columns.at(i)->push_back(fields[i]);
        }
    }
    return out;
}

inline text_columns read_plain_csv(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return read_plain_csv(in);
}

/// The text of a compressed file.
inline std::string read_gz(std::filesystem::path const& path) {
    std::string const command = "gzip -dc '" + path.string() + "'";
    std::unique_ptr<FILE, int (*)(FILE*)> const pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    std::vector<char> buffer(1 << 16);
    while (pipe != nullptr) {
        std::size_t const got = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
        if (got == 0) break;
        text.append(buffer.data(), got);
    }
    return text;
}

inline text_columns read_plain_csv_gz(std::filesystem::path const& path) {
    std::istringstream in(read_gz(path));
    return read_plain_csv(in);
}

inline std::vector<double> as_numbers(std::vector<std::string> const& texts) {
    std::vector<double> out;
    out.reserve(texts.size());
    for (auto const& text : texts)
        out.push_back(std::strtod(text.c_str(), nullptr));
    return out;
}

/// The codes of what `call` throws, joined by blanks; empty when it does not throw.
template <class Call>
std::string codes_of(Call&& call) {
    std::string codes;
    try {
        call();
    } catch (issue_error const& error) {
        for (auto const& problem : error.issues()) {
            codes += (codes.empty() ? "" : " ") + problem.code;
            CHECK_FALSE(problem.place.empty());
            CHECK_FALSE(problem.message.empty());
        }
    }
    return codes;
}

/// What numpy.random.seed(seed) makes: rand() and randint(2).
class numpy_random {
public:
    explicit numpy_random(std::uint32_t seed) : engine_(seed) {}
    double rand() {
        std::uint64_t const a = engine_() >> 5;
        std::uint64_t const b = engine_() >> 6;
        return static_cast<double>((a << 26) + b) / 9007199254740992.0;
    }
    std::uint8_t coin() { return engine_() & 1U; }

private:
    std::mt19937 engine_;
};

inline auto within(double value, double relative = 1e-9) { return Catch::Matchers::WithinRel(value, relative); }

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_EVALUATE_DATA_HPP
#define SEGMENTA_TESTS_EVALUATE_DATA_HPP

// Real data for the tests of the room, which must not include the room that reads files.

#include "base/json.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include <segmenta/error.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <random>
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

/// Columns of a plain CSV file (no quotes, or only around fields without commas), as texts.
inline std::map<std::string, std::vector<std::string>> read_plain_csv(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::map<std::string, std::vector<std::string>> out;
    std::vector<std::vector<std::string>*> columns;
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with('\r')) line.pop_back();
        bool const header = columns.empty();
        std::size_t column = 0;
        std::string field;
        bool inside = false;
        auto const finish = [&] {
            if (header)
                columns.push_back(&out[field]);
            else
                columns.at(column)->push_back(field);
            ++column;
            field.clear();
        };
        for (char const c : line) {
            if (c == '"') inside = !inside;
            else if (c == ',' && !inside) finish();
            else field += c;
        }
        finish();
    }
    return out;
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

// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV file: reading must end with rows or an issue, and be the same for every chunk size and instruction set.
// The first two bytes choose the dialect and the chunk size.
#include "fuzz/replay.hpp"

#include <segmenta/error.hpp>

#include "io/csv_dump.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace segmenta;

struct outcome {
    std::vector<std::string> lines;
    std::string error;
    friend bool operator==(outcome const&, outcome const&) = default;
};

outcome read(std::string const& text, csv_dialect const& dialect, std::size_t chunk_bytes, cpu_level level) {
    outcome out;
    try {
        auto file = csv_file::of_text(text, dialect, "f", chunk_bytes);
        std::vector<wanted_column> wanted;
        type const types[] = {int64_type, category_type, decimal_type(2), instant_type, string_type, float64_type, date_type, boolean_type};
        for (std::size_t i = 0; i < file.columns().size() && i < 8; ++i) {
            if (file.columns()[i].empty()) continue;
            wanted_column column;
            column.name = file.columns()[i];
            column.what = types[i];
            wanted.push_back(std::move(column));
        }
        auto const all = test::read_all(file, wanted, level);
        out.lines = all.lines;
        out.error = all.error;
    } catch (issue_error const& e) {
        out.error = e.issues()[0].code;
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    csv_dialect dialect;
    dialect.record_limit = 4096;
    if ((data[0] & 1) != 0) dialect.delimiter = ';';
    if ((data[0] & 2) != 0) dialect.quote = '\0';
    dialect.blanks = (data[0] & 12) == 12;
    if ((data[0] & 16) != 0) dialect.comment = '#';
    dialect.trim = (data[0] & 32) != 0;
    dialect.header = (data[0] & 64) == 0;
    if ((data[0] & 128) != 0) dialect.encoding = "iso-8859-1";
    std::string const text(reinterpret_cast<char const*>(data) + 2, size - 2);
    outcome const expected = read(text, dialect, 4096, cpu_level::sse2);
    for (auto const level : test::usable_levels()) {
        outcome const other = read(text, dialect, std::size_t{1} + data[1], level);
        // an error can come before or after other chunks' rows
        if (other.error != expected.error || (expected.error.empty() && other.lines != expected.lines)) std::abort();
    }
    return 0;
}

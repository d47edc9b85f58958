// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_IO_CSV_DUMP_HPP
#define SEGMENTA_TESTS_IO_CSV_DUMP_HPP

// Blocks as readable lines, so that two ways of reading can be compared and failures can be understood.

#include <segmenta/io/csv_reader.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace segmenta::test {

inline std::string real_text(double value) {
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

inline std::string value_text(column_view const& column, std::size_t row) {
    if (!column.is_present(row)) return "-";
    switch (column.what.base) {
    case kind::boolean: return column.as<std::uint8_t>()[row] != 0 ? "true" : "false";
    case kind::float64: return real_text(column.as<double>()[row]);
    case kind::date: return std::to_string(column.as<std::int32_t>()[row]);
    case kind::string:
    case kind::category: return "'" + std::string(column.text(row)) + "'";
    default: return std::to_string(column.as<std::int64_t>()[row]);
    }
}

/// One line per record: its line number, its values, and after `!` its bad fields.
inline std::vector<std::string> dump(parsed_block const& block) {
    std::vector<std::string> lines;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        std::string line = std::to_string(block.line(row)) + ":";
        for (column_view const& column : block.columns()) line += " " + value_text(column, row);
        for (bad_field const& bad : block.bad_fields()) {
            if (bad.row != row) continue;
            line += " !" + std::string(to_string(bad.reason));
            if (bad.column != bad_field::whole_record) line += "@" + std::to_string(bad.column) + "(" + std::string(bad.text) + ")";
            if (bad.fields != 0) line += "=" + std::to_string(bad.fields);
        }
        line += " <" + std::string(block.record(row)) + ">";
        lines.push_back(std::move(line));
    }
    return lines;
}

struct read_result {
    std::vector<std::string> lines;
    std::size_t blank_lines = 0;
    std::size_t comment_lines = 0;
    std::string error; ///< code and place of the issue that stopped reading
};

/// Reads everything with the given number of threads and puts the blocks in order.
inline read_result read_all(csv_file& file, std::vector<wanted_column> const& wanted,
                            cpu_level level = cpu_level::sse2, unsigned threads = 1) {
    csv_layout const layout{file, wanted};
    std::map<std::uint64_t, std::vector<std::string>> blocks;
    read_result result;
    std::mutex mutex;
    auto const work = [&] {
        try {
            csv_block_reader reader{layout, level};
            text_chunk chunk;
            while (file.source().next(chunk)) {
                parsed_block const& block = reader.parse(chunk);
                auto lines = dump(block);
                std::lock_guard const lock(mutex);
                blocks[block.sequence()] = std::move(lines);
                result.blank_lines += block.blank_lines();
                result.comment_lines += block.comment_lines();
            }
        } catch (issue_error const& e) {
            std::lock_guard const lock(mutex);
            result.error = e.issues()[0].code + " " + e.issues()[0].place;
        }
    };
    if (threads == 1) {
        work();
    } else {
        std::vector<std::jthread> all;
        for (unsigned i = 0; i < threads; ++i) all.emplace_back(work);
    }
    for (auto const& [sequence, lines] : blocks) result.lines.insert(result.lines.end(), lines.begin(), lines.end());
    return result;
}

inline read_result read_text(std::string text, csv_dialect const& dialect, std::vector<wanted_column> const& wanted,
                             std::size_t chunk_bytes = std::size_t{256} << 10, cpu_level level = cpu_level::sse2,
                             unsigned threads = 1) {
    auto file = csv_file::of_text(std::move(text), dialect, "text", chunk_bytes);
    return read_all(file, wanted, level, threads);
}

/// The levels this machine can run.
inline std::vector<cpu_level> usable_levels() {
    std::vector<cpu_level> levels;
    for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
        if (level <= detect_cpu_level()) levels.push_back(level);
    return levels;
}

} // namespace segmenta::test

#endif

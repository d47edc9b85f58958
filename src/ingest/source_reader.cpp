// SPDX-License-Identifier: Apache-2.0
#include "ingest/source_reader.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/io/csv_reader.hpp>
#include <segmenta/io/json_lines.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <variant>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// An open file of either type, and how to make block readers for it.
class open_file {
public:
    open_file(source_program const& what, std::filesystem::path const& path) {
        source_format const& format = what.definition->format;
        if (format.what == file_type::csv) {
            csv_.emplace(path, format.dialect);
            csv_layout_.emplace(*csv_, what.wanted);
        } else {
            auto wanted = what.wanted;
            for (auto& column : wanted)
                column.missing.insert(column.missing.end(), format.dialect.missing.begin(),
                                      format.dialect.missing.end());
            json_.emplace(path, json_lines_rules(format.dialect.record_limit));
            json_layout_.emplace(std::move(wanted), path.string());
        }
    }
    [[nodiscard]] record_source& source() noexcept { return csv_ ? csv_->source() : *json_; }

    /// A reader of one thread.
    class block_reader {
    public:
        block_reader(open_file& file, cpu_level level) {
            if (file.csv_)
                csv_.emplace(*file.csv_layout_, level);
            else
                json_.emplace(*file.json_layout_);
        }
        parsed_block const& parse(text_chunk& chunk) { return csv_ ? csv_->parse(chunk) : json_->parse(chunk); }

    private:
        std::optional<csv_block_reader> csv_;
        std::optional<json_block_reader> json_;
    };

private:
    std::optional<csv_file> csv_;
    std::optional<csv_layout> csv_layout_;
    std::optional<record_source> json_;
    std::optional<json_layout> json_layout_;
};

[[noreturn]] void throw_stopped(std::string const& source) {
    throw issue_error("ingest.stopped", source, "reading was stopped on request", {}, {},
                      "Run it again to start over.");
}

} // namespace

namespace {

using judge_list = std::vector<std::unique_ptr<row_judge>>;

/// The columns in the order of the source's fields.
std::vector<column_view> fields_of(source_program const& what, memory_source const& from) {
    issue_list issues;
    std::vector<column_view> out;
    for (auto const& field : what.definition->fields) {
        auto const at = std::find(from.names.begin(), from.names.end(), field.name);
        if (at == from.names.end()) {
            issues.error("ingest.missing_field", from.source, "there is no column for the field " + field.name, {},
                         to_string(field.what));
            continue;
        }
        column_view const& view = from.columns[static_cast<std::size_t>(at - from.names.begin())];
        if (view.what != field.what && !(view.what.is_text() && field.what.is_text()))
            issues.error("ingest.field_type", from.source,
                         "the column " + field.name + " has another type than the plan", to_string(view.what),
                         to_string(field.what));
        if (view.size != from.columns.front().size)
            issues.error("ingest.field_size", from.source, "the column " + field.name + " has another number of rows",
                         std::to_string(view.size), std::to_string(from.columns.front().size));
        out.push_back(view);
    }
    issues.throw_if_errors();
    return out;
}

void read_columns(source_program const& what, memory_source const& from, ingest_options const& options,
                  std::span<std::unique_ptr<row_sink> const> sinks, judge_list const& judges) {
    constexpr std::size_t tile = 8192; // a multiple of 64, and small enough for the caches
    auto const columns = fields_of(what, from);
    std::size_t const rows = columns.empty() ? 0 : columns.front().size;
    std::vector<std::vector<column_view>> parts(sinks.size());
    auto const work = [&](std::size_t block, unsigned worker) {
        std::size_t const first = block * tile;
        std::size_t const n = std::min(tile, rows - first);
        parts[worker].clear();
        for (auto const& column : columns)
            parts[worker].push_back(column.slice(first, n));
        row_origin const origin{nullptr, first + 1, 0, &from.source};
        judged_block const& judged = judges[worker]->judge(n, parts[worker], origin, nullptr);
        sinks[worker]->take(judged, judges[worker]->times(), origin);
        if (worker == 0 && options.progress) options.progress({what.definition->name, 0, 0, first + n});
    };
    if (!parallel_for_blocks(static_cast<unsigned>(sinks.size()), (rows + tile - 1) / tile, options.stop, work))
        throw_stopped(what.definition->name);
}

void read_files(source_program const& what, std::span<source_file const> files, ingest_options const& options,
                std::span<std::unique_ptr<row_sink> const> sinks, judge_list const& judges,
                ordered_quarantine* quarantined) {
    cpu_level const level = usable_cpu_level(options.level);
    std::uint64_t bytes_before = 0;
    std::atomic<std::uint64_t> rows{0};
    for (std::size_t f = 0; f < files.size(); ++f) {
        open_file file(what, files[f].path);
        if (quarantined != nullptr) quarantined->begin_file();
        std::string const name = shown_name(files, f);
        std::atomic<bool> failed{false};
        auto const work = [&](std::size_t worker) {
            open_file::block_reader reader(file, level);
            text_chunk chunk;
            try {
                while (!failed.load(std::memory_order_relaxed) && !options.stop.stop_requested() &&
                       file.source().next(chunk)) {
                    parsed_block const& block = reader.parse(chunk);
                    row_origin const origin{&block, 1, f, &name};
                    judged_block const& judged =
                        judges[worker]->judge(block.rows(), block.columns(), origin, quarantined);
                    sinks[worker]->take(judged, judges[worker]->times(), origin);
                    rows.fetch_add(block.rows(), std::memory_order_relaxed);
                    // Worker 0 runs on the calling thread, the only one that may talk to the host.
                    if (worker == 0 && options.progress)
                        options.progress({what.definition->name, bytes_before + file.source().bytes_read(),
                                          bytes_before + file.source().bytes_total(), rows.load()});
                }
            } catch (...) {
                failed = true;
                throw;
            }
        };
        parallel_for_blocks(static_cast<unsigned>(sinks.size()), sinks.size(), work);
        if (options.stop.stop_requested()) throw_stopped(what.definition->name);
        bytes_before += file.source().bytes_total();
    }
}

} // namespace

std::string shown_name(std::span<source_file const> files, std::size_t file) {
    auto const name = files[file].path.filename();
    for (std::size_t other = 0; other < files.size(); ++other)
        if (other != file && files[other].path.filename() == name) return files[file].path.string();
    return name.string();
}

read_outcome read_source(source_program const& what, source_input const& input, ingest_options const& options,
                         std::span<std::unique_ptr<row_sink> const> sinks, ordered_quarantine* quarantined) {
    judge_list judges;
    for (std::size_t i = 0; i < sinks.size(); ++i)
        judges.push_back(std::make_unique<row_judge>(what, options.as_of));
    if (input.columns != nullptr)
        read_columns(what, *input.columns, options, sinks, judges);
    else
        read_files(what, input.files, options, sinks, judges, quarantined);
    read_outcome out;
    for (auto const& judge : judges) {
        out.reasons.merge(judge->reasons());
        out.rows += judge->rows();
        out.future.merge(judge->future());
    }
    return out;
}

void quarantine_rows(source_program const& what, std::span<source_file const> files, std::vector<std::uint64_t> places,
                     ordered_quarantine& quarantined, std::string const& message) {
    std::sort(places.begin(), places.end());
    auto next = places.begin();
    while (next != places.end()) {
        std::size_t const f = file_of(*next);
        std::string const name = shown_name(files, f);
        open_file opened(what, files[f].path);
        open_file::block_reader reader(opened, cpu_level::sse2);
        text_chunk chunk;
        quarantined.begin_file();
        while (next != places.end() && file_of(*next) == f && opened.source().next(chunk)) {
            std::vector<ordered_quarantine::row> rows;
            parsed_block const& block = reader.parse(chunk);
            for (std::size_t row = 0; row < block.rows() && next != places.end() && file_of(*next) == f; ++row) {
                if (block.line(row) < line_of(*next)) continue;
                rows.push_back({name, block.line(row), "duplicate", message, std::string(block.record(row))});
                ++next;
            }
            quarantined.add(chunk.sequence(), std::move(rows));
        }
        while (next != places.end() && file_of(*next) == f)
            ++next; // the file shrank meanwhile
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/io/quarantine.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

std::array<std::string, 5> header() { return {"source", "line", "reason", "message", "record"}; }

// At most `most` bytes, not in the middle of a UTF-8 character.
std::string_view cut(std::string_view text, std::size_t most) noexcept {
    while (most > 0 && most < text.size() && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
}

} // namespace

void reject_counts::add(std::string_view reason, std::uint64_t rows) {
    auto const at = std::lower_bound(entries_.begin(), entries_.end(), reason,
                                     [](entry const& e, std::string_view wanted) { return e.reason < wanted; });
    if (at != entries_.end() && at->reason == reason)
        at->rows += rows;
    else
        entries_.insert(at, {std::string(reason), rows});
}

void reject_counts::merge(reject_counts const& other) {
    for (entry const& e : other.entries_) add(e.reason, e.rows);
}

std::uint64_t reject_counts::of(std::string_view reason) const noexcept {
    for (entry const& e : entries_)
        if (e.reason == reason) return e.rows;
    return 0;
}

std::uint64_t reject_counts::total() const noexcept {
    std::uint64_t rows = 0;
    for (entry const& e : entries_) rows += e.rows;
    return rows;
}

struct quarantine::file {
    explicit file(std::filesystem::path const& path) : writer(path, header()) {}
    csv_writer writer;
};

quarantine::quarantine() = default;
quarantine::quarantine(std::filesystem::path const& path, std::size_t longest_record)
    : file_(std::make_unique<file>(path)), longest_record_(longest_record) {}
quarantine::quarantine(quarantine&&) noexcept = default;
quarantine& quarantine::operator=(quarantine&&) noexcept = default;
quarantine::~quarantine() = default;

void quarantine::add(rejected_row const& row) {
    counts_.add(row.reason);
    if (file_ == nullptr) return;
    csv_text& out = file_->writer.out();
    out.text(row.source);
    out.integer(static_cast<std::int64_t>(row.line));
    out.text(row.reason);
    out.text(row.message);
    if (row.record.size() <= longest_record_)
        out.text(row.record);
    else
        out.text(std::string(cut(row.record, longest_record_)) + "...");
    out.end_record();
    file_->writer.flush_if_full();
}

void quarantine::commit() {
    if (file_ != nullptr) file_->writer.commit();
}

} // namespace v0
} // namespace segmenta

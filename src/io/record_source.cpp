// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/io/record_source.hpp>

#include "io/byte_stream.hpp"
#include "io/csv_kernels.hpp"
#include "io/record_cut.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

detail::record_syntax syntax_of(record_rules const& rules) {
    return {rules.delimiter, rules.blanks ? '\0' : rules.quote, rules.blanks, rules.comment};
}

encoding encoding_of(record_rules const& rules, std::string const& name) {
    if (auto const code = parse_encoding(rules.encoding)) return *code;
    throw issue_error("io.encoding", name, "the encoding is not known", v0::quoted(rules.encoding),
                      "utf-8, iso-8859-1, gb18030");
}

} // namespace

// --- text_chunk
// -------------------------------------------------------------------------------------------------------

void text_chunk::reserve(std::size_t bytes, std::size_t keep) {
    if (bytes <= capacity_) return;
    // Not cleared: pages that are never written, such as most of the scratch, take no memory.
    std::unique_ptr<char[]> larger(new char[2 * bytes + 3 * padding]);
    char* const data = larger.get() + padding;
    std::memset(larger.get(), 0, padding);
    if (keep > 0) std::memcpy(data, data_, keep);
    memory_ = std::move(larger);
    data_ = data;
    capacity_ = bytes;
}

record_rules rules_of(csv_dialect const& dialect) {
    record_rules rules;
    rules.encoding = dialect.encoding;
    rules.delimiter = dialect.delimiter;
    rules.quote = dialect.quote;
    rules.blanks = dialect.blanks;
    rules.comment = dialect.comment;
    rules.record_limit = dialect.record_limit;
    return rules;
}

// --- record_source::implementation
// --------------------------------------------------------------------------------------

class record_source::implementation {
public:
    implementation(std::unique_ptr<detail::byte_stream> file, record_rules const& rules, std::string name)
        : name_(std::move(name)), rules_(rules), cutter_(syntax_of(rules), detail::csv_kernels_of(detect_cpu_level())) {
        rules_.chunk_bytes = std::clamp<std::size_t>(rules_.chunk_bytes, 1, rules_.record_limit);
        stream_ = detail::as_utf8(detail::decompressed(std::move(file), name_), encoding_of(rules, name_), name_,
                                  rules_.record_limit);
    }

    bool next(text_chunk& chunk) {
        std::lock_guard const lock(mutex_);
        if (failure_) std::rethrow_exception(failure_);
        try {
            return fill(chunk);
        } catch (...) {
            failure_ = std::current_exception();
            throw;
        }
    }

    std::string first_record(bool take) {
        std::lock_guard const lock(mutex_);
        detail::record_syntax const syntax = syntax_of(rules_);
        std::size_t begin = 0;
        for (;;) {
            if (begin == carry_.size() && !read_more()) return {};
            auto const place = detail::read_record(carry_, begin, syntax, nullptr, 0);
            if (!place.complete) {
                if (carry_.size() - begin >= rules_.record_limit)
                    fail_too_long(carry_.substr(begin), line_after(begin));
                if (read_more()) continue;
                // the last line of the file, without line end
                if (place.open_quote != std::string::npos) fail_open_quote(carry_, place.open_quote);
                carry_ += '\n';
                continue;
            }
            if (place.what != detail::record_place::kind::record) {
                begin = place.next;
                continue;
            }
            std::string record = carry_.substr(place.begin, place.end - place.begin);
            if (take) drop(place.next);
            return record;
        }
    }

    std::string const& name() const noexcept { return name_; }
    std::uint64_t bytes_read() const noexcept { return stream_->bytes_read(); }
    std::uint64_t bytes_total() const noexcept { return stream_->bytes_total(); }

private:
    // Makes the carried text longer; false at the end of the file.
    bool read_more() {
        std::size_t const before = carry_.size();
        std::size_t const piece = std::max<std::size_t>(before, 4096);
        carry_.resize(before + piece);
        std::size_t const got = stream_->read(carry_.data() + before, piece);
        carry_.resize(before + got);
        return got > 0;
    }

    void drop(std::size_t bytes) {
        line_ = line_after(bytes);
        offset_ += bytes;
        carry_.erase(0, bytes);
    }

    std::uint64_t line_after(std::size_t bytes) const {
        return line_ + static_cast<std::uint64_t>(
                           std::count(carry_.begin(), carry_.begin() + static_cast<std::ptrdiff_t>(bytes), '\n'));
    }

    // Text in order: what is carried, then the stream. 0 at the end.
    std::size_t read_text(char* out, std::size_t size) {
        if (carry_.empty()) return stream_->read(out, size);
        std::size_t const take = std::min(size, carry_.size());
        std::memcpy(out, carry_.data(), take);
        carry_.erase(0, take);
        return take;
    }

    bool fill(text_chunk& chunk) {
        std::size_t target = rules_.chunk_bytes;
        if (chunk.capacity_ > 8 * target) chunk = text_chunk{}; // after a very long record
        chunk.reserve(target + 1, 0);
        std::size_t size = 0;
        for (;;) {
            bool ended = false;
            while (size < target && !ended) {
                std::size_t const got = read_text(chunk.data_ + size, target - size);
                ended = got == 0;
                size += got;
            }
            if (size == 0) return false;
            if (ended && chunk.data_[size - 1] != '\n') chunk.data_[size++] = '\n';
            std::memset(chunk.data_ + size, 0, text_chunk::padding);
            detail::record_cut const cut = cutter_.cut(chunk.data_, size);
            if (cut.end > 0) {
                finish(chunk, size, cut);
                return true;
            }
            std::string_view const text(chunk.data_, size);
            if (ended) {
                auto const place = detail::read_record(text, 0, syntax_of(rules_), nullptr, 0);
                fail_open_quote(text, place.open_quote);
            }
            if (target == rules_.record_limit) fail_too_long(text, line_);
            target = std::min(2 * target, rules_.record_limit);
            chunk.reserve(target + 1, size);
        }
    }

    // The chunk keeps its first `cut.end` bytes; the rest begins the next one.
    void finish(text_chunk& chunk, std::size_t size, detail::record_cut const& cut) {
        std::string_view const rest(chunk.data_ + cut.end, size - cut.end);
        carry_.insert(0, rest);
        chunk.size_ = cut.end;
        chunk.sequence_ = sequence_++;
        chunk.offset_ = offset_;
        chunk.first_line_ = line_;
        chunk.ascii_ = cut.ascii;
        chunk.quotes_ = cut.quotes;
        chunk.record_per_line_ = cut.record_per_line;
        chunk.delimiter_ = rules_.delimiter;
        chunk.quote_ = rules_.quote;
        line_ += cut.newlines - static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'));
        offset_ += cut.end;
    }

    [[noreturn]] void fail_open_quote(std::string_view text, std::size_t quote) const {
        auto const before = text.substr(0, quote);
        std::uint64_t const line = line_ + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
        throw issue_error(
            "csv.unterminated_quote", name_ + ":" + std::to_string(line),
            "a quoted field begins on this line and the file ends before its closing quote", quoted(text.substr(quote)),
            {}, "Close the quote, double quotes inside quoted fields, or declare that the file does not quote.");
    }

    [[noreturn]] void fail_too_long(std::string_view text, std::uint64_t line) const {
        auto const place = detail::read_record(text, 0, syntax_of(rules_), nullptr, 0);
        bool const open = place.open_quote != std::string::npos && rules_.quote != '\0';
        std::string message =
            "the record that begins on this line is longer than " + std::to_string(rules_.record_limit) + " bytes";
        if (open) {
            auto const before = text.substr(0, place.open_quote);
            auto const opened = line + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
            message += "; a quote that was opened on line " + std::to_string(opened) + " has not been closed";
        }
        throw issue_error(
            "csv.record_too_long", name_ + ":" + std::to_string(line), std::move(message), quoted(text.substr(0, 64)),
            {},
            open ? "Close the quote, double quotes inside quoted fields, or declare that the file does not quote."
                 : "Check that the file is what you think, or raise record_limit.");
    }

    std::mutex mutex_;
    std::string name_;
    record_rules rules_;
    detail::record_cutter cutter_;
    std::unique_ptr<detail::byte_stream> stream_;
    std::string carry_; // text that has been read and belongs to no chunk yet; begins a record
    std::uint64_t sequence_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t line_ = 1; // of the first byte of carry_
    std::exception_ptr failure_;
};

// --- record_source
// ------------------------------------------------------------------------------------------------------

record_source::record_source(std::filesystem::path const& path, record_rules const& rules, std::string name) {
    if (name.empty()) name = path.string();
    auto file = detail::open_file(path, name);
    implementation_ = std::make_unique<implementation>(std::move(file), rules, std::move(name));
}

record_source::record_source(std::unique_ptr<implementation> made) noexcept : implementation_(std::move(made)) {}

record_source record_source::of_text(std::string bytes, record_rules const& rules, std::string name) {
    return record_source(
        std::make_unique<implementation>(detail::read_memory(std::move(bytes)), rules, std::move(name)));
}

record_source::~record_source() = default;
record_source::record_source(record_source&&) noexcept = default;
record_source& record_source::operator=(record_source&&) noexcept = default;

bool record_source::next(text_chunk& chunk) { return implementation_->next(chunk); }
std::string record_source::peek_record() { return implementation_->first_record(false); }
std::string record_source::take_record() { return implementation_->first_record(true); }
std::string const& record_source::name() const noexcept { return implementation_->name(); }
std::uint64_t record_source::bytes_read() const noexcept { return implementation_->bytes_read(); }
std::uint64_t record_source::bytes_total() const noexcept { return implementation_->bytes_total(); }

} // namespace v0
} // namespace segmenta

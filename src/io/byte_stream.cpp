// SPDX-License-Identifier: Apache-2.0
#include "io/byte_stream.hpp"

#include <segmenta/error.hpp>

#include "base/file.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zlib.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Until `size` bytes or the end.
std::size_t read_fully(byte_stream& stream, char* out, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        std::size_t const got = stream.read(out + done, size - done);
        if (got == 0) break;
        done += got;
    }
    return done;
}

class file_stream final : public byte_stream {
public:
    file_stream(std::filesystem::path const& path, std::string name) : name_(std::move(name)) {
        file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (file_ < 0) fail_to_open(path, errno);
        struct stat about {};
        if (::fstat(file_, &about) == 0 && S_ISDIR(about.st_mode)) {
            ::close(file_);
            fail_to_open(path, EISDIR);
        }
        if (S_ISREG(about.st_mode)) {
            total_ = static_cast<std::uint64_t>(about.st_size);
            static_cast<void>(::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL)); // only a hint
        }
    }
    file_stream(file_stream const&) = delete;
    file_stream& operator=(file_stream const&) = delete;
    ~file_stream() override { ::close(file_); }

    std::size_t read(char* out, std::size_t size) override {
        for (;;) {
            ssize_t const got = ::read(file_, out, size);
            if (got >= 0) {
                done_.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR)
                throw issue_error("file.read", name_, "the file cannot be read further: " + system_message(errno),
                                  std::to_string(bytes_read()) + " bytes read", {}, "Check the disk and the file.");
        }
    }
    std::uint64_t bytes_read() const noexcept override { return done_.load(std::memory_order_relaxed); }
    std::uint64_t bytes_total() const noexcept override { return total_; }

private:
    [[noreturn]] void fail_to_open(std::filesystem::path const& path, int error) const {
        if (error == ENOENT || error == ENOTDIR)
            throw issue_error("file.not_found", name_, "the file does not exist", {}, {}, remedy_for_missing(path));
        throw issue_error("file.open", name_, "the file cannot be opened: " + system_message(error), {}, {},
                          error == EISDIR ? "Name a file inside the folder." : "Check the file's permissions.");
    }

    std::string name_;
    int file_ = -1;
    std::uint64_t total_ = 0;
    std::atomic<std::uint64_t> done_{0}; // progress is asked for while another thread reads
};

class memory_stream final : public byte_stream {
public:
    explicit memory_stream(std::string bytes) : bytes_(std::move(bytes)) {}
    std::size_t read(char* out, std::size_t size) override {
        std::size_t const at = done_.load(std::memory_order_relaxed);
        std::size_t const take = std::min(size, bytes_.size() - at);
        if (take > 0) std::memcpy(out, bytes_.data() + at, take);
        done_.store(at + take, std::memory_order_relaxed);
        return take;
    }
    std::uint64_t bytes_read() const noexcept override { return done_.load(std::memory_order_relaxed); }
    std::uint64_t bytes_total() const noexcept override { return bytes_.size(); }

private:
    std::string bytes_;
    std::atomic<std::size_t> done_{0};
};

// Serves bytes that were read to look at them, then what is below.
class prefixed_stream : public byte_stream {
public:
    prefixed_stream(std::unique_ptr<byte_stream> below, std::string prefix)
        : below_(std::move(below)), prefix_(std::move(prefix)) {}
    std::size_t read(char* out, std::size_t size) override {
        if (served_ == prefix_.size()) return below_->read(out, size);
        std::size_t const take = std::min(size, prefix_.size() - served_);
        if (take > 0) std::memcpy(out, prefix_.data() + served_, take);
        served_ += take;
        return take;
    }
    std::uint64_t bytes_read() const noexcept override { return below_->bytes_read(); }
    std::uint64_t bytes_total() const noexcept override { return below_->bytes_total(); }

private:
    std::unique_ptr<byte_stream> below_;
    std::string prefix_;
    std::size_t served_ = 0;
};

// RFC 1952; members may follow each other.
class gzip_stream final : public byte_stream {
public:
    gzip_stream(std::unique_ptr<byte_stream> below, std::string name)
        : below_(std::move(below)), name_(std::move(name)), input_(input_size) {
        int constexpr gzip_only = 15 + 16;
        if (::inflateInit2(&state_, gzip_only) != Z_OK)
            throw issue_error("io.gzip", name_, "no memory for decompression");
    }
    gzip_stream(gzip_stream const&) = delete;
    gzip_stream& operator=(gzip_stream const&) = delete;
    ~gzip_stream() override { ::inflateEnd(&state_); }

    std::size_t read(char* out, std::size_t size) override {
        std::size_t const wanted = std::min<std::size_t>(size, 1U << 30);
        state_.next_out = reinterpret_cast<Bytef*>(out);
        state_.avail_out = static_cast<uInt>(wanted);
        while (state_.avail_out == wanted) {
            if (state_.avail_in == 0 && !refill()) {
                if (in_member_)
                    fail("the compressed file ends too early",
                         "It was cut off, perhaps while it was copied: fetch it again.");
                return 0;
            }
            if (!in_member_ && !begin_member()) return 0;
            int const status = ::inflate(&state_, Z_NO_FLUSH);
            if (status == Z_STREAM_END)
                in_member_ = false;
            else if (status != Z_OK && status != Z_BUF_ERROR)
                fail(state_.msg != nullptr ? "the compressed data is damaged: " + std::string(state_.msg)
                                           : std::string("the compressed data is damaged"),
                     "Fetch the file again or compress it anew.");
        }
        return wanted - state_.avail_out;
    }
    std::uint64_t bytes_read() const noexcept override { return below_->bytes_read(); }
    std::uint64_t bytes_total() const noexcept override { return below_->bytes_total(); }

private:
    static constexpr std::size_t input_size = std::size_t{64} << 10;

    bool refill() {
        state_.next_in = reinterpret_cast<Bytef*>(input_.data());
        state_.avail_in = static_cast<uInt>(below_->read(input_.data(), input_.size()));
        return state_.avail_in > 0;
    }

    // Between members; false at the end. Zeros after the last member are padding (as of tapes) and mean nothing.
    bool begin_member() {
        if (members_ > 0) {
            while (state_.avail_in > 0 && *state_.next_in == 0) {
                ++state_.next_in;
                --state_.avail_in;
                if (state_.avail_in == 0) refill();
            }
            if (state_.avail_in == 0) return false;
            if (::inflateReset(&state_) != Z_OK) fail("the decompressor cannot be reset", {});
        }
        ++members_;
        in_member_ = true;
        return true;
    }

    [[noreturn]] void fail(std::string message, std::string remedy) const {
        throw issue_error("io.gzip", name_, std::move(message), std::to_string(bytes_read()) + " compressed bytes read",
                          {}, std::move(remedy));
    }

    std::unique_ptr<byte_stream> below_;
    std::string name_;
    std::vector<char> input_;
    z_stream state_{};
    std::size_t members_ = 0;
    bool in_member_ = false;
};

// Converts whole lines, which all encodings allow.
class converting_stream final : public byte_stream {
public:
    converting_stream(std::unique_ptr<byte_stream> below, encoding from, std::string name, std::size_t line_limit)
        : below_(std::move(below)), from_(from), name_(std::move(name)), line_limit_(line_limit) {}

    std::size_t read(char* out, std::size_t size) override {
        while (served_ == text_.size())
            if (!convert_more()) return 0;
        std::size_t const take = std::min(size, text_.size() - served_);
        std::memcpy(out, text_.data() + served_, take);
        served_ += take;
        return take;
    }
    std::uint64_t bytes_read() const noexcept override { return below_->bytes_read(); }
    std::uint64_t bytes_total() const noexcept override { return below_->bytes_total(); }

private:
    static constexpr std::size_t piece_size = std::size_t{256} << 10;

    bool convert_more() {
        std::size_t lines_end = std::string::npos;
        while (lines_end == std::string::npos && !ended_) {
            if (raw_.size() > line_limit_)
                throw issue_error("csv.record_too_long", name_ + ":" + std::to_string(line_),
                                  "a line is longer than " + std::to_string(line_limit_) + " bytes", {}, {},
                                  "Check that the file is what you think, or raise record_limit.");
            std::size_t const before = raw_.size();
            raw_.resize(before + piece_size);
            raw_.resize(before + read_fully(*below_, raw_.data() + before, piece_size));
            ended_ = raw_.size() < before + piece_size;
            std::size_t const feed = std::string_view(raw_).substr(before).rfind('\n');
            if (feed != std::string::npos) lines_end = before + feed;
        }
        std::size_t const take = lines_end == std::string::npos || ended_ ? raw_.size() : lines_end + 1;
        if (take == 0) return false;
        std::string_view const lines = std::string_view(raw_).substr(0, take);
        conversion converted = convert_to_utf8(lines, from_);
        if (!converted.ok()) {
            auto const bad = static_cast<std::ptrdiff_t>(converted.bad_offset);
            std::uint64_t const line =
                line_ + static_cast<std::uint64_t>(std::count(lines.begin(), lines.begin() + bad, '\n'));
            throw issue_error("io.encoding", name_ + ":" + std::to_string(line),
                              "the bytes are not valid " + std::string(to_string(from_)),
                              quoted(lines.substr(converted.bad_offset, 4)), "utf-8, iso-8859-1, gb18030",
                              "Declare the encoding the file has.");
        }
        line_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
        text_ = std::move(converted.text);
        served_ = 0;
        raw_.erase(0, take);
        return true;
    }

    std::unique_ptr<byte_stream> below_;
    encoding from_;
    std::string name_;
    std::size_t line_limit_;
    std::string raw_;  // not converted yet
    std::string text_; // converted
    std::size_t served_ = 0;
    std::uint64_t line_ = 1;
    bool ended_ = false;
};

std::string first_bytes(byte_stream& stream, std::size_t count) {
    std::string bytes(count, '\0');
    bytes.resize(read_fully(stream, bytes.data(), count));
    return bytes;
}

void refuse_mark(byte_order_mark mark, encoding declared, std::string const& name) {
    char const* seen = nullptr;
    char const* remedy = "Declare the encoding the file has.";
    if (mark == byte_order_mark::utf16le || mark == byte_order_mark::utf16be) {
        seen = "UTF-16";
        remedy = "Save the file as UTF-8.";
    } else if (mark == byte_order_mark::utf8 && declared != encoding::utf8) {
        seen = "UTF-8";
    } else if (mark == byte_order_mark::gb18030 && declared != encoding::gb18030) {
        seen = "GB18030";
    }
    if (seen == nullptr) return;
    throw issue_error("io.encoding", name + ":1",
                      "the file begins with the byte order mark of another encoding than " +
                          std::string(to_string(declared)),
                      seen, "utf-8, iso-8859-1, gb18030", remedy);
}

} // namespace

std::unique_ptr<byte_stream> open_file(std::filesystem::path const& path, std::string const& name) {
    return std::make_unique<file_stream>(path, name);
}

std::unique_ptr<byte_stream> read_memory(std::string bytes) {
    return std::make_unique<memory_stream>(std::move(bytes));
}

std::unique_ptr<byte_stream> decompressed(std::unique_ptr<byte_stream> below, std::string const& name) {
    std::string first = first_bytes(*below, 2);
    bool const gzip = first == "\x1F\x8B";
    auto whole = std::make_unique<prefixed_stream>(std::move(below), std::move(first));
    if (!gzip) return whole;
    return std::make_unique<gzip_stream>(std::move(whole), name);
}

std::unique_ptr<byte_stream> as_utf8(std::unique_ptr<byte_stream> below, encoding from, std::string const& name,
                                     std::size_t line_limit) {
    std::string first = first_bytes(*below, 4);
    byte_order_mark const mark = detect_byte_order_mark(first);
    refuse_mark(mark, from, name);
    first.erase(0, length(mark));
    auto text = std::make_unique<prefixed_stream>(std::move(below), std::move(first));
    if (from == encoding::utf8) return text;
    return std::make_unique<converting_stream>(std::move(text), from, name, line_limit);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

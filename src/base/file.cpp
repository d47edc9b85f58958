// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_names_compared = 10'000; // of a folder, for a suggestion
constexpr std::size_t buffer_size = std::size_t{64} << 10;

std::string remedy_for(int error) {
    switch (error) {
    case ENOENT: return "There is no such folder: check the path, or create the folder";
    case EACCES:
    case EPERM: return "Check the permissions of the file and its folder, or choose another place";
    case EROFS: return "The file system is read-only; choose another place";
    case ENOSPC:
    case EDQUOT: return "Free some space, or choose a place on another disk";
    case EISDIR: return "Name a file, not a folder";
    case ENOTDIR: return "A part of the path is a file, not a folder; check the path";
    case EMFILE:
    case ENFILE: return "Too many files are open; close some or raise the limit";
    default: return {};
    }
}

[[noreturn]] void fail(char const* code, fs::path const& path, char const* what, int error) {
    throw issue_error(code, path.string(), std::string(what) + ": " + system_message(error), {}, {}, remedy_for(error));
}

/// Of what can be read: no folders, and no links that lead nowhere, which have the very name that is missing.
std::vector<std::string> files_in(fs::path const& folder) {
    std::vector<std::string> names;
    std::error_code problem;
    std::error_code ignored;
    for (fs::directory_iterator at(folder, problem), end; !problem && at != end && names.size() < most_names_compared;
         at.increment(problem))
        if (at->exists(ignored) && !at->is_directory(ignored)) names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end()); // the order of a folder is any
    return names;
}

[[noreturn]] void fail_open(fs::path const& path, int error) {
    if (error == ENOENT)
        throw issue_error("file.not_found", path.string(), "there is no such file", {}, {}, remedy_for_missing(path));
    fail("file.open", path, "the file cannot be opened", error);
}

int open_for_reading(fs::path const& path) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail_open(path, errno);
    return file;
}

// Closes on scope exit.
struct descriptor {
    int file;
    explicit descriptor(int f) : file(f) {}
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor() { ::close(file); }
};

// The file a chain of symbolic links leads to, which rename would otherwise replace by a file.
fs::path resolve_links(fs::path const& path) {
    std::error_code ignored;
    if (!fs::is_symlink(path, ignored)) return path;
    fs::path resolved = fs::weakly_canonical(path, ignored);
    return ignored ? path : resolved;
}

bool is_special(fs::path const& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

// The name in the folder must reach the disk too, or a power cut may bring the old file back.
void sync_folder(fs::path const& file) noexcept {
    fs::path folder = file.parent_path();
    if (folder.empty()) folder = ".";
    int const handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return; // a folder one may write to but not read; the file itself is safe
    ::fsync(handle);
    ::close(handle);
}

} // namespace

std::string remedy_for_missing(fs::path const& path) {
    if (path == "-") return "The standard input is not read here: name a file";
    fs::path const folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code problem;
    if (!fs::is_directory(folder, problem)) return "There is no folder " + folder.string() + "; check the path";
    auto const names = files_in(folder);
    auto const near = nearest_name(path.filename().string(), names);
    if (!near.empty()) return "Did you mean " + (path.parent_path() / near).string() + "?";
    return path.is_absolute() ? "Check the path" : "Check the path; it begins in the folder where the program runs";
}

std::string system_message(int error) { return std::generic_category().message(error); }

atomic_file::atomic_file(fs::path path) : path_(std::move(path)), target_(resolve_links(path_)) {
    if (is_special(target_)) {
        file_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
        if (file_ < 0) fail("file.open", path_, "the file cannot be written", errno);
        return;
    }
    std::error_code ignored;
    if (fs::is_directory(target_, ignored)) fail("file.open", path_, "the file cannot be written", EISDIR);
    std::string const stem = "." + target_.filename().string() + "." + std::to_string(::getpid()) + ".";
    for (int attempt = 0; file_ < 0; ++attempt) {
        temporary_ = target_.parent_path() / (stem + std::to_string(attempt) + ".tmp");
        file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file_ >= 0 || (errno == EEXIST && attempt < 1000)) continue;
        int const error = errno;
        temporary_.clear();
        fail("file.open", path_, "the file cannot be written", error);
    }
    // A file that is replaced keeps its permissions.
    struct stat old{};
    if (::stat(target_.c_str(), &old) == 0) (void)::fchmod(file_, old.st_mode & 07777U);
}

atomic_file::atomic_file(atomic_file&& other) noexcept
    : path_(std::move(other.path_)), target_(std::move(other.target_)), temporary_(std::move(other.temporary_)),
      buffer_(std::move(other.buffer_)), size_(other.size_), file_(std::exchange(other.file_, -1)) {
    other.temporary_.clear();
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::discard() noexcept {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

void atomic_file::write(std::string_view bytes) {
    size_ += bytes.size();
    if (buffer_.size() + bytes.size() > buffer_size) flush();
    if (bytes.size() >= buffer_size)
        write_through(bytes);
    else
        buffer_ += bytes;
}

void atomic_file::flush() {
    write_through(buffer_);
    buffer_.clear();
}

void atomic_file::write_through(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t const written = ::write(file_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (errno == EINTR) continue;
        int const error = errno;
        discard();
        fail("file.write", path_, "the file cannot be written", error);
    }
}

void atomic_file::commit() {
    flush();
    bool const direct = temporary_.empty();
    bool good = direct || ::fsync(file_) == 0;
    int error = errno;
    if (::close(std::exchange(file_, -1)) != 0 && good) { // network file systems report a full disk here
        good = false;
        error = errno;
    }
    if (good && !direct && ::rename(temporary_.c_str(), target_.c_str()) != 0) {
        good = false;
        error = errno;
    }
    if (!good) {
        discard();
        fail("file.write", path_, "the file cannot be written", error);
    }
    temporary_.clear();
    if (!direct) sync_folder(target_);
}

void write_file(fs::path const& path, std::string_view bytes) {
    atomic_file file(path);
    file.write(bytes);
    file.commit();
}

std::string read_file(fs::path const& path, std::size_t max_bytes) {
    descriptor const file(open_for_reading(path));
    struct stat status{};
    std::string text;
    if (::fstat(file.file, &status) == 0 && S_ISREG(status.st_mode))
        text.reserve(std::min(max_bytes, static_cast<std::size_t>(status.st_size)) + 1);
    std::size_t used = 0;
    for (;;) {
        text.resize(std::max(text.capacity(), used + 1)); // the string doubles when it must grow
        ssize_t const got = ::read(file.file, text.data() + used, text.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("file.read", path, "the file cannot be read", errno);
        used += static_cast<std::size_t>(got);
        if (used > max_bytes)
            throw issue_error("file.too_large", path.string(), "the file is larger than what is read as a whole",
                              "more than " + std::to_string(max_bytes) + " bytes",
                              "at most " + std::to_string(max_bytes), "Check that this is the file you meant");
        if (got == 0) break;
    }
    text.resize(used);
    return text;
}

mapped_file::mapped_file(fs::path const& path) {
    descriptor const file(open_for_reading(path));
    struct stat status{};
    if (::fstat(file.file, &status) != 0) fail_open(path, errno);
    if (S_ISDIR(status.st_mode)) fail("file.not_regular", path, "this is no file", EISDIR);
    if (!S_ISREG(status.st_mode))
        throw issue_error("file.not_regular", path.string(), "only regular files can be mapped", "a pipe or device",
                          "a regular file", "Write the data to a file first");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return; // an empty range cannot be mapped
    void* const address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.file, 0);
    if (address == MAP_FAILED) fail_open(path, errno);
    (void)::madvise(address, size_, MADV_SEQUENTIAL);
    data_ = static_cast<char const*>(address);
}

mapped_file::mapped_file(mapped_file&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

mapped_file& mapped_file::operator=(mapped_file&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

mapped_file::~mapped_file() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

void mapped_file::release(std::size_t offset, std::size_t length) const noexcept {
    if (data_ == nullptr || offset >= size_) return;
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::size_t const begin = (offset + page - 1) / page * page; // only whole pages inside the range
    std::size_t const stop = std::min(length, size_ - offset) + offset;
    std::size_t const end = stop == size_ ? size_ : stop / page * page;
    if (begin < end) (void)::madvise(const_cast<char*>(data_) + begin, end - begin, MADV_DONTNEED);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_CLI_COMMAND_HPP
#define SEGMENTA_TESTS_CLI_COMMAND_HPP

// Runs the command as a person would, in a directory of its own.

#include "base/file.hpp"
#include "base/json.hpp"

#include <boost/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

/// A directory that goes away with the object.
class scratch_directory {
public:
    scratch_directory() {
        std::string name = (std::filesystem::temp_directory_path() / "segmenta-cli-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~scratch_directory() {
        std::error_code ignored;
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_directory(scratch_directory const&) = delete;
    scratch_directory& operator=(scratch_directory const&) = delete;
    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    std::filesystem::path write(std::string const& name, std::string_view text) const {
        detail::write_file(path_ / name, text);
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

struct command_result {
    int code = -1;
    std::string out;
    std::string err;
};

/// Runs `segmenta ARGUMENTS` in `where`; `before` goes before the command, for limits and variables.
inline command_result run_command(scratch_directory const& where, std::string const& arguments,
                                  std::string const& before = {}) {
    std::string const line = "cd '" + where.path().string() + "' && " + before + " '" SEGMENTA_COMMAND "' " + arguments +
                             " >'stdout.txt' 2>'stderr.txt'";
    int const status = std::system(line.c_str());
    command_result out;
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    out.out = detail::read_file(where.path() / "stdout.txt");
    out.err = detail::read_file(where.path() / "stderr.txt");
    return out;
}

inline boost::json::value read_json(std::filesystem::path const& path) {
    return detail::parse_json(detail::read_file(path));
}

/// A small CSV without quotes as rows of fields.
inline std::vector<std::vector<std::string>> read_rows(std::filesystem::path const& path) {
    std::vector<std::vector<std::string>> rows;
    std::string const text = detail::read_file(path);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = std::min(text.find('\n', at), text.size());
        std::string_view line(text.data() + at, end - at);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        rows.emplace_back();
        for (std::size_t from = 0; from <= line.size();) {
            std::size_t const comma = std::min(line.find(',', from), line.size());
            rows.back().emplace_back(line.substr(from, comma - from));
            from = comma + 1;
        }
        at = end + 1;
    }
    return rows;
}

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_SCRATCH_DIRECTORY_HPP
#define SEGMENTA_TESTS_SUPPORT_SCRATCH_DIRECTORY_HPP

#include "base/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

namespace segmenta::test {

/// A new empty directory, removed with what is in it.
class scratch_directory {
public:
    scratch_directory() {
        std::string name = (std::filesystem::temp_directory_path() / "segmenta-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    scratch_directory(scratch_directory const&) = delete;
    scratch_directory& operator=(scratch_directory const&) = delete;
    ~scratch_directory() { std::filesystem::remove_all(path_); }
    std::filesystem::path write(std::string const& name, std::string_view text) const {
        detail::write_file(path_ / name, text);
        return path_ / name;
    }

    std::filesystem::path path_;
};

} // namespace segmenta::test

#endif

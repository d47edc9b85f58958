// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz body over a committed corpus, so that what a fuzzer once found stays an ordinary test with any compiler.
#include "fuzz/replay.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

std::vector<std::filesystem::path> files_below(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(folder)) return files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

void run(std::string const& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
}

std::string read(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Cheap neighbours of a corpus file: every prefix (up to a bound) and every single byte turned into a hostile one.
void run_neighbours(std::string const& bytes) {
    std::size_t const step = std::max<std::size_t>(1, bytes.size() / 256);
    for (std::size_t end = 0; end < bytes.size(); end += step)
        run(bytes.substr(0, end));
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        for (char const hostile : {'\0', '"', '\n', '{', '\xff'}) {
            std::string changed = bytes;
            changed[at] = hostile;
            run(changed);
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER\n";
        return 2;
    }
    auto const files = files_below(argv[1]);
    if (files.empty()) {
        std::cerr << argv[1] << ": no corpus; a fuzz body without one proves nothing. Put at least one input there.\n";
        return 1;
    }
    run({});
    for (auto const& file : files) {
        std::cout << file.string() << std::endl; // flushed: on a crash the last line names the culprit
        auto const bytes = read(file);
        run(bytes);
        run_neighbours(bytes);
    }
    std::cout << files.size() << " inputs replayed\n";
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The rules of the house, on the sources as they are.
#include "house/source_rules.hpp"
#include "support/catch.hpp"

#include <segmenta/version.hpp>

#include <fstream>
#include <iterator>

using namespace segmenta::test;

namespace {

std::filesystem::path const root = SEGMENTA_SOURCE_DIR;

std::string read(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <class Rule>
std::string all_violations(Rule const& rule) {
    auto const files = library_sources(root);
    REQUIRE(files.size() > 10);
    std::vector<violation> found;
    for (auto const& file : files) {
        auto const more = rule(file);
        found.insert(found.end(), more.begin(), more.end());
    }
    return to_string(found);
}

/// Public headers without a test file of their own name, each with the reason.
std::set<std::string> const untested_with_reason{
    "segmenta/segmenta.hpp", // the umbrella; house.umbrella compares it with the folder, consumer.* compiles it
    "segmenta/version.hpp",  // read by the build; checked below
};

} // namespace

TEST_CASE("no room includes a later one") {
    auto const rooms = read_room_table(read(root / "cmake" / "RoomTable.cmake"));
    CHECK(all_violations([&](source_file const& file) { return include_violations(file, rooms); }) == "");
}

TEST_CASE("public headers show no library of others") { CHECK(all_violations(heavy_include_violations) == ""); }

TEST_CASE("the library reads no clock, prints nothing and never ends the process") {
    CHECK(all_violations(forbidden_call_violations) == "");
}

TEST_CASE("every source has its licence line, guard and a readable length") {
    CHECK(all_violations(form_violations) == "");
}

TEST_CASE("every public header has a test file of its name") {
    CHECK(to_string(untested_headers(root, untested_with_reason)) == "");
}

TEST_CASE("pages that sources point to exist") {
    CHECK(all_violations([](source_file const& file) { return missing_pages(root, file); }) == "");
    CHECK(to_string(missing_pages(root, {"README.md", read(root / "README.md")})) == "");
}

TEST_CASE("the version of the build is the version of the header") {
    CHECK(std::string(SEGMENTA_PROJECT_VERSION) == std::to_string(segmenta::version_major) + '.' +
                                                       std::to_string(segmenta::version_minor) + '.' +
                                                       std::to_string(segmenta::version_patch));
}

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/quarantine.hpp>

#include "base/file.hpp"
#include "support/catch.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>

using namespace segmenta;

namespace {

std::filesystem::path scratch_file() {
    return std::filesystem::temp_directory_path() / ("segmenta-quarantine-" + std::to_string(::getpid()) + ".csv");
}

} // namespace

TEST_CASE("quarantine: counts by reason are sorted, and merge like one", "[io]") {
    reject_counts a;
    a.add("future");
    a.add("cancelled", 3);
    reject_counts b;
    b.add("future", 2);
    b.add("duplicate");
    reject_counts ab = a;
    ab.merge(b);
    reject_counts ba = b;
    ba.merge(a);
    CHECK(ab.entries() == ba.entries());
    REQUIRE(ab.entries().size() == 3);
    CHECK(ab.entries()[0].reason == "cancelled");
    CHECK(ab.of("future") == 3);
    CHECK(ab.of("never") == 0);
    CHECK(ab.total() == 7);
}

TEST_CASE("quarantine: the file appears at commit and can be read as CSV", "[io]") {
    auto const path = scratch_file();
    std::filesystem::remove(path);
    {
        quarantine q(path);
        CHECK(q.writes());
        q.add({"orders.csv", 417, "not_a_date", "day \"2024-02-30\" is no date", "1,\"a, b\",2024-02-30"});
        CHECK_FALSE(std::filesystem::exists(path));
        q.commit();
    }
    CHECK(detail::read_file(path) == "source,line,reason,message,record\n"
                                     "orders.csv,417,not_a_date,\"day \"\"2024-02-30\"\" is no date\",\"1,\"\"a, b\"\",2024-02-30\"\n");
    std::filesystem::remove(path);
    { quarantine abandoned(path); }
    CHECK_FALSE(std::filesystem::exists(path)); // without commit there is no file
}

TEST_CASE("quarantine: counting needs no file, and long records are cut and say so", "[io]") {
    quarantine counting;
    CHECK_FALSE(counting.writes());
    counting.add({"f", 1, "future", "", "row"});
    counting.commit();
    CHECK(counting.counts().total() == 1);
    auto const path = scratch_file();
    {
        quarantine q(path, 8);
        q.add({"f", 1, "future", "m", std::string(100, 'x')});
        q.commit();
    }
    std::string const text = detail::read_file(path);
    CHECK(text.find("xxx...") != std::string::npos);
    CHECK(text.size() < 80);
    std::filesystem::remove(path);
}

// SPDX-License-Identifier: Apache-2.0
// Does the checker itself see what it is there for? Planted violations, one per rule, and clean neighbours.
#include "house/source_rules.hpp"
#include "support/catch.hpp"

using namespace segmenta::test;

namespace {

room_table small_table() {
    return read_room_table("segmenta_room(base DEPENDS LINK fmt::fmt)\n"
                           "segmenta_room(time DEPENDS base)\n"
                           "# segmenta_room(ghost DEPENDS base)\n"
                           "segmenta_room(rule DEPENDS time)\n");
}

std::string with_licence(std::string const& text) { return "// SPDX-License-Identifier: Apache-2.0\n" + text; }

} // namespace

TEST_CASE("the room table closes over dependencies") {
    auto const rooms = small_table();
    CHECK(rooms.at("base").empty());
    CHECK(rooms.at("rule") == std::set<std::string>{"base", "time"});
    CHECK(rooms.at("cli") == std::set<std::string>{"base", "time", "rule", "model"});
    CHECK_FALSE(rooms.contains("ghost"));
    CHECK_THROWS_WITH(read_room_table("nothing"), Catch::Matchers::ContainsSubstring("no segmenta_room"));
    CHECK_THROWS_WITH(read_room_table("segmenta_room(a DEPENDS b)"),
                      Catch::Matchers::ContainsSubstring("unknown room b"));
}

TEST_CASE("a room that includes a later one is found with file and line") {
    auto const rooms = small_table();
    auto const up =
        include_violations({"src/time/zone.cpp", "\n#include \"base/json.hpp\"\n#include \"rule/parse.hpp\"\n"}, rooms);
    REQUIRE(up.size() == 1);
    CHECK(up[0].place == "src/time/zone.cpp:3");
    auto const header = include_violations({"include/segmenta/base/a.hpp", "#include <segmenta/rule/a.hpp>\n"}, rooms);
    REQUIRE(header.size() == 1);
    CHECK(header[0].place == "include/segmenta/base/a.hpp:1");

    CHECK(
        include_violations({"src/rule/a.cpp", "#include <segmenta/base/a.hpp>\n#include <segmenta/error.hpp>\n"}, rooms)
            .empty());
    CHECK(include_violations({"src/base/a.cpp", "// #include \"rule/a.hpp\"\n/*\n#include \"rule/a.hpp\"\n*/\n"}, rooms)
              .empty());
    CHECK(include_violations({"include/segmenta/segmenta.hpp", "#include <segmenta/rule/a.hpp>\n"}, rooms).empty());
    CHECK(include_violations({"include/segmenta/error.hpp", "#include <segmenta/rule/a.hpp>\n"}, rooms).size() == 1);
    CHECK(include_violations({"src/rule/a.cpp", "#include <segmenta/segmenta.hpp>\n"}, rooms).size() == 1);
    CHECK(include_violations({"src/attic/a.cpp", ""}, rooms).size() == 1);
}

TEST_CASE("heavy includes are found in public headers only") {
    CHECK(heavy_include_violations({"include/segmenta/base/a.hpp", "#include <boost/json.hpp>\n"}).size() == 1);
    CHECK(heavy_include_violations({"include/segmenta/base/a.hpp", "#include <Eigen/Core>\n#include <vector>\n"})
              .size() == 1);
    CHECK(heavy_include_violations({"include/segmenta/eigen.hpp", "#include <Eigen/Core>\n"}).empty());
    CHECK(heavy_include_violations({"src/base/a.cpp", "#include <boost/json.hpp>\n"}).empty());
}

TEST_CASE("clocks, output and aborts are found outside the command, and only in code") {
    auto const seen = [](std::string const& text) {
        return forbidden_call_violations({"src/base/a.cpp", text}).size();
    };
    CHECK(seen("auto t = std::chrono::system_clock::now();") == 1);
    CHECK(seen("int a;\nstd::cout << 1;") == 1);
    CHECK(seen("if (bad) std::abort();") == 1);
    CHECK(seen("std::printf(\"x\");") == 1);
    CHECK(seen("std::snprintf(buffer, n, \"%d\", 1);") == 0);
    CHECK(seen("// std::cout is not ours\nauto s = \"std::cerr\"; /* abort() */") == 0);
    CHECK(seen("auto s = R\"(std::abort())\";") == 0);
    CHECK(seen("auto s = '\"'; std::abort(); auto t = '\"';") == 1);
    CHECK(seen("auto n = 1'000'000; std::abort();") == 1);
    CHECK(seen("bool on_exit(int);") == 0);
    CHECK(forbidden_call_violations({"src/cli/main.cpp", "std::cout << 1;"}).empty());
}

TEST_CASE("licence line, guard and length are checked") {
    std::string const good = with_licence("#ifndef SEGMENTA_BASE_A_HPP\n#define SEGMENTA_BASE_A_HPP\n#endif\n");
    CHECK(form_violations({"include/segmenta/base/a.hpp", good}).empty());
    CHECK(form_violations({"include/segmenta/base/b.hpp", good}).size() == 1);
    CHECK(form_violations({"src/base/a.cpp", "int a;\n"}).size() == 1);
    CHECK(form_violations({"src/base/a.cpp", with_licence(std::string(599, '\n'))}).size() == 1);
    CHECK(form_violations({"src/base/a.cpp", with_licence(std::string(598, '\n'))}).empty());
}

TEST_CASE("a page that does not exist is found where it is named") {
    std::filesystem::path const root = SEGMENTA_SOURCE_DIR;
    auto const found =
        missing_pages(root, {"src/base/a.cpp", "// see docs/hacking.md\nf(\"docs/no-such_page.md, 1\");\n"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == "src/base/a.cpp:2");
    CHECK(missing_pages(root, {"a.cpp", "// below docs/ there is docs/plan.schema.json"}).empty());
}

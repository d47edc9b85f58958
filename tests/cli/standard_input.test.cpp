// SPDX-License-Identifier: Apache-2.0
#include "cli/standard_input.hpp"

#include "cli/command.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>

#include <istream>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Some text, and then a disk that fails.
class failing_disk : public std::streambuf {
public:
    explicit failing_disk(std::string text) : text_(std::move(text)) {
        setg(text_.data(), text_.data(), text_.data() + text_.size());
    }

private:
    int_type underflow() override { throw std::runtime_error("the disk fails"); }
    std::string text_;
};

constexpr std::string_view plan = R"({"segmenta": 1, "id": "shop", "zone": "UTC",
  "sources": {"people": {"kind": "customers", "fields": {"id": "int64", "age": "int64"}, "customer": "id"}},
  "tags": {"adult": {"rule": "age >= 18", "meaning": "of age"}}})";

} // namespace

TEST_CASE("standard input: lines, and all that is left") {
    std::istringstream in("a\n\nb\nc\nd");
    std::string line;
    CHECK((cli::next_line(in, line) && line == "a"));
    CHECK((cli::next_line(in, line) && line.empty()));
    CHECK((cli::next_line(in, line) && line == "b"));
    CHECK(cli::rest_of(in) == "c\nd");
    CHECK(cli::rest_of(in).empty());
    CHECK_FALSE(cli::next_line(in, line));
    std::istringstream half("a");
    CHECK((cli::next_line(half, line) && line == "a"));
    CHECK_FALSE(cli::next_line(half, line));
    std::string const large(200'000, 'x');
    std::istringstream much(large);
    CHECK(cli::rest_of(much) == large);
}

TEST_CASE("standard input: a disk that fails is no end of it") {
    failing_disk disk("a\nhalf a li");
    std::istream in(&disk);
    std::string line;
    CHECK((cli::next_line(in, line) && line == "a"));
    CHECK_THROWS_AS(cli::next_line(in, line), issue_error);
    failing_disk other("all but the end");
    std::istream rest(&other);
    CHECK_THROWS_AS(cli::rest_of(rest), issue_error);
}

TEST_CASE("standard input: a folder is refused by every command that reads it; eval took it for an empty one") {
    scratch_directory const where;
    where.write("plan.json", plan);
    for (std::string const line : {"eval", "import --from jsonlogic", "import --from growthbook --json",
                                   "explain plan.json --customer - --as-of 2024-07-01"}) {
        INFO(line);
        auto const folder = run_command(where, line + " < .");
        CHECK(folder.code == 1);
        CHECK(folder.out.empty());
        CHECK_THAT(folder.err, ContainsSubstring("error standard input: the standard input could not be read: ") &&
                                   ContainsSubstring("not a folder") && ContainsSubstring("[file.read]"));
        auto const closed = run_command(where, line + " <&-");
        CHECK(closed.code == 1);
        CHECK_THAT(closed.err, ContainsSubstring("the standard input could not be read"));
    }
    auto const empty = run_command(where, "eval < /dev/null");
    CHECK(empty.code == 0);
    CHECK((empty.out.empty() && empty.err.empty()));
    where.write("ann.json", R"({"age": 30})");
    CHECK(run_command(where, "explain plan.json --customer - --as-of 2024-07-01 < ann.json").code == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/import_command.hpp"

#include "cli/command.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>

#include <sstream>
#include <string>

using namespace segmenta;
using cli::import_arguments;
using cli::import_rules;

namespace {

struct answer {
    bool good = false;
    std::string out;
    std::string messages;
};

answer ask(import_arguments const& arguments, std::string const& text) {
    std::istringstream in(text);
    std::ostringstream out;
    std::ostringstream messages;
    bool const good = import_rules(arguments, in, out, messages);
    return {good, out.str(), messages.str()};
}

import_arguments from(std::string dialect) {
    import_arguments out;
    out.from = std::move(dialect);
    return out;
}

} // namespace

TEST_CASE("import: JSON Lines give one line each, also where one is refused") {
    auto const got = ask(from("growthbook"), "{\"a\":1}\n\n{}\n{\"b\":{\"$gtt\":1}}\n{\"c\":2}");
    CHECK(!got.good);
    CHECK(got.out == "a == 1\n\n\nc == 2\n");
    CHECK(got.messages.find("error line 3: ") == 0);
    CHECK(got.messages.find("error line 4 /b/$gtt: ") != std::string::npos);
}

TEST_CASE("import: one document over several lines") {
    auto const got = ask(from("jsonlogic"), "\n{\n  \"==\": [{\"var\": \"a\"},\n  1]\n}\n");
    CHECK(got.good);
    CHECK(got.out == "a == 1\n");
    CHECK(got.messages.empty());
    CHECK(ask(from("jsonlogic"), "\n{\n  \"==\": [,\n").messages.find("error input:3:10: ") == 0);
    CHECK(!ask(from("jsonlogic"), "").good);
}

TEST_CASE("import: with a schema, and as JSON") {
    test::scratch_directory const where;
    auto arguments = from("react-querybuilder");
    arguments.schema = where.write("schema.json", R"({"attributes": [{"name": "age", "type": "int64"}]})").string();
    arguments.json = true;
    arguments.missing = "as-source";
    auto const got = ask(arguments, R"({"combinator":"and","rules":[{"field":"age","operator":"<","value":"30","x":1}]}
{"combinator":"and","rules":[{"field":"agee","operator":"<","value":"30"}]})");
    CHECK(!got.good);
    CHECK(got.out.find("{\"rule\":\"!has(customer.age) || age < 30\",\"issues\":\"warning line 1 /rules/0/x: ") == 0);
    CHECK(got.out.find("\n{\"error\":\"error line 2 /rules/0/field: ") != std::string::npos);
    CHECK(got.messages.empty());
}

TEST_CASE("import: arguments that are none") {
    CHECK_THROWS_AS(ask(from("jsonlogik"), "{}"), issue_error);
    auto arguments = from("jsonlogic");
    arguments.missing = "maybe";
    CHECK_THROWS_AS(ask(arguments, "{}"), issue_error);
}

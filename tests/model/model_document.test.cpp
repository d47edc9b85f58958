// SPDX-License-Identifier: Apache-2.0
#include "model/model_document.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

std::string code_of(std::string const& text, std::string_view model = "bg_nbd", int newest = 1) {
    try {
        (void)read_model_document(text, model, newest);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("model document: reads what it wrote, and refuses what was changed") {
    boost::json::object fields;
    fields["parameters"] = boost::json::object{{"r", 0.1 + 0.2}, {"alpha", number_or_null(std::nan(""))}};
    auto const text = write_model_document("bg_nbd", 1, fields);
    auto const back = read_model_document(text, "bg_nbd", 1);
    CHECK(back.at("parameters").at("r").get_double() == 0.1 + 0.2);
    CHECK(back.at("parameters").at("alpha").is_null());
    CHECK(model_of_document(text) == "bg_nbd");
    CHECK(code_of(text) == "none");
    CHECK(code_of(text, "pareto_nbd") == "model.kind");
    CHECK(code_of(replaced(text, "0.3", "0.4")) == "model.checksum");
    CHECK(code_of(replaced(text, "\"version\": 1", "\"version\": 2")) == "model.version");
    CHECK(code_of(replaced(text, "\"version\": 1", "\"version\": 0")) == "model.version");
    CHECK(code_of(text.substr(0, text.size() / 2)) == "json.syntax");
    CHECK(code_of("[]") == "model.kind");
    CHECK(code_of("{}") == "model.kind");
    CHECK(code_of(R"({"model": 5})") == "model.kind");
    CHECK(code_of(R"({"model": "bg_nbd", "version": 1})") == "model.checksum");
}

TEST_CASE("model document: a reader collects everything that is wrong") {
    auto const value = parse_json(R"({"a": "x", "b": -1, "c": [1, "2"], "d": 1.5, "e": null, "f": [1, null]})");
    issue_list issues;
    model_reader in(value.get_object(), issues, "/parameters");
    (void)in.number("a");
    (void)in.positive("b");
    (void)in.numbers("c");
    (void)in.count("d");
    (void)in.text("b");
    (void)in.texts("c");
    (void)in.flag("a");
    (void)in.object("a");
    (void)in.array("none");
    CHECK(issues.size() == 9);
    CHECK(issues[0].place == "model /parameters/a");
    CHECK(std::isnan(in.number("e")));
    CHECK(in.numbers("f").size() == 2);
    CHECK(issues.size() == 9);
}

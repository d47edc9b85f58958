// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_command.hpp"

#include "support/catch.hpp"

#include <string>

using segmenta::cli::eval_line;

TEST_CASE("eval: values go in and out as cel-spec writes them") {
    CHECK(eval_line(R"({"expr": "x + 1", "bindings": {"x": {"value": {"int64Value": "41"}}}})") ==
          R"({"value":{"int64Value":"42"}})");
    CHECK(eval_line(R"json({"expr": "[1u, 2.5, 'a', b'\\x00\\xff', true, null, type(1)]"})json") ==
          R"({"value":{"listValue":{"values":[{"uint64Value":"1"},{"doubleValue":2.5},{"stringValue":"a"},)"
          R"({"bytesValue":"AP8="},{"boolValue":true},{"nullValue":null},{"typeValue":"int"}]}}})");
    CHECK(eval_line(R"({"expr": "{'a': 0.0 / 0.0}"})") ==
          R"({"value":{"mapValue":{"entries":[{"key":{"stringValue":"a"},"value":{"doubleValue":"NaN"}}]}}})");
    CHECK(eval_line(R"({"expr": "m.k == b'hi' && l[0] == -1.5 && size(l) == 1", "bindings": {
        "m": {"value": {"mapValue": {"entries": [{"key": {"stringValue": "k"}, "value": {"bytesValue": "aGk="}}]}}},
        "l": {"value": {"listValue": {"values": [{"doubleValue": -1.5}]}}}}})") == R"({"value":{"boolValue":true}})");
    CHECK(eval_line(R"({"expr": "y", "container": "x", "bindings": {"x.y": {"value": {"boolValue": true}}}})") ==
          R"({"value":{"boolValue":true}})");
    CHECK(eval_line(R"json({"expr": "duration('90s')"})json") ==
          R"({"value":{"objectValue":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"90s"}}})");
}

TEST_CASE("eval: names and overloads are checked before evaluation where types are declared") {
    std::string const declared = R"("typeEnv": [{"name": "n", "ident": {"type": {"primitive": "INT64"}}},
        {"name": "l", "ident": {"type": {"listType": {"elemType": {"primitive": "STRING"}}}}},
        {"name": "f", "function": {"overloads": [{"params": [{"primitive": "INT64"}], "resultType": {"primitive": "BOOL"}}]}}],
        "bindings": {"n": {"value": {"int64Value": "1"}}, "l": {"value": {"listValue": {"values": []}}}})";
    auto const answer = [&](std::string const& expr, std::string const& more = {}) {
        return eval_line(R"({"expr": ")" + expr + R"(", )" + more + declared + "}");
    };
    CHECK(answer("n == 1 && l.all(t, t != '')") == R"({"value":{"boolValue":true}})");
    // Evaluation absorbs the second part; the check does not.
    CHECK(answer("true || m > 1").find("rule.unknown_name") != std::string::npos);
    CHECK(answer("true || n > 'a'").find("rule.type") != std::string::npos);
    CHECK(answer("true || l.all(t, t > n)").find("rule.type") != std::string::npos);
    CHECK(answer("true || g(n)").find("rule.unknown_function") != std::string::npos);
    CHECK(answer("true || f(n)") == R"({"value":{"boolValue":true}})");
    CHECK(answer("true || f(l)").find("rule.type") != std::string::npos);
    CHECK(answer("true || m > 1", R"("disableCheck": true, )") == R"({"value":{"boolValue":true}})");
    CHECK(answer("true || m > 1", R"("disableCheck": false, )").find("rule.unknown_name") != std::string::npos);
    CHECK(eval_line(R"({"expr": "true || m > 1"})") == R"({"value":{"boolValue":true}})");
    CHECK(answer("1", R"("disableCheck": 1, )").find("disableCheck") != std::string::npos);
    for (std::string const type : {R"({"primitive": "INT"})", "{}", "1", R"({"listType": 1})", R"({"mapType": {}})"}) {
        auto const bad = eval_line(R"({"expr": "1", "typeEnv": [{"name": "n", "ident": {"type": )" + type + "}}]}");
        CHECK(bad.rfind("{\"error\":", 0) == 0);
    }
}

TEST_CASE("eval: whatever a line holds, the answer is one line") {
    for (std::string const line :
         {"", "[]", "nonsense", "{\"expr\": 1}", "{\"expr\": \"1 +\"}", "{\"expr\": \"1 / 0\"}",
          R"({"expr": "x", "bindings": []})", R"({"expr": "1", "typeEnv": 1})", R"({"expr": "1", "typeEnv": [1]})",
          R"({"expr": "1", "typeEnv": [{"name": "f", "function": {"overloads": [1]}}]})", R"({"expr": "x", "bindings": {"x": {}}})",
          R"({"expr": "x", "bindings": {"x": {"value": {"int64Value": "1e3"}}}})",
          R"({"expr": "x", "bindings": {"x": {"value": {"bytesValue": "*"}}}})",
          R"({"expr": "x", "bindings": {"x": {"value": {"objectValue": {}}}}})",
          R"({"expr": "x", "bindings": {"x": {"value": {"listValue": {"values": 1}}}}})"}) {
        auto const answer = eval_line(line);
        CAPTURE(line, answer);
        CHECK(answer.rfind("{\"error\":", 0) == 0);
        CHECK(answer.find('\n') == std::string::npos);
    }
}

TEST_CASE("eval: an answer that would fill the disk is an error of its line") {
    std::string body = "s";
    for (int i = 0; i < 30; ++i)
        body = "cel.bind(s, [s, s], " + body + ")";
    CHECK(eval_line("{\"expr\": \"cel.bind(s, [1], " + body + ")\"}").find("limit exceeded") != std::string::npos);
}

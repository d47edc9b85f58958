// SPDX-License-Identifier: Apache-2.0
#include "rule/quick_test.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/rule/program.hpp>

#include "rule/code.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

environment names_of_five() {
    environment names;
    names.variable("n", int64_type);
    names.variable("x", float64_type);
    names.variable("t", string_type);
    names.variable("b", boolean_type);
    names.variable("d", decimal_type(2));
    return names;
}

// The same row through a function: jumps take another way there.
value read(void const* context, std::size_t variable) noexcept {
    auto const& row = *static_cast<std::vector<value> const*>(context);
    return variable < row.size() ? row[variable] : value{};
}

char const* const texts[] = {"",
                             "a",
                             "b",
                             "SH",
                             "abc",
                             "abd",
                             "city",
                             "city_0",
                             "city_3",
                             "shanghai",
                             "sixteen bytes 16",
                             "sixteen bytes 17",
                             "seventeen bytes17",
                             "a much longer text than sixteen bytes"};
constexpr double reals[] = {0.0,
                            -0.0,
                            1.5,
                            -1.5,
                            5e-324,
                            -5e-324,
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(),
                            1e308};
constexpr std::int64_t integers[] = {
    0, 1, -1, 7, 8, 9, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min() + 1};

class writer {
public:
    explicit writer(std::uint64_t seed) : random_(seed) {}

    std::string leaf() {
        char const* const relations[] = {" == ", " != ", " < ", " <= ", " > ", " >= "};
        auto const relation = std::string(relations[below(6)]);
        switch (below(9)) {
        case 0: return "n" + relation + integer();
        case 1: return "x" + relation + (below(2) == 0 ? "0.0" : (below(2) == 0 ? "-1.5" : "5e-324"));
        case 2: return "t" + std::string(relations[below(2)]) + text();
        case 3: return below(2) == 0 ? "b" : "!b";
        case 4: return below(2) == 0 ? "has(customer.n)" : "!has(customer.t)";
        case 5: return "n in [" + integer() + ", 7, 8, 9]";
        case 6: return "n in [7, 8, 9]";
        case 7: return "t in [" + text() + ", " + text() + (below(2) == 0 ? "" : ", 'p', 'q', 'r'") + "]";
        default: return "d" + relation + "decimal('1.50')";
        }
    }
    std::string rule(int depth) {
        if (depth == 0 || below(5) == 0) return leaf();
        std::size_t const parts = 2 + below(3);
        if (below(8) == 0) return "(" + rule(depth - 1) + " ? " + rule(depth - 1) + " : " + rule(depth - 1) + ")";
        std::string out = below(4) == 0 ? "!(" : "(";
        auto const join = below(2) == 0 ? " && " : " || ";
        for (std::size_t i = 0; i < parts; ++i)
            out += (i == 0 ? "" : join) + rule(depth - 1);
        return out + ")";
    }
    std::vector<value> row() {
        std::vector<value> out = {value::of_int(integers[below(std::size(integers))]),
                                  value::of_double(reals[below(std::size(reals))]),
                                  value::of_string(texts[below(std::size(texts))]), value::of_bool(below(2) == 0),
                                  value::of_decimal(decimal_type(2), static_cast<std::int64_t>(149 + below(3)))};
        for (value& v : out)
            if (below(5) == 0) v = value{};
        if (below(12) == 0) out[below(5)] = value::of_date(civil_date{1}); // of another type
        return out;
    }

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_below(random_, bound)); }
    std::string integer() { return std::to_string(integers[below(std::size(integers))]); }
    std::string text() { return "'" + std::string(texts[below(std::size(texts))]) + "'"; }
    random_generator random_;
};

} // namespace

TEST_CASE("the jumps of a rule answer as its code does, with what was missing", "[rule][property]") {
    environment const names = names_of_five();
    std::uint64_t const seed = 20'261'126;
    INFO("seed " << seed);
    writer write(seed);
    rule_scratch quick;
    rule_scratch through_function;
    rule_scratch slow;
    std::size_t jumps = 0;
    for (int i = 0; i < 2'000; ++i) {
        std::string const text = write.rule(i % 4);
        INFO(text);
        issue_list issues;
        auto const rule = compile_rule(text, names, issues, {}, boolean_type);
        if (!rule) continue; // a list of one text twice
        jumps += rule->data().quick.variables != 0 ? 1 : 0;
        auto code_alone = std::make_shared<detail::program_data>(rule->data());
        code_alone->quick = {};
        code_alone->quick.steps.emplace_back().what = detail::quick_step::form::answer;
        program const by_code{std::shared_ptr<detail::program_data const>(code_alone)};
        for (int r = 0; r < 20; ++r) {
            auto const row = write.row();
            auto const a = rule->evaluate(std::span<value const>(row), quick);
            auto const b = rule->evaluate(row_source(&row, read), through_function);
            auto const c = by_code.evaluate(std::span<value const>(row), slow);
            REQUIRE(a.state == c.state);
            REQUIRE(b.state == c.state);
            REQUIRE(a.result.present() == c.result.present());
            if (c.state == status::ok) {
                REQUIRE(a.result.as_bool() == c.result.as_bool());
                REQUIRE(b.result.as_bool() == c.result.as_bool());
            }
            // Both read only what they need to; when nothing is known, what is missing is named by both.
            REQUIRE(std::is_sorted(quick.missing().begin(), quick.missing().end()));
            REQUIRE(std::ranges::equal(quick.missing(), through_function.missing()));
            if (c.state == status::unknown) REQUIRE_FALSE(quick.missing().empty());
            for (auto const variable : quick.missing())
                REQUIRE(row[variable].missing());
        }
    }
    CHECK(jumps > 1'000);
}

TEST_CASE("a short row is read to its end, the rest is missing", "[rule]") {
    auto const rule = compile_rule("n > 1 && b", names_of_five(), boolean_type);
    value const row[] = {value::of_int(2)};
    rule_scratch scratch;
    CHECK(rule.evaluate(std::span<value const>(row), scratch).state == status::unknown);
    REQUIRE(scratch.missing().size() == 1);
    CHECK(scratch.missing()[0] == 3);
    value const low[] = {value::of_int(1)};
    CHECK(rule.evaluate(std::span<value const>(low), scratch).state == status::ok);
    CHECK(scratch.missing().empty());
}

// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/strategy/strategy.hpp>

#include <array>
#include <stdexcept>

using namespace segmenta;
using test::frame;

namespace {

struct big_spender {
    static constexpr std::string_view id = "big_spender";
    double at_least = 1000;

    std::span<std::string_view const> reads() const {
        static constexpr std::array<std::string_view, 1> names{"spent"};
        return names;
    }
    std::span<segment_info const> segments() const {
        static std::array<segment_info, 2> const all{{{"big_spender.no", 0}, {"big_spender.yes", 1}}};
        return all;
    }
    void assign(block const& rows, std::span<assignment> out) const {
        for (std::size_t row = 0; row < rows.size; ++row) {
            if (!rows.columns[0].is_present(row)) {
                out[row] = no_answer(status::unknown);
                continue;
            }
            double const v = rows.columns[0].as<double>()[row];
            if (v < 0) throw std::runtime_error("a host's bug");
            out[row].segment = v >= at_least ? 1 : 0;
            out[row].reason = 7;
        }
    }
    std::string describe(std::uint32_t reason) const { return "rule " + std::to_string(reason); }
};
static_assert(strategy<big_spender>);
static_assert(!population_strategy<big_spender>);
static_assert(!strategy<int>);
static_assert(sizeof(assignment) == 32);

} // namespace

TEST_CASE("a host's own type is a strategy, and any_strategy holds it", "[strategy]") {
    any_strategy const s(big_spender{500});
    any_strategy const copy = s; // shares
    CHECK(copy.id() == "big_spender");
    REQUIRE(copy.reads().size() == 1);
    CHECK(copy.reads()[0] == "spent");
    CHECK_FALSE(s.is_population());
    frame f;
    f.real({600.0, 499.0, std::nullopt});
    CHECK(test::segments_of(s, f.rows()) == std::vector<std::string>{"big_spender.yes", "big_spender.no", "<unknown>"});
    CHECK(s.describe(7) == "rule 7");
    CHECK_FALSE(s.to_json());
    REQUIRE(s.target<big_spender>() != nullptr);
    CHECK(s.target<big_spender>()->at_least == 500);
    CHECK(s.target<int>() == nullptr);

    SECTION("one row is a block of one") {
        frame one;
        one.real({1e6});
        CHECK(s.assign_one(one.rows()).segment == 1);
    }
    SECTION("what was in the answers does not matter") {
        std::vector<assignment> out(3, assignment{9, instant{5}, 77, 3, 12, status::refused});
        s.assign(f.rows(), out);
        CHECK(out[1].score == 0);
        CHECK(out[1].valid_until.is_never());
        CHECK(out[1].also_matched == 0);
    }
    SECTION("an exception of the host becomes a status") {
        frame bad;
        bad.real({-1.0, 5.0});
        CHECK(test::segments_of(s, bad.rows()) == std::vector<std::string>{"<error>", "<error>"});
    }
    SECTION("spans that do not fit become a status") {
        std::vector<assignment> out(2);
        s.assign(f.rows(), out);
        CHECK(out[0].standing == status::error);
        std::vector<assignment> three(3);
        s.assign({3, {}}, three);
        CHECK(three[2].standing == status::error);
    }
}

TEST_CASE("nothing inside answers not_applicable", "[strategy]") {
    any_strategy const none;
    CHECK(none.empty());
    CHECK(none.assign_one({1, {}}).standing == status::not_applicable);
    CHECK(none.segments().empty());
    CHECK(none.describe(0).empty());
}

TEST_CASE("lambdas over a row and over a block are strategies", "[strategy]") {
    std::vector<segment_info> const sizes{{"size.short", 0}, {"size.tall", 1}};
    auto const by_row = make_strategy("size", {"height_cm"}, sizes, [limit = 180](block const& rows, std::size_t row) {
        if (!rows.columns[0].is_present(row)) return no_answer(status::unknown);
        assignment out;
        out.segment = rows.columns[0].as<std::int64_t>()[row] >= limit ? 1 : 0;
        return out;
    });
    auto const by_block = make_strategy("size", {"height_cm"}, sizes, [](block const& rows, std::span<assignment> out) {
        for (std::size_t row = 0; row < rows.size; ++row)
            out[row].segment = rows.columns[0].as<std::int64_t>()[row] >= 180 ? 1 : 0;
    });
    frame f;
    f.whole({170, 190});
    CHECK(test::segments_of(by_row, f.rows()) == std::vector<std::string>{"size.short", "size.tall"});
    CHECK(test::segments_of(by_block, f.rows()) == std::vector<std::string>{"size.short", "size.tall"});
    CHECK(by_row.reads()[0] == "height_cm");
}

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/roll_rates.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;
using Catch::Matchers::WithinAbs;

namespace {

std::vector<std::string> names_at(std::string_view scheme, std::vector<std::int64_t> const& days) {
    std::vector<std::string> out;
    auto const* const found = find_delinquency_scheme(scheme);
    REQUIRE(found != nullptr);
    for (std::int64_t const d : days)
        out.push_back(found->buckets()[found->bucket_of(d)].name);
    return out;
}

template <class Work>
std::vector<std::string> codes_of(Work const& work) {
    std::vector<std::string> out;
    try {
        work();
    } catch (issue_error const& e) {
        for (issue const& i : e.issues())
            out.push_back(i.code);
    }
    return out;
}
using codes = std::vector<std::string>;

delinquency_scheme const three{"three", {{"current", 0}, {"late", 1}, {"loss", 31}}};

} // namespace

// Sources: beside the schemes in the header; statistics.md 4.2.
TEST_CASE("roll rates: the edges of the known schemes are where their sources put them") {
    std::vector<std::int64_t> const days{-3, 0,   1,   29,  30,  31,  59,  60,  89, 90,
                                         91, 120, 121, 180, 181, 270, 271, 360, 361};
    using list = std::vector<std::string>;
    CHECK(names_at("monthly", days) == list{"current", "current", "1-29", "1-29", "30-59", "30-59", "30-59", "60-89",
                                            "60-89", "90+", "90+", "90+", "90+", "90+", "90+", "90+", "90+", "90+",
                                            "90+"});
    CHECK(names_at("basel_default", {0, 89, 90, 91, 180}) ==
          list{"not_default", "not_default", "not_default", "default", "default"});
    CHECK(names_at("ifrs_9", {0, 29, 30, 31, 89, 90, 91}) ==
          list{"stage_1", "stage_1", "stage_1", "stage_2", "stage_2", "default", "default"});
    CHECK(names_at("china_credit_card", {0, 1, 89, 90, 91, 120, 121, 180, 181}) ==
          list{"normal", "special_mention", "special_mention", "special_mention", "substandard", "substandard",
               "doubtful", "doubtful", "loss"});
    CHECK(names_at("china_loan", {0, 1, 90, 91, 180, 181}) ==
          list{"normal", "special_mention", "special_mention", "substandard", "substandard", "doubtful"});
    CHECK(names_at("china_2023", {0, 1, 90, 91, 270, 271, 360, 361}) ==
          list{"normal", "special_mention", "special_mention", "substandard", "substandard", "doubtful", "doubtful",
               "loss"});
    CHECK(delinquency_schemes().size() == 6);
    CHECK(find_delinquency_scheme("none") == nullptr);
}

TEST_CASE("roll rates: shares of accounts and of balances, worked by hand") {
    std::vector<std::int64_t> const before{0, 0, 0, 0, 5, 10, 40};
    std::vector<std::int64_t> const after{0, 0, 0, 15, 0, 45, 70};
    roll_rates const rates(three, count_rolls(three, before, after));
    CHECK(rates.rate(0, 0) == 0.75);
    CHECK(rates.rate(0, 1) == 0.25);
    CHECK(rates.rate(1, 2) == 0.5);
    CHECK(rates.cured(1) == 0.5);
    CHECK(rates.cured(0) == 0);
    CHECK(rates.stayed(2) == 1);
    CHECK(rates.worsened(1) == 0.5);
    CHECK(rates.flow_to_loss(0) == 0.125);
    CHECK(rates.flow_to_loss(1) == 0.5);
    CHECK(rates.flow_to_loss(2) == 1);
    CHECK(rates.loss_within(0, 0) == 0);
    CHECK(rates.loss_within(0, 1) == 0);
    CHECK(rates.loss_within(0, 2) == 0.125);
    // 0.75 x 0.25 x 0.5 more in the third period; who was cured can be late again in the fourth.
    CHECK_THAT(*rates.loss_within(0, 3), WithinAbs(0.125 + 0.09375, 1e-15));
    CHECK_THAT(*rates.loss_within(0, 1000), WithinAbs(1, 1e-12));

    std::vector<double> const balances{100, 100, 100, 700, 50, 150, 10};
    roll_rates const money(three, count_rolls(three, before, after, balances));
    CHECK(money.rate(0, 1) == 0.7);
    CHECK(money.rate(1, 2) == 0.75);
    CHECK_THAT(*money.flow_to_loss(0), WithinAbs(0.525, 1e-15));
}

TEST_CASE("roll rates: parts merge to the whole, and an empty bucket has no rate instead of a number") {
    std::vector<std::int64_t> const before{0, 0, 5, 10};
    std::vector<std::int64_t> const after{0, 3, 45, 0};
    auto const all = count_rolls(three, before, after);
    auto part = count_rolls(three, std::span(before).first(1), std::span(after).first(1));
    part.merge(count_rolls(three, std::span(before).subspan(1), std::span(after).subspan(1)));
    CHECK(part == all);
    roll_rates const rates(three, all);
    CHECK(!rates.rate(2, 2).has_value());
    CHECK(rates.flow_to_loss(0) == 0.25);
    roll_rates const only_current(three, count_rolls(three, std::span(before).first(2), std::span(after).first(2)));
    CHECK(!only_current.flow_to_loss(0).has_value());
    CHECK(only_current.loss_within(0, 1) == 0);
    CHECK(!only_current.loss_within(0, 2).has_value());
}

TEST_CASE("roll rates: bad input is named, all of it") {
    std::vector<std::int64_t> const two{0, 5};
    std::vector<std::int64_t> const one{0};
    CHECK(codes_of([] { delinquency_scheme("x", {}); }) == codes{"roll.buckets"});
    CHECK(codes_of([] { delinquency_scheme("x", {{"a", 1}, {"a", 1}}); }) ==
          codes{"roll.buckets", "roll.buckets", "roll.buckets"});
    CHECK(codes_of([] { delinquency_scheme("x", {{"", 0}, {"b", 1}}); }) == codes{"roll.buckets"});
    std::vector<double> const balances{std::nan(""), 1, 2};
    CHECK(codes_of([&] { (void)count_rolls(three, two, one, balances); }) ==
          codes{"roll.ragged", "roll.ragged", "roll.balance"});
    CHECK(codes_of([&] { (void)count_rolls(three, two, two, std::vector{1.0, -1.0}); }) == codes{"roll.balance"});
    CHECK(codes_of([&] { roll_rates(three, count_rolls(three, {}, {})); }) == codes{"roll.empty"});
    CHECK(codes_of([&] { roll_rates(three, roll_counts(2)); }) == codes{"roll.counts"});
}

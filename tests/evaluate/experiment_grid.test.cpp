// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/experiment_grid.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/evaluate_data.hpp"

#include <stdexcept>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<grid_parameter> two_parameters() {
    return {{"k", {std::int64_t{2}, std::int64_t{3}}}, {"method", {std::string("ward"), std::string("a,b")}}};
}

std::vector<double> measure(grid_point const& at) {
    random_generator random(at.seed());
    return {static_cast<double>(at.integer("k")) * 10 + (at.text("method") == "ward" ? 0 : 1), random_unit(random)};
}

} // namespace

TEST_CASE("experiment grid: every combination with every seed, in order") {
    auto const table = run_grid(two_parameters(), {"first", "second"}, measure, {.seeds = {7, 5}});
    auto const drawn = [](std::uint64_t seed) {
        random_generator random(seed);
        auto text = detail::format_double(random_unit(random));
        return text;
    };
    std::string const seven = drawn(7), five = drawn(5);
    CHECK(table.to_csv() == "k,method,seed,first,second,error\n"
                            "2,ward,7,20," +
                                seven + ",\n2,ward,5,20," + five +
                                ",\n"
                                "2,\"a,b\",7,21," +
                                seven + ",\n2,\"a,b\",5,21," + five +
                                ",\n"
                                "3,ward,7,30," +
                                seven + ",\n3,ward,5,30," + five +
                                ",\n"
                                "3,\"a,b\",7,31," +
                                seven + ",\n3,\"a,b\",5,31," + five + ",\n");
    CHECK(table.rows().size() == 8);
    // no parameters: seeds alone
    auto const seeds =
        run_grid({}, {"m"}, [](grid_point const& p) { return std::vector{double(p.seed())}; }, {.seeds = {3}});
    CHECK(seeds.to_csv() == "seed,m,error\n3,3,\n");
}

TEST_CASE("experiment grid: the same bytes for any number of threads") {
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t s = 0; s < 40; ++s)
        seeds.push_back(s * s);
    auto const one = run_grid(two_parameters(), {"a", "b"}, measure, {.seeds = seeds}).to_csv();
    for (unsigned const threads : {0U, 2U, 7U})
        CHECK(run_grid(two_parameters(), {"a", "b"}, measure, {.seeds = seeds, .threads = threads}).to_csv() == one);
}

TEST_CASE("experiment grid: a run that fails is a row with its error, and no other is lost") {
    auto const table = run_grid({{"x", {0.5, 2.0}}}, {"m"}, [](grid_point const& at) {
        if (at.number("x") > 1) throw issue_error("clv.empty", "data", "there are no customers");
        return std::vector{no_number};
    });
    CHECK(table.to_csv() == "x,seed,m,error\n0.5,1,,\n2,1,,clv.empty: there are no customers\n");
    CHECK_THROWS_AS(
        run_grid({}, {"m"}, [](grid_point const&) -> std::vector<double> { throw std::runtime_error("disk"); }),
        std::runtime_error);
}

TEST_CASE("experiment grid: a stop ends it without a table") {
    std::stop_source stop;
    int runs = 0;
    auto const counted = [&](grid_point const&) {
        if (++runs == 3) stop.request_stop();
        return std::vector{1.0};
    };
    grid_options options;
    options.seeds = {1, 2, 3, 4, 5, 6};
    options.stop = stop.get_token();
    CHECK_FALSE(run_grid_or_stop({}, {"m"}, counted, options));
    CHECK(runs == 3);
    CHECK(codes_of([&] { (void)run_grid({}, {"m"}, counted, options); }) == "evaluate.stopped");
}

TEST_CASE("experiment grid: bad input is refused by name") {
    auto const one = [](grid_point const&) { return std::vector{1.0}; };
    CHECK(codes_of([&] { (void)run_grid({{"x", {}}}, {}, one, {.seeds = {}}); }) ==
          "evaluate.empty evaluate.empty evaluate.empty");
    CHECK(codes_of([&] { (void)run_grid({{"seed", {1.0}}}, {"m"}, one); }) == "evaluate.duplicate");
    CHECK(codes_of([&] { (void)run_grid({{"m", {1.0}}}, {"m"}, one); }) == "evaluate.duplicate");
    CHECK(codes_of([&] { (void)run_grid({}, {""}, one); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)run_grid({}, {"a", "b"}, one); }) == "evaluate.length");
    std::vector<grid_value> const many(4000, 1.0);
    CHECK(codes_of([&] { (void)run_grid({{"a", many}, {"b", many}}, {"m"}, one); }) == "evaluate.option");
    std::vector<grid_parameter> const parameters{{"size", {1.5}}};
    std::vector<std::size_t> const choice{0};
    grid_point const at(parameters, choice, 1);
    CHECK(at.number("size") == 1.5);
    CHECK(codes_of([&] { (void)at.number("sizes"); }) == "evaluate.parameter");
    CHECK(codes_of([&] { (void)at.integer("size"); }) == "evaluate.parameter");
    CHECK(codes_of([&] { (void)at.text("size"); }) == "evaluate.parameter");
}

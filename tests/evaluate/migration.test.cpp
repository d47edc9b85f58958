// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/migration.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/online_retail.hpp"

#include <map>
#include <optional>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using codes = std::vector<std::uint32_t>;
using names = std::vector<std::string>;

} // namespace

TEST_CASE("migration: a small matrix by hand") {
    auto const moved = migration_matrix::of_labels(names{"active", "active", "lost", "active"},
                                                   names{"active", "lost", "lost", "new, \"old\""});
    REQUIRE(moved.segments() == names{"active", "lost", "new, \"old\""});
    CHECK(moved.count(0, 0) == 1);
    CHECK(moved.row_share(0, 1).value() == Catch::Approx(1.0 / 3));
    CHECK_FALSE(moved.row_share(2, 0)); // nobody was there
    CHECK(moved.column_share(0, 1) == 0.5);
    CHECK(moved.stayers() == 2);
    CHECK(moved.stay_share() == 0.5);
    CHECK(moved.net_flow(0) == -2);
    CHECK(moved.net_flow(1) == 1);
    CHECK(moved.net_flow(2) == 1);
    CHECK(moved.net_flow(0, 1) == 1);
    CHECK(moved.net_flow(1, 0) == -1);
    CHECK(moved.find("lost") == 1U);
    CHECK_FALSE(moved.find("gone"));
    CHECK(moved.to_csv() == "from,to,customers,share_of_from\n"
                            "active,active,1,0.3333333333333333\n"
                            "active,lost,1,0.3333333333333333\n"
                            "active,\"new, \"\"old\"\"\",1,0.3333333333333333\n"
                            "lost,lost,1,1\n");
}

TEST_CASE("migration: parts of the base merge into the whole, and flows sum to nothing") {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        random_generator random(seed);
        codes before, now;
        for (int i = 0; i < 300; ++i) {
            before.push_back(static_cast<std::uint32_t>(random_below(random, 4)));
            now.push_back(static_cast<std::uint32_t>(random_below(random, 4)));
        }
        names const segments{"a", "b", "c", "d"};
        migration_matrix const whole(before, now, segments);
        std::size_t const cut = 1 + random_below(random, 298);
        migration_matrix part({before.data(), cut}, {now.data(), cut}, segments);
        part.merge({{before.data() + cut, before.size() - cut}, {now.data() + cut, now.size() - cut}, segments});
        std::int64_t flow = 0;
        INFO("seed " << seed);
        for (std::size_t i = 0; i < 4; ++i) {
            flow += whole.net_flow(i);
            double shares = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                CHECK(part.count(i, j) == whole.count(i, j));
                shares += whole.row_share(i, j).value();
            }
            CHECK(shares == Catch::Approx(1));
            CHECK(part.before(i) == whole.before(i));
        }
        CHECK(flow == 0);
        CHECK(part.total() == 300);
    }
}

TEST_CASE("migration: bad input is refused by name") {
    names const two{"a", "b"};
    CHECK(codes_of([&] { migration_matrix(codes{}, codes{}, two); }) == "evaluate.empty");
    CHECK(codes_of([&] { migration_matrix(codes{0, 5}, codes{0}, two); }) == "evaluate.length evaluate.segment");
    CHECK(codes_of([&] { migration_matrix(codes{0}, codes{0}, names{"a", "a"}); }) == "evaluate.duplicate");
    CHECK(codes_of([&] { migration_matrix(codes{0}, codes{0}, {}); }) ==
          "evaluate.empty evaluate.segment evaluate.segment");
    CHECK(codes_of([&] { (void)migration_matrix::of_labels({}, {}); }) == "evaluate.empty");
    CHECK(codes_of([&] { (void)migration_matrix::of_counts({1, 2, 3}, two); }) == "evaluate.length");
    CHECK(codes_of([&] { (void)migration_matrix::of_counts({0, 0, 0, 0}, two); }) == "evaluate.empty");
    names ids; // of customers, by mistake
    for (int i = 0; i < 5000; ++i)
        ids.push_back(std::to_string(i));
    CHECK(codes_of([&] { (void)migration_matrix::of_labels(ids, ids); }) == "evaluate.option");
    auto first = migration_matrix::of_counts({1, 2, 3, 4}, two);
    CHECK(codes_of([&] { first.merge(migration_matrix::of_counts({1}, names{"a"})); }) == "evaluate.segment");
}

TEST_CASE("migration: expected_online_retail.json") {
    // keys covered: migration
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    auto const expected = expected_values("expected_online_retail.json");
    auto const bought = read_online_retail();
    auto const band = [](std::int32_t days) {
        return std::string(days <= 30 ? "active" : days <= 90 ? "cooling" : days <= 180 ? "lapsing" : "lost");
    };
    auto const labels_at = [&](civil_date date) {
        std::map<std::uint64_t, civil_date> last;
        for (std::size_t i = 0; i < bought.days.size(); ++i)
            if (bought.days[i] < date &&
                (!last.contains(bought.customers[i]) || last[bought.customers[i]] < bought.days[i]))
                last[bought.customers[i]] = bought.days[i];
        std::map<std::uint64_t, std::string> out;
        for (auto const& [id, day] : last)
            out[id] = band(date - day);
        return out;
    };
    auto const first = labels_at(civil_date::of(2011, 9, 10));
    names before, now;
    for (auto const& [id, label] : labels_at(civil_date::of(2011, 12, 10))) {
        auto const known = first.find(id);
        before.push_back(known == first.end() ? "not_yet" : known->second);
        now.push_back(label);
    }
    auto const moved = migration_matrix::of_labels(before, now);
    CHECK(moved.total() == 4338);
    for (auto const& [from, row] : at(expected, {"migration", "matrix"}).as_object())
        for (auto const& [to, count] : row.as_object())
            CHECK(moved.count(moved.find(from).value(), moved.find(to).value()) == count.to_number<std::uint64_t>());
}

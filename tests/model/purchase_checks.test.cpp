// SPDX-License-Identifier: Apache-2.0
#include "model/purchase_checks.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <functional>
#include <limits>

using namespace segmenta;

namespace {

purchase_summary many() {
    purchase_summary s;
    for (int i = 0; i < 40'000; ++i) {
        double const x = i % 3;
        s.repeats.push_back(x);
        s.last.push_back(x == 0 ? 0 : 5 + i % 7);
        s.age.push_back(20 + i % 11);
        s.mean_spend.push_back(x == 0 ? 0 : 3 + i % 5);
        s.weight.push_back(i % 4);
        s.log_times.push_back(x == 0 ? 0 : .5);
    }
    return s;
}

} // namespace

TEST_CASE("purchase checks: what blocks find is what check_summary finds") {
    double const nan = std::nan("");
    double const infinity = std::numeric_limits<double>::infinity();
    std::size_t const at = 33'335; // x is 2
    std::function<void(purchase_summary&)> const changes[] = {
        [](auto&) {},
        [](auto& s) { s.weight.clear(), s.mean_spend.clear(), s.log_times.clear(); },
        [&](auto& s) { s.repeats[at] = 1.5; },
        [&](auto& s) { s.repeats[at] = nan; },
        [&](auto& s) { s.repeats[at] = 0; },
        [&](auto& s) { s.repeats[at] = 0x1p60; }, // right, but more than the kernels take
        [&](auto& s) { s.last[at] = 0; },
        [&](auto& s) { s.last[at] = 100; },
        [&](auto& s) { s.last[at] = -1; },
        [&](auto& s) { s.age[at] = infinity; },
        [&](auto& s) { s.mean_spend[at] = 0; },
        [&](auto& s) { s.mean_spend[at] = nan; },
        [&](auto& s) { s.mean_spend[at] = infinity; },
        [&](auto& s) { s.mean_spend[at + 1] = nan; }, // nobody looks: x is 0
        [&](auto& s) { s.weight[at] = -1; },
        [&](auto& s) { s.weight[at] = infinity; },
        [&](auto& s) { s.weight[at] = nan; },
        [&](auto& s) { s.log_times[at] = -infinity; },
        [&](auto& s) { s.log_times[at] = nan; },
        [](auto& s) { s.last.pop_back(); },
        [](auto& s) { s.weight.pop_back(); },
        [](auto& s) { s = {}; },
    };
    std::size_t change = 0;
    for (auto const& alter : changes) {
        auto s = many();
        alter(s);
        issue_list plain;
        check_summary(s, plain, "here");
        for (unsigned const threads : {1u, 3u}) {
            issue_list blocks;
            thread_team team(threads);
            detail::check_in_blocks(s, team, blocks, "here");
            CAPTURE(change, threads);
            CHECK(blocks.to_string() == plain.to_string());
        }
        ++change;
    }
}

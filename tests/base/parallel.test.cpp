// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/parallel.hpp>

#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace segmenta;

TEST_CASE("every block is done once, whatever the number of threads", "[parallel]") {
    for (unsigned const threads : {0U, 1U, 2U, 3U, 7U, 64U}) {
        for (std::size_t const blocks : {0U, 1U, 5U, 1000U}) {
            std::vector<std::atomic<int>> done(blocks);
            std::atomic<bool> worker_in_range{true};
            parallel_for_blocks(threads, blocks, [&](std::size_t block, unsigned worker) {
                ++done[block];
                if (threads != 0 && worker >= threads) worker_in_range = false;
            });
            CHECK(worker_in_range);
            for (auto const& n : done)
                REQUIRE(n == 1);
        }
    }
}

TEST_CASE("one thread means the calling thread", "[parallel]") {
    auto const here = std::this_thread::get_id();
    std::vector<std::size_t> order;
    bool same = true;
    parallel_for_blocks(1, 20, [&](std::size_t block) {
        same = same && std::this_thread::get_id() == here;
        order.push_back(block);
    });
    CHECK(same);
    for (std::size_t i = 0; i < order.size(); ++i)
        CHECK(order[i] == i);
}

TEST_CASE("sums over blocks do not depend on threads", "[parallel]") {
    auto const sum = [](unsigned threads) {
        std::vector<double> parts(100);
        parallel_for_blocks(threads, parts.size(), [&](std::size_t block) {
            for (std::size_t i = 0; i < 1000; ++i)
                parts[block] += 1.0 / static_cast<double>(block * 1000 + i + 1);
        });
        double total = 0;
        for (double const part : parts)
            total += part;
        return total;
    };
    double const expected = sum(1);
    CHECK(sum(2) == expected);
    CHECK(sum(7) == expected);
}

TEST_CASE("the exception of the lowest throwing block arrives, whichever comes first", "[parallel]") {
    for (unsigned const threads : {1U, 2U, 4U, 8U}) {
        for (int attempt = 0; attempt < 20; ++attempt) {
            std::atomic<std::size_t> started{0};
            std::string message;
            try {
                parallel_for_blocks(threads, 10'000, [&](std::size_t block) {
                    ++started;
                    if (block == 3) std::this_thread::sleep_for(std::chrono::microseconds(200)); // so that 5 is first
                    if (block == 3 || block == 5 || block == 7) throw std::runtime_error(std::to_string(block));
                });
            } catch (std::runtime_error const& error) {
                message = error.what();
            }
            REQUIRE(message == "3");
            // with more threads it depends on timing how many blocks were started meanwhile
            if (threads == 1) REQUIRE(started == 4);
        }
    }
}

TEST_CASE("stopping leaves later blocks undone and says so", "[parallel]") {
    for (unsigned const threads : {1U, 3U}) {
        std::stop_source stop;
        std::atomic<int> done{0};
        bool const finished = parallel_for_blocks(threads, 100'000, stop.get_token(), [&](std::size_t block) {
            ++done;
            if (block == 10) stop.request_stop();
            while (block > 10 && !stop.stop_requested())
                std::this_thread::yield(); // block 10 was handed out before and will ask
        });
        CHECK_FALSE(finished);
        CHECK(done >= 11);
        CHECK(done <= 11 + static_cast<int>(threads));
        CHECK(parallel_for_blocks(threads, 4, std::stop_token{}, [](std::size_t) {}));
    }
}

TEST_CASE("a team does every block of every round once", "[parallel]") {
    for (unsigned const threads : {0U, 1U, 2U, 3U, 7U}) {
        thread_team team(threads);
        CHECK(team.threads() == (threads == 0 ? hardware_threads() : threads));
        for (std::size_t round = 0; round < 2000; ++round) {
            std::size_t const blocks = round % 13;
            std::vector<std::atomic<int>> done(blocks);
            std::atomic<bool> worker_in_range{true};
            team.for_blocks(blocks, [&](std::size_t block, unsigned worker) {
                ++done[block];
                if (worker >= team.threads()) worker_in_range = false;
            });
            REQUIRE(worker_in_range);
            for (auto const& n : done)
                REQUIRE(n == 1);
        }
    }
}

TEST_CASE("a team keeps its threads, also while they have slept", "[parallel]") {
    thread_team team(4);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    for (int round = 0; round < 20; ++round) {
        // four blocks that wait for each other: each is done by a thread of its own
        std::atomic<int> arrived{0};
        team.for_blocks(4, [&](std::size_t) {
            ++arrived;
            while (arrived < 4)
                std::this_thread::yield();
            std::lock_guard const lock(mutex);
            seen.insert(std::this_thread::get_id());
        });
        if (round % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    CHECK(seen.size() == 4);
    CHECK(seen.contains(std::this_thread::get_id()));
}

TEST_CASE("a team goes on after a block has thrown or a round was stopped", "[parallel]") {
    thread_team team(3);
    for (int attempt = 0; attempt < 50; ++attempt) {
        CHECK_THROWS_WITH(team.for_blocks(100,
                                          [](std::size_t block) {
                                              if (block >= 10) throw std::runtime_error(std::to_string(block));
                                          }),
                          "10");
        std::stop_source stop;
        stop.request_stop();
        REQUIRE_FALSE(team.for_blocks(10, stop.get_token(), [](std::size_t) {}));
        std::atomic<int> done{0};
        team.for_blocks(100, [&](std::size_t) { ++done; });
        REQUIRE(done == 100);
    }
}

TEST_CASE("a busy team may be called again, from its own work and by others", "[parallel]") {
    thread_team team(2);
    std::atomic<int> done{0};
    auto const round = [&] {
        team.for_blocks(8, [&](std::size_t) {
            team.for_blocks(8, [&](std::size_t, unsigned worker) {
                if (worker < 2) ++done;
            });
        });
    };
    {
        std::vector<std::jthread> others;
        for (int i = 0; i < 4; ++i)
            others.emplace_back([&] {
                for (int k = 0; k < 10; ++k)
                    round();
            });
    }
    CHECK(done == 4 * 10 * 64);
}

TEST_CASE("a team does its work with fewer threads where memory for them runs out", "[parallel]") {
    // which allocation fails: that of the team itself, or one of those for each thread and for their list
    for (std::size_t which = 1; which <= 24; ++which) {
        CAPTURE(which);
        thread_team team(7);
        std::vector<std::atomic<int>> done(64);
        bool refused = false;
        test::deny_allocation(which);
        try {
            team.for_blocks(done.size(), [&](std::size_t block) {
                std::this_thread::yield(); // some blocks are left when memory runs out
                ++done[block];
            });
        } catch (std::bad_alloc const&) {
            refused = true;
        }
        test::deny_allocation(0);
        CHECK(refused == (which == 1));
        for (auto const& n : done)
            REQUIRE(n == (refused ? 0 : 1));
        std::atomic<int> later{0};
        team.for_blocks(64, [&](std::size_t) { ++later; });
        REQUIRE(later == 64);
    }
}

TEST_CASE("more threads than anybody has are not made", "[parallel]") {
    thread_team team(4'000'000'000);
    CHECK(team.threads() == most_threads);
    std::atomic<std::size_t> done{0};
    team.for_blocks(20'000, [&](std::size_t) { ++done; });
    CHECK(done == 20'000);
}

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/pair_counts.hpp>

#include <segmenta/error.hpp>

#include "support/catch.hpp"

using namespace segmenta;

namespace {

constexpr detail::pair_counts::words in_messages{"before", "now", "segments"};

std::vector<std::string> codes_of(auto const& call) {
    std::vector<std::string> out;
    try {
        call();
    } catch (issue_error const& e) {
        for (auto const& issue : e.issues())
            out.push_back(issue.code + " " + issue.place);
    }
    return out;
}

} // namespace

TEST_CASE("pair counts: labels, their numbers and counts make the same table; parts merge") {
    std::vector<std::string> const before{"b", "a", "b", "c"};
    std::vector<std::string> const now{"a", "a", "c", "c"};
    auto const labels = detail::pair_counts::of_labels(before, now, in_messages);
    CHECK(labels.names() == std::vector<std::string>{"a", "b", "c"});
    std::vector<std::uint32_t> const from{1, 0, 1, 2};
    std::vector<std::uint32_t> const to{0, 0, 2, 2};
    auto codes = detail::pair_counts::of_codes(from, to, {"a", "b", "c"}, in_messages);
    auto const counts = detail::pair_counts::of_counts({1, 0, 0, 1, 0, 1, 0, 0, 1}, {"a", "b", "c"}, in_messages);
    for (auto const* const table : {&labels, static_cast<detail::pair_counts const*>(&codes), &counts}) {
        CHECK(table->count(1, 2) == 1);
        CHECK(table->first(1) == 2);
        CHECK(table->second(0) == 2);
        CHECK(table->second(1) == 0);
        CHECK(table->total() == 4);
        CHECK(table->equal() == 2);
    }
    codes.merge(labels);
    CHECK(codes.total() == 8);
    CHECK(codes.first(1) == 4);
    CHECK(codes.count(2, 2) == 2);
}

TEST_CASE("pair counts: all mistakes at once, in the words of the caller") {
    std::vector<std::uint32_t> const some{0, 3};
    std::vector<std::uint32_t> const fewer{1};
    CHECK(codes_of([&] { detail::pair_counts::of_codes(some, fewer, {"x", "x"}, in_messages); }) ==
          std::vector<std::string>{"evaluate.duplicate segments", "evaluate.length now", "evaluate.segment before[1]"});
    CHECK(codes_of([&] { detail::pair_counts::of_labels({}, {}, in_messages); }) ==
          std::vector<std::string>{"evaluate.empty before"});
    CHECK(codes_of([&] { detail::pair_counts::of_counts({0, 0, 0, 0}, {"x", "y"}, in_messages); }) ==
          std::vector<std::string>{"evaluate.empty counts"});
    CHECK(codes_of([&] { detail::pair_counts::of_counts({1}, {}, in_messages); }) ==
          std::vector<std::string>{"evaluate.empty segments", "evaluate.length counts"});
    CHECK(codes_of([&] { detail::pair_counts::of_counts({}, std::vector<std::string>(4'097, "x"), in_messages); })[0] ==
          "evaluate.option segments");
    CHECK_FALSE(detail::share_of(0, 0));
    CHECK(detail::share_of(1, 4) == 0.25);
}

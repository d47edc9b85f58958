// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/one_hot.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("one-hot: codes in the order of the bytes, new categories are seen to be new") {
    std::vector<std::vector<std::string>> const data{{"web", "shop", "web"}, {"b", "a", "a"}};
    auto const encoding = fit_one_hot(data);
    CHECK(encoding.code(0, "shop") == 0);
    CHECK(encoding.code(0, "web") == 1);
    CHECK(encoding.code(0, "fax") == missing_category);
    CHECK(encoding.codes(1, data[1]) == std::vector<std::uint32_t>{1, 0, 0});
    CHECK(encoding.width() == 4);
    CHECK(encoding.column_names() == std::vector<std::string>{"0=shop", "0=web", "1=a", "1=b"});
    CHECK(encoding.encode(data) == std::vector<std::vector<double>>{{0, 1, 0}, {1, 0, 1}, {0, 1, 1}, {1, 0, 0}});
    std::vector<double> out(4);
    encoding.encode(std::vector<std::string_view>{"fax", "b"}, out);
    CHECK(out == std::vector<double>{0, 0, 0, 1});
    CHECK(one_hot::from_json(encoding.to_json()) == encoding);
    auto const text = encoding.to_json();
    CHECK_THROWS_AS(one_hot::from_json(text.substr(0, 50)), issue_error);
}

TEST_CASE("one-hot: without the first category, without rare ones") {
    std::vector<std::vector<std::string>> const data{{"c", "a", "b", "a", "b"}};
    auto const dropped = fit_one_hot(data, {.drop_first = true});
    CHECK(dropped.width() == 2);
    CHECK(dropped.column_names() == std::vector<std::string>{"0=b", "0=c"});
    CHECK(dropped.encode(data)[1] == std::vector<double>{1, 0, 0, 0, 0});
    CHECK(one_hot::from_json(dropped.to_json()) == dropped);
    auto const frequent = fit_one_hot(data, {.least_count = 2});
    CHECK(frequent.width() == 2);
    CHECK(frequent.code(0, "c") == missing_category);
    CHECK_THROWS_AS(fit_one_hot(data, {.least_count = 3}), issue_error);
}

TEST_CASE("one-hot: nothing, different lengths, categories twice") {
    CHECK_THROWS_AS(fit_one_hot({}), issue_error);
    std::vector<std::vector<std::string>> const ragged{{"a"}, {"a", "b"}};
    CHECK_THROWS_AS(fit_one_hot(ragged), issue_error);
    using names = std::vector<std::vector<std::string>>;
    for (auto const& bad : {std::vector<std::string>{"a", "a"}, std::vector<std::string>{"b", "a"}, {}})
        CHECK_THROWS_AS(one_hot(names(1, bad)), issue_error);
    CHECK_THROWS_AS(one_hot(names{}), issue_error);
    CHECK_THROWS_AS(one_hot(names(1, std::vector<std::string>{"a"})).encode(ragged), issue_error);
}

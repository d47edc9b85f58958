// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/csv_dialect.hpp>

#include "support/catch.hpp"

#include <string>

using namespace segmenta;

TEST_CASE("csv_dialect: the default is RFC 4180 with a header, and can be used", "[io]") {
    csv_dialect const plain;
    CHECK(plain.delimiter == ',');
    CHECK(plain.quote == '"');
    CHECK(plain.header);
    CHECK(plain.encoding == "utf-8");
    CHECK(check(plain, "orders").empty());
}

TEST_CASE("csv_dialect: what real files use is accepted", "[io]") {
    for (char const delimiter : {',', ';', '\t', '|', ' '}) {
        csv_dialect d;
        d.delimiter = delimiter;
        CHECK(check(d, "f").empty());
    }
    for (std::string const name : {"utf-8", "iso-8859-1", "gb18030"}) {
        csv_dialect d;
        d.encoding = name;
        CHECK(check(d, "f").empty());
    }
    csv_dialect blanks; // delimiter and quote mean nothing then
    blanks.blanks = true;
    blanks.delimiter = '\n';
    blanks.header = false;
    blanks.names = {"a", "b"};
    CHECK(check(blanks, "f").empty());
}

TEST_CASE("csv_dialect: each way of being unusable is told, all at once and with the place", "[io]") {
    csv_dialect d;
    d.delimiter = '\n';
    d.quote = '\n';
    d.comment = ' ';
    d.encoding = "latin-9000";
    d.names = {"a"};
    d.record_limit = 0;
    issue_list const problems = check(d, "plan.json:7 /sources/orders/format");
    CHECK(problems.size() == 7);
    for (auto const& problem : problems) {
        CHECK(problem.code == "csv.dialect");
        CHECK(problem.place == "plan.json:7 /sources/orders/format");
    }
    CHECK(problems.to_string().find("latin-9000") != std::string::npos);
    csv_dialect same;
    same.quote = ',';
    CHECK(check(same, "f").size() == 1);
}

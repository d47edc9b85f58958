// SPDX-License-Identifier: Apache-2.0
// Ids that are one customer, against a naive search over the links, in any order of rows and on any number of threads.
#include <segmenta/ingest/ingest.hpp>

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/scratch_directory.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/record/cell.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

using namespace segmenta;

namespace {

using scratch = test::scratch_directory;

plan joined_plan(std::string const& id_type, std::string const& identity) {
    std::string text = R"({"segmenta": 1, "id": "t", "zone": "UTC", "sources": {
  "orders": {"fields": {"id": "ID", "day": "date", "event": "string", "amount": "int64"}, "customer": "id", "time": "day",
             "event_id": "event"},
  "crm": {"kind": "customers", "fields": {"id": "ID", "phone": "string", "name": "category"}, "customer": "id"},
  "shop": {"kind": "customers", "fields": {"id": "ID", "mobile": "string", "points": "int64"}, "customer": "id"},
  "pairs": {"kind": "links", "fields": {"a": "ID", "b": "ID", "sure": "bool"}, "customer": "a", "same_as": "b",
            "reject": {"unsure": "!sure"}}},
  "identity": )" + identity +
                       R"(,
  "columns": {"n": {"feature": "rows", "of": "orders"}, "s": {"feature": "sum", "of": "orders", "field": "amount"},
              "last": {"feature": "last_day", "of": "orders"}},
  "outputs": ["n", "s", "last", "name", "points", "phone", "mobile"]})";
    for (auto at = text.find("\"ID\""); at != std::string::npos; at = text.find("\"ID\"", at))
        text.replace(at, 4, "\"" + id_type + "\"");
    return parse_plan(text);
}

ingest_options july(unsigned threads) {
    ingest_options out;
    out.as_of = zone::utc().start_of_day(civil_date::of(2024, 7, 1));
    out.threads = threads;
    return out;
}

struct raw_shop {
    std::vector<std::string> orders, crm, shop, pairs; // rows of the files

    std::vector<source_file> write(scratch const& where) const {
        auto const file = [&](std::string const& name, std::string head, std::vector<std::string> const& rows) {
            for (auto const& row : rows)
                head += row;
            return source_file{name, where.write(name + ".csv", head)};
        };
        return {file("orders", "id,day,event,amount\n", orders), file("crm", "id,phone,name\n", crm),
                file("shop", "id,mobile,points\n", shop), file("pairs", "a,b,sure\n", pairs)};
    }
};

/// What came out as one text: ids, then every column, then the quality.
std::string shown(ingest_result const& made) {
    std::string out;
    for (std::size_t row = 0; row < made.customers.size(); ++row) {
        out += made.customers.integer_ids ? std::to_string(made.customers.ids[row])
                                          : std::string(made.customers.text_ids[row]);
        for (auto const& column : made.customers.columns)
            out += ' ' + to_string(cell(column.view(), row));
        out += '\n';
    }
    for (auto const& [id, customer] : made.identity->ids)
        out += id + '>' + customer + ' ';
    for (auto const& [name, n] : made.identity->conflicts)
        out += name + std::to_string(n) + ' ';
    for (auto const& [name, n] : made.identity->shared)
        out += name + std::to_string(n) + ' ';
    return out + std::to_string(made.identity->links) + ' ' + std::to_string(made.identity->merged) + ' ' +
           std::to_string(made.identity->customers);
}

} // namespace

TEST_CASE("identity: links and keys, against a search from id to id") {
    scratch const where;
    random_generator random(17);
    for (int round = 0; round < 60; ++round) {
        bool const text_ids = round % 2 == 1;
        auto const id_of = [&](std::uint64_t i) {
            return text_ids ? "customer-number-" + std::to_string(1000 + i) : std::to_string(1000 + i);
        };
        std::uint64_t const people = 5 + random_below(random, 60);
        std::uint64_t const phones = 2 + random_below(random, people);
        auto const maybe_phone = [&] {
            return random_below(random, 3) == 0 ? "" : "p" + std::to_string(random_below(random, phones));
        };
        raw_shop raw;
        std::map<std::string, std::string> phone, name, mobile, points; // of ids in crm and shop
        std::set<std::string> in_crm, in_shop, all;
        for (std::uint64_t i = 0; i < people; ++i) {
            std::string const id = id_of(i);
            if (random_below(random, 2) == 0) {
                in_crm.insert(id);
                phone[id] = maybe_phone();
                name[id] = random_below(random, 3) == 0 ? "" : "n" + std::to_string(random_below(random, 4));
                raw.crm.push_back(id + "," + phone[id] + "," + name[id] + "\n");
            }
            if (random_below(random, 2) == 0) {
                in_shop.insert(id);
                mobile[id] = maybe_phone();
                points[id] = random_below(random, 3) == 0 ? "" : std::to_string(random_below(random, 4));
                raw.shop.push_back(id + "," + mobile[id] + "," + points[id] + "\n");
            }
        }
        std::map<std::string, std::set<std::string>> next;
        auto const link = [&](std::string const& a, std::string const& b) {
            next[a].insert(b);
            next[b].insert(a);
        };
        std::uint64_t links = 0;
        for (std::uint64_t i = random_below(random, people); i > 0; --i) {
            std::string const a = id_of(random_below(random, people + 3));
            std::string const b = id_of(random_below(random, people + 3));
            bool const sure = random_below(random, 4) != 0;
            raw.pairs.push_back(a + "," + b + (sure ? ",true\n" : ",false\n"));
            if (!sure) continue; // an edge that is left out
            link(a, b);
            links += a != b ? 1 : 0;
        }
        std::vector<std::pair<std::string, std::string>> ordered; // id and event
        for (std::uint64_t i = 0; i < 4 * people; ++i) {
            std::string const id = id_of(random_below(random, people + 3));
            std::string const event = "e" + std::to_string(random_below(random, 3 * people));
            ordered.emplace_back(id, event);
            raw.orders.push_back(id + ",2024-06-01," + event + "," + "7\n");
        }

        // Who holds which value; those of too many, and p0, link nobody.
        std::uint64_t const at_most = 2 + random_below(random, 3);
        std::map<std::string, std::set<std::string>> holders;
        for (auto const* list : {&phone, &mobile})
            for (auto const& [id, value] : *list)
                if (!value.empty()) holders[value].insert(id);
        std::uint64_t shared = 0;
        for (auto const& [value, ids] : holders) {
            bool const stopped = ids.size() > at_most || value == "p0";
            shared += ids.size() > 1 && stopped ? 1 : 0;
            if (!stopped)
                for (auto const& id : ids)
                    link(*ids.begin(), id);
        }
        bool const shop_first = random_below(random, 2) == 0;
        auto const rank = [&](std::string const& id) {
            int const first = (shop_first ? in_shop : in_crm).count(id) != 0 ? 0 : 9;
            int const second = (shop_first ? in_crm : in_shop).count(id) != 0 ? 1 : 9;
            return std::pair(std::min(first, second), id);
        };
        auto const group_of = [&](std::string const& id) { // everybody that can be reached, the most trusted first
            std::set<std::string> seen{id};
            std::vector<std::string> open{id};
            while (!open.empty()) {
                std::string const here = open.back();
                open.pop_back();
                for (auto const& there : next[here])
                    if (seen.insert(there).second) open.push_back(there);
            }
            std::vector<std::string> out(seen.begin(), seen.end());
            std::sort(out.begin(), out.end(), [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
            return out;
        };
        std::map<std::string, std::set<std::string>> events_of;
        for (auto const& [id, event] : ordered)
            events_of[group_of(id)[0]].insert(event);

        std::string const identity = R"({"keys": {"phone": {"of": ["phone", "mobile"], "at_most": )" +
                                     std::to_string(at_most) + R"(, "never": "p0"}}, "priority": )" +
                                     (shop_first ? R"(["shop", "crm"]})" : R"(["crm", "shop"]})");
        plan const definition = joined_plan(text_ids ? "string" : "int64", identity);
        auto const made = ingest(definition, raw.write(where), july(1));
        CAPTURE(round, identity, shown(made));
        std::set<std::string> expected;
        for (auto const* list : {&in_crm, &in_shop})
            for (auto const& id : *list)
                expected.insert(group_of(id)[0]);
        for (auto const& [id, event] : ordered)
            expected.insert(group_of(id)[0]);
        std::vector<std::string> ids;
        for (std::size_t row = 0; row < made.customers.size(); ++row)
            ids.push_back(text_ids ? std::string(made.customers.text_ids[row])
                                   : std::to_string(made.customers.ids[row]));
        REQUIRE(ids == std::vector<std::string>(expected.begin(), expected.end()));
        std::map<std::string, std::uint64_t> conflicts;
        for (std::size_t row = 0; row < ids.size(); ++row) {
            auto const group = group_of(ids[row]);
            auto const check = [&](char const* column, std::map<std::string, std::string> const& values, bool quotes) {
                std::set<std::string> different;
                std::string first;
                for (auto const& id : group) {
                    auto const at = values.find(id);
                    if (at == values.end() || at->second.empty()) continue;
                    if (first.empty()) first = at->second;
                    different.insert(at->second);
                }
                if (different.size() > 1) ++conflicts[column];
                std::string const wanted = first.empty() ? "missing" : quotes ? "\"" + first + "\"" : first;
                CHECK(to_string(cell(made.customers.find(column)->view(), row)) == wanted);
            };
            check("phone", phone, true);
            check("name", name, true);
            check("mobile", mobile, true);
            check("points", points, false);
            auto const n = static_cast<std::int64_t>(events_of[ids[row]].size()); // a repeated event counts once
            CHECK(made.customers.find("n")->view().as<std::int64_t>()[row] == n);
            CHECK(made.customers.find("s")->view().as<std::int64_t>()[row] == 7 * n);
        }
        CHECK(made.identity->links == links);
        CHECK(made.identity->shared == std::vector<std::pair<std::string, std::uint64_t>>{{"phone", shared}});
        CHECK(made.identity->conflicts ==
              std::vector<std::pair<std::string, std::uint64_t>>(conflicts.begin(), conflicts.end()));

        for (auto* rows : {&raw.orders, &raw.crm, &raw.shop, &raw.pairs})
            random_shuffle(random, std::span(*rows));
        CHECK(shown(ingest(definition, raw.write(where), july(3))) == shown(made));
    }
}

TEST_CASE("identity: a switchboard does not join a firm, and an edge left out is a merge undone") {
    scratch const where;
    raw_shop raw;
    raw.orders = {"1,2024-06-01,e1,5\n", "2,2024-06-02,e2,6\n", "3,2024-06-03,e3,7\n", "9,2024-08-01,e9,7\n"};
    raw.crm = {"2,p1,Bo\n", "3,board,Cy\n", "4,board,Di\n", "5,board,Ed\n"};
    raw.shop = {"1,p1,10\n"};
    raw.pairs = {"3,1,true\n", "9,2,true\n"};
    auto const ids_with = [&](std::string const& identity) {
        return ingest(joined_plan("int64", identity), raw.write(where), july(1));
    };
    auto const all = ids_with(R"({"keys": {"phone": {"of": ["phone", "mobile"], "at_most": 2}}, "priority": ["crm"]})");
    CHECK(all.customers.ids == std::vector<std::int64_t>{2, 4, 5});
    CHECK(all.identity->shared[0].second == 1);
    CHECK(all.identity->conflicts == std::vector<std::pair<std::string, std::uint64_t>>{{"name", 1}, {"phone", 1}});
    CHECK(all.identity->ids == std::vector<std::pair<std::string, std::string>>{{"1", "2"}, {"3", "2"}, {"9", "2"}});
    CHECK(all.left_out.empty()); // 9 is 2, who is there
    CHECK(all.sources[0].customers == 1);
    CHECK(ids_with(R"({"keys": {"phone": {"at_most": 9}}})").customers.ids ==
          std::vector<std::int64_t>{1, 2}); // all but 2 are one
    CHECK(ids_with(R"({"keys": {"phone": {"at_most": 9, "never": "board"}}})").customers.ids ==
          std::vector<std::int64_t>{1, 2, 4, 5});
    raw.crm.push_back("6, ,Fa\n");
    raw.crm.push_back("7, ,Ga\n"); // what is blank says nothing
    CHECK(ids_with(R"({"keys": {"phone": {"at_most": 9, "never": "board"}}})").customers.ids ==
          std::vector<std::int64_t>{1, 2, 4, 5, 6, 7});
    raw.crm.resize(4);
    raw.pairs[0] = "3,1,false\n";
    CHECK(ids_with("{}").customers.ids == std::vector<std::int64_t>{1, 2, 3, 4, 5});
}

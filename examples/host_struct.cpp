// SPDX-License-Identifier: Apache-2.0
// A host's own structs, left as they are: described once, fitted on everybody, asked one by one.
#include <segmenta/segmenta.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

struct order {
    segmenta::instant paid_at;
    std::int64_t cents;
};
struct shopper { // from the host's own code
    std::int64_t id;
    std::optional<int> age;
    std::string city;
    std::vector<order> orders; // sorted by time
};

std::vector<shopper> all_shoppers(segmenta::instant today) {
    std::vector<shopper> out;
    for (int i = 0; i < 100; ++i) {
        shopper s{i, i % 7 == 0 ? std::nullopt : std::optional(20 + i % 50), i % 2 == 0 ? "Shanghai" : "Beijing", {}};
        for (int k = 1 + i % 9; k > 0; --k) // the more often, the more recent
            s.orders.push_back({today - segmenta::duration::hours(24 * (k * (100 - i) / 4 + 1)), 1000 * (i + k)});
        out.push_back(s);
    }
    return out;
}

} // namespace

int main() {
    using namespace segmenta;
    zone const where = zone::named("Asia/Shanghai");
    instant const today = where.start_of_day(civil_date::of(2024, 7, 1));
    auto const shop = schema_of<shopper>()
                          .attribute("age", &shopper::age)
                          .attribute("city", &shopper::city)
                          .history("orders", &shopper::orders, "paid_at", &order::paid_at,
                                   row_field("amount", &order::cents, as_units{money_type(currency("CNY"), 2)}));
    plan const rfm = read_plan("examples/plans/host_struct.json"); // names a plan's file from the top of the project
    auto const shoppers = all_shoppers(today);

    customer_columns_builder everybody(rfm, shop, today);
    for (auto const& s : shoppers) everybody.add(s.id, shop.bind(s));
    segmenter const seg = compile(fit(rfm, shop, everybody.finish(), today), shop);

    auto const segment = seg.output("segment"); // names are looked up once
    auto const young = seg.tag("young_champion");
    classification now = seg.make_classification();
    int champions = 0;
    for (auto const& s : shoppers) {
        seg.classify(shop.bind(s), {.as_of = today}, now); // noexcept, allocates nothing
        champions += now[segment].segment == "champions" ? 1 : 0;
    }
    seg.classify(shop.bind(shoppers[98]), {.as_of = today}, now);
    answer const last = now[segment];
    std::cout << champions << " champions of " << shoppers.size() << "\ncustomer 98: " << last.segment << " ("
              << seg.label(segment, last.segment, "en") << ", " << seg.label(segment, last.segment, "zh-Hans")
              << ") because of " << seg.reason(segment, last) << "\nuntil " << to_string(last.valid_until, where)
              << "\nyoung champion: ";
    auto const holds = now[young].holds(); // customer 98 has no age
    std::cout << (!holds ? "unknown" : *holds ? "yes" : "no") << '\n';
    return champions > 0 && last.segment == "champions" && !holds.has_value() ? 0 : 1;
}

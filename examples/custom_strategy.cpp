// SPDX-License-Identifier: Apache-2.0
// A host's own strategy: any type with four members. It is used as a value, and by a plan under its name.
#include <segmenta/segmenta.hpp>

#include <array>
#include <iostream>
#include <span>
#include <string_view>

namespace {

using namespace segmenta;

struct big_spender {
    static constexpr std::string_view id = "big_spender";
    std::span<std::string_view const> reads() const {
        static constexpr std::array<std::string_view, 1> names{"spent"};
        return names;
    }
    std::span<segment_info const> segments() const {
        static std::array<segment_info, 2> const all{segment_info{"big_spender.others", 1}, segment_info{"big_spender.big", 0}};
        return all;
    }
    void assign(block const& rows, std::span<assignment> out) const {
        auto const spent = rows.columns[0].as<std::int64_t>(); // cents
        for (std::size_t row = 0; row < rows.size; ++row) {
            out[row] = assignment{};
            if (rows.columns[0].is_present(row))
                out[row].segment = spent[row] >= 100'000 ? 1 : 0;
            else
                out[row] = no_answer(status::unknown);
        }
    }
};
static_assert(strategy<big_spender>);

/// The registry's entry: what the strategy reads and answers, and how to make it. It has no parameters to check.
strategy_kind big_spender_kind() {
    strategy_kind kind;
    kind.name = "big_spender";
    kind.summary = "spent 1,000.00 or more";
    kind.check = [](strategy_use const& use, issue_list&) {
        strategy_outline outline;
        outline.reads = use.reads;
        outline.inputs = {input_kind::number};
        outline.segments = {"big_spender.others", "big_spender.big"};
        return std::optional(outline);
    };
    kind.fit = [](strategy_use const&, block const&, std::span<std::uint32_t const>) { return any_strategy(big_spender{}); };
    kind.load = [](std::string_view, strategy_use const&) { return any_strategy(big_spender{}); };
    return kind;
}

struct order { instant paid_at; std::int64_t cents; };
struct shopper { std::vector<order> orders; };

} // namespace

int main() {
    auto const shop = schema_of<shopper>().history("orders", &shopper::orders, "paid_at", &order::paid_at,
                                                   row_field("amount", &order::cents, as_units{decimal_type(2)}));
    strategy_registry mechanisms = strategy_registry::core();
    mechanisms.add(big_spender_kind());
    plan const definition = plan_builder("spenders")
                                .feature("spent", {aggregate::sum, "orders", "amount", "P365D", ""})
                                .strategy("size", strategy_definition{"big_spender", "big_spender", {"spent"}})
                                .build(mechanisms);
    segmenter const seg = compile(definition, shop, mechanisms);
    classification now = seg.make_classification();
    instant const today = *parse_instant("2024-07-01", {});
    shopper const ann{{{*parse_instant("2024-06-01T10:00:00Z", {}), 129'900}}};
    seg.classify(shop.bind(ann), {.as_of = today}, now);
    auto const size = now[seg.output("size")];
    std::cout << size.segment << ", until " << to_string(size.valid_until) << '\n';
    return size.segment == "big" ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// The ready-made schemas and the sample shop speak one language: same names, same order.
#include "sample/shop_customer.hpp"
#include "sample/shop_events.hpp"
#include "sample/shop_orders.hpp"
#include "support/catch.hpp"

#include <segmenta/record/standard.hpp>

#include <string>
#include <string_view>

using namespace segmenta;

namespace {

std::string header_of(std::span<field const> fields) {
    std::string line;
    for (auto const& f : fields)
        line += (line.empty() ? "" : ",") + f.name;
    return line + '\n';
}

/// A header line of the shop without the customer's id, which is no attribute.
std::string without_id(std::string_view header) {
    std::string line(header);
    std::string const id = "customer_id,";
    line.erase(line.find(id), id.size());
    return line;
}

} // namespace

TEST_CASE("standard schemas name the columns of the sample shop", "[sample]") {
    schema const shop = standard_shop(currency("CNY"));
    CHECK(header_of(shop.attributes()) == without_id(detail::customers_header));
    CHECK(header_of(shop.histories()[0].fields) == without_id(detail::orders_header));
    CHECK(header_of(shop.histories()[1].fields) == without_id(detail::events_header));
}

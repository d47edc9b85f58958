// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_readme.hpp"

#include "base/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Raised whenever the bytes for the same options change.
constexpr int generator_version = 1;

constexpr std::string_view introduction = R"(# Sample shop

A synthetic shop, written by `segmenta sample`. Nobody in it exists, and no brand or product does either.

- Opened on 2022-01-01; the last day is 2024-06-30. Use `as_of` 2024-07-01.
- Time zone Asia/Shanghai; times are local with the offset +08:00. Amounts are CNY with two decimals.
- UTF-8, comma, quotes where needed, LF, a header line. An empty field is a missing value.
- Rows are grouped by customer, in the order of customer numbers, not by time (events and orders of one customer )"
                                          R"(are by time).
- customer_id joins all files; order_id, sku, campaign_id join what they name.

| file | one row per |
|---|---|
| customers.csv | customer: consumers, home offices and organisations in one store |
| orders.csv | order line; a refund line and both sides of an exchange are rows of their own with )"
                                          R"(negative quantity and amount |
| events.csv | behaviour event |
| surveys.csv | answer to one item of a questionnaire |
| credit.csv | credit assessment |
| referrals.csv | relation between two customers: referral, friend, family, colleague |
| touches.csv | customer and campaign, treated or held out as control |
| products.csv | product |
| campaigns.csv | campaign plan |

In orders.csv `amount` = `unit_price` x `quantity` - `discount` - `coupon`, exactly. Money that counts is in rows of )"
                                          R"(kind sale with
status finished, shipped or paid, and in rows of kind refund; rows of kind exchange sum to 0.
)";

std::string table(std::vector<sample_count> const& counts) {
    std::string text = "| id | count | meaning |\n|---|---:|---|\n";
    for (auto const& one : counts)
        text.append("| ")
            .append(one.id)
            .append(" | ")
            .append(std::to_string(one.count))
            .append(" | ")
            .append(one.meaning)
            .append(" |\n");
    return text;
}

boost::json::array list(std::vector<sample_count> const& counts) {
    boost::json::array result;
    for (auto const& one : counts) {
        boost::json::object entry;
        entry["id"] = one.id;
        entry["count"] = one.count;
        entry["meaning"] = one.meaning;
        result.push_back(std::move(entry));
    }
    return result;
}

std::string hexadecimal(std::uint32_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(8, '0');
    for (std::size_t i = 0; i < 8; ++i)
        text[7 - i] = digits[(value >> (4 * i)) & 0xF];
    return text;
}

} // namespace

std::string sample_readme(sample_options const& options, sample_summary const& summary) {
    std::string text(introduction);
    text.append("\nSeed ").append(std::to_string(options.seed)).append(", ").append(std::to_string(options.customers));
    text.append(" customers.\n\n| file | rows |\n|---|---:|\n");
    for (auto const& file : summary.files)
        text.append("| ").append(file.name).append(" | ").append(std::to_string(file.rows)).append(" |\n");
    text.append("\n## What is in it\n\n").append(table(summary.facts));
    text.append("\n## What is wrong with it on purpose\n\n").append(table(summary.dirt));
    return text;
}

std::string sample_manifest(sample_options const& options, sample_summary const& summary) {
    boost::json::object root;
    root["generator"] = "segmenta sample";
    root["generator_version"] = generator_version;
    root["seed"] = options.seed;
    root["customers"] = options.customers;
    root["first_day"] = "2022-01-01";
    root["last_day"] = "2024-06-30";
    root["as_of"] = "2024-07-01";
    root["zone"] = "Asia/Shanghai";
    root["currency"] = "CNY";
    boost::json::array files;
    for (auto const& file : summary.files) {
        boost::json::object entry;
        entry["name"] = file.name;
        entry["rows"] = file.rows;
        entry["bytes"] = file.bytes;
        entry["crc32"] = hexadecimal(file.crc32);
        files.push_back(std::move(entry));
    }
    root["files"] = std::move(files);
    root["facts"] = list(summary.facts);
    root["dirt"] = list(summary.dirt);
    return write_json(root, 2) + "\n";
}

} // namespace detail
} // namespace v0
} // namespace segmenta

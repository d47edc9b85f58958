// SPDX-License-Identifier: Apache-2.0
#include <segmenta/sample/sample_shop.hpp>

#include "base/file.hpp"
#include "sample/shop_counts.hpp"
#include "sample/shop_customer.hpp"
#include "sample/shop_events.hpp"
#include "sample/shop_orders.hpp"
#include "sample/shop_readme.hpp"
#include "sample/shop_relations.hpp"
#include "sample/shop_touches.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <system_error>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using namespace detail;

constexpr std::size_t most_customers = 9'999'999; // ids have seven digits
constexpr std::size_t block_customers = 128;

enum table_index : std::size_t { customers, orders, events, surveys, credit, referrals, touches, tables };
constexpr std::array<std::string_view, tables> table_names{
    "customers.csv", "orders.csv", "events.csv", "surveys.csv", "credit.csv", "referrals.csv", "touches.csv"};
constexpr std::array<std::string_view, tables> table_headers{
    customers_header, orders_header, events_header, surveys_header, credit_header, referrals_header, touches_header};

// Text and numbers of some consecutive customers; its memory is used again and again.
struct customer_block {
    std::array<std::string, tables> text;
    std::array<std::uint64_t, tables> rows{};
    shop_counts counts;
    purchase_history history;
    event_scratch scratch;
    std::vector<shop_time> organic;
    std::vector<purchase> purchases;
    std::vector<touch> planned;

    void clear() {
        for (auto& one : text)
            one.clear();
        rows.fill(0);
        counts = {};
    }

    void add(shop const& in, std::uint64_t number) {
        auto const customer = make_customer(in, number, text[customers], counts);
        rows[customers] += 1;
        dice chance = in.chance(number, purpose_stream::orders);
        history.clear();
        draw_purchase_times(in, customer, chance, organic, history);
        purchases.clear();
        for (auto const time : organic)
            purchases.push_back({time, -1});
        plan_touches(in, customer, organic, planned, purchases);
        std::sort(purchases.begin(), purchases.end());
        make_orders(in, customer, chance, purchases, history);
        rows[orders] += write_orders(in, customer, history, text[orders], counts);
        rows[events] += write_events(in, customer, history, scratch, text[events], counts);
        rows[surveys] += write_surveys(in, customer, history, text[surveys], counts);
        rows[credit] += write_credit(in, customer, text[credit], counts);
        rows[referrals] += write_relations(in, customer, history, text[referrals], counts);
        rows[touches] += write_touches(in, customer, planned, history, text[touches], counts);
    }
};

class open_file {
public:
    open_file(std::filesystem::path const& directory, std::string_view name) : file_(directory / name) {
        summary_.name = name;
    }
    void write(std::string_view bytes, std::uint64_t rows = 0) {
        file_.write(bytes);
        summary_.rows += rows;
        summary_.bytes += bytes.size();
        // zlib takes 32-bit lengths; blocks are far smaller.
        summary_.crc32 = static_cast<std::uint32_t>(
            ::crc32(summary_.crc32, reinterpret_cast<Bytef const*>(bytes.data()), static_cast<uInt>(bytes.size())));
    }
    void commit() { file_.commit(); }
    [[nodiscard]] sample_file const& summary() const noexcept { return summary_; }

private:
    atomic_file file_;
    sample_file summary_;
};

void check(sample_options const& options) {
    if (options.customers <= most_customers) return;
    throw issue_error("sample.customers", "customers", "too many customers for a sample shop",
                      std::to_string(options.customers), "0 to 9999999", "ask for fewer customers");
}

void make_directory(std::filesystem::path const& directory) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    std::error_code ignored;
    if (!failure && std::filesystem::is_directory(directory, ignored)) return;
    throw issue_error("sample.directory", directory.string(), "cannot make the output directory",
                      failure ? failure.message() : "not a directory", "a directory this user may write to",
                      "choose another directory or change its permissions");
}

void remove_manifest(std::filesystem::path const& directory) {
    auto const path = directory / "manifest.json";
    std::error_code failure;
    std::filesystem::remove(path, failure);
    if (!failure) return;
    throw issue_error("sample.directory", path.string(), "cannot replace the old manifest", failure.message(), "",
                      "choose another directory or change its permissions");
}

// Fills the blocks with the customers that follow `done`, in parallel, and returns how many customers that are.
std::size_t fill(shop const& in, std::vector<customer_block>& blocks, std::size_t done, std::size_t total,
                 unsigned threads) {
    std::size_t const now = std::min(total - done, blocks.size() * block_customers);
    std::size_t const used = (now + block_customers - 1) / block_customers;
    parallel_for_blocks(threads, used, [&](std::size_t b) {
        auto& block = blocks[b];
        std::size_t const begin = done + b * block_customers;
        std::size_t const end = std::min(begin + block_customers, done + now);
        for (std::size_t i = begin; i < end; ++i)
            block.add(in, i + 1);
    });
    return now;
}

} // namespace

sample_summary write_sample_shop(sample_options const& options, std::filesystem::path const& directory,
                                 sample_progress const& progress, std::stop_token stop) {
    check(options);
    make_directory(directory);
    auto const in = std::make_unique<shop const>(options.seed);
    unsigned const threads = usable_threads(options.threads);

    std::vector<open_file> files;
    files.reserve(tables + 4); // what they hold cannot be assigned
    for (std::size_t t = 0; t < tables; ++t)
        files.emplace_back(directory, table_names[t]).write(table_headers[t]);
    files.emplace_back(directory, "products.csv").write(in->catalogue.csv(), in->catalogue.products().size());
    files.emplace_back(directory, "campaigns.csv").write(campaigns_csv(), campaigns().size());

    shop_counts counts;
    // Several blocks per thread, so that threads seldom wait for the longest one.
    std::vector<customer_block> blocks(threads == 1 ? 1 : std::size_t{threads} * 4);
    for (std::size_t done = 0; done < options.customers;) {
        if (progress) progress(done, options.customers);
        if (stop.stop_requested()) return {};
        for (auto& block : blocks)
            block.clear();
        done += fill(*in, blocks, done, options.customers, threads);
        for (auto const& block : blocks) {
            for (std::size_t t = 0; t < tables; ++t)
                files[t].write(block.text[t], block.rows[t]);
            counts.add(block.counts);
        }
    }
    if (progress) progress(options.customers, options.customers);
    if (stop.stop_requested()) return {};

    sample_summary summary;
    summary.facts = facts_of(counts);
    summary.dirt = dirt_of(counts);
    for (auto const& file : files)
        summary.files.push_back(file.summary());
    files.emplace_back(directory, "README.md").write(sample_readme(options, summary));
    summary.files.push_back(files.back().summary());
    files.emplace_back(directory, "manifest.json").write(sample_manifest(options, summary));
    summary.files.push_back(files.back().summary());
    remove_manifest(directory);
    for (auto& file : files)
        file.commit();
    summary.completed = true;
    return summary;
}

} // namespace v0
} // namespace segmenta

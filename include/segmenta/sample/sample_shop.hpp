// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SAMPLE_SHOP_HPP
#define SEGMENTA_SAMPLE_SAMPLE_SHOP_HPP

/// \file
/// A synthetic shop to try plans on: customers, orders, events, surveys, credit records, relations and campaign touches
/// as CSV files. Nothing in it is real. docs/sample_shop.md explains every column, the model behind it and the dirt in
/// it.
///
/// The shop opened on 2022-01-01; its last day is 2024-06-30, so `as_of` is 2024-07-01 in Asia/Shanghai (UTC+8
/// throughout). Amounts are CNY.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What to write.
struct sample_options {
    std::uint64_t seed = 42;      ///< another seed, another shop
    std::size_t customers = 2000; ///< 0 to 9,999,999; 0 writes files with header lines only
    unsigned threads = 1;         ///< 0: as many as the machine has; the bytes do not depend on it
};

/// One written file.
struct sample_file {
    std::string name;
    std::uint64_t rows = 0; ///< records without the header line; 0 for README.md and manifest.json
    std::uint64_t bytes = 0;
    std::uint32_t crc32 = 0; ///< of the bytes, as gzip and zlib compute it
};

/// A number worth knowing about the shop that was written; also in its README.md and manifest.json.
struct sample_count {
    std::string id;      ///< ASCII: `dirt.birth_date_missing`
    std::string meaning; ///< one English sentence
    std::uint64_t count = 0;
};

struct sample_summary {
    bool completed = false;          ///< false: stopped on request, and no file was written
    std::vector<sample_file> files;  ///< in the order they were written; manifest.json last
    std::vector<sample_count> facts; ///< sizes and sums; ids begin with `fact.`
    std::vector<sample_count> dirt;  ///< what is wrong on purpose; ids begin with `dirt.`

    /// The count of an id, 0 when there is none.
    [[nodiscard]] std::uint64_t count(std::string_view id) const noexcept;
};

/// Called between blocks on the calling thread: customers done, customers in all.
using sample_progress = std::function<void(std::size_t done, std::size_t total)>;

/// Writes customers.csv, orders.csv, events.csv, surveys.csv, credit.csv, referrals.csv, touches.csv, products.csv,
/// campaigns.csv, README.md and manifest.json into `directory`, which is made when absent.
///
/// The bytes depend on seed and number of customers only: not on machine, compiler, threads, locale or clock. Customer
/// i is the same for any number of customers greater than i, so each per-customer CSV file is a prefix of the same file
/// for more customers; products.csv and campaigns.csv depend on the seed only.
///
/// Each file appears whole or not at all, and all of them at the end; an old manifest.json is removed before the first
/// one and the new one comes last, so a manifest tells that the set is complete.
///
/// Throws `issue_error`: `sample.customers` (too many), `sample.directory` (cannot be made or is no directory), and the
/// `file.*` codes of writing (disk full, no permission). An exception thrown by `progress` passes through; no file is
/// left. Linear in customers; memory is bounded by about 4 MB per thread.
sample_summary write_sample_shop(sample_options const& options, std::filesystem::path const& directory,
                                 sample_progress const& progress = {}, std::stop_token stop = {});

} // namespace v0
} // namespace segmenta

#endif

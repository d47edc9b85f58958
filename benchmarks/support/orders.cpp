// SPDX-License-Identifier: Apache-2.0
#include "support/orders.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/time/instant.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace segmenta::bench {

std::string_view const orders_header = "customer_id,order_time,amount,category,channel\n";

namespace {

constexpr std::int64_t first_second = 1'672'531'200; // 2023-01-01
constexpr std::int64_t seconds = std::int64_t{730} * 86'400;

constexpr std::array<std::string_view, 40> categories{
    "beauty",   "books",    "games",  "garden",  "grocery",  "kitchen",  "music",      "office",     "outdoor", "pets",
    "shoes",    "sports",   "toys",   "travel",  "watches",  "baby",     "bags",       "bedding",    "bikes",   "cameras",
    "computer", "fashion",  "film",   "fishing", "furniture", "gifts",   "health",     "jewellery",  "lighting", "luggage",
    "phones",   "software", "tablet", "tools",   "wine",     "art",      "automotive", "stationery", "tea",     "vinyl"};
constexpr std::array<std::string_view, 8> channels{"app", "web", "store", "phone", "partner", "market", "email", "kiosk"};

char* put(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

char* put_digits(char* out, std::uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return out + digits;
}

char* put_number(char* out, std::uint64_t value) {
    int digits = 1;
    for (std::uint64_t rest = value / 10; rest != 0; rest /= 10) ++digits;
    return put_digits(out, value, digits);
}

char* put_uuid(char* out, std::uint64_t customer) {
    constexpr char hex[] = "0123456789abcdef";
    random_generator bits(0x5EED, customer);
    for (int part = 0; part < 2; ++part) {
        std::uint64_t word = bits();
        for (int i = 0; i < 16; ++i, word >>= 4) {
            *out++ = hex[word & 15];
            int const place = part * 16 + i;
            if (place == 7 || place == 11 || place == 15 || place == 19) *out++ = '-';
        }
    }
    return out;
}

class order_maker {
public:
    explicit order_maker(order_options const& options)
        : options_(options), random_(options.seed),
          customers_(options.customers != 0 ? options.customers : std::max<std::uint64_t>(1, options.lines / 10)) {
        for (std::int64_t day = 0; day <= seconds / 86'400; ++day) {
            civil_date const date{static_cast<std::int32_t>(first_second / 86'400 + day)};
            auto const parts = date.to_year_month_day();
            char* out = days_[static_cast<std::size_t>(day)].data();
            out = put(put_digits(out, static_cast<std::uint64_t>(parts.year), 4), "-");
            out = put(put_digits(out, parts.month, 2), "-");
            put_digits(out, parts.day, 2);
        }
    }

    char* line(char* out, std::uint64_t number) {
        // 64 bits are plenty for a line: three draws
        std::uint64_t const customer = random_below(random_, customers_) + 1;
        std::uint64_t const bits = random_();
        out = options_.strings ? put_uuid(out, customer) : put_number(out, customer);
        if (!options_.strings) sums_.customers += customer;
        *out++ = ',';
        out = time(out, number);
        *out++ = ',';
        // heavy-tailed like a basket's value: a product of two uniform factors, squared
        auto const a = 1 + (bits & 0x1FF);
        auto const b = 1 + (bits >> 9 & 0x7F);
        std::uint64_t const cents = a * b * b / 16 + 99;
        bool const no_amount = is_missing(bits >> 40);
        if (!no_amount) {
            out = put_number(out, cents / 100);
            *out++ = '.';
            out = put_digits(out, cents % 100, 2);
            sums_.cents += static_cast<std::int64_t>(cents);
        }
        *out++ = ',';
        std::string_view const category = categories[bits >> 16 & 31]; // of 40, the first 32 more often
        std::string_view const rare = categories[32 + (bits >> 21 & 7)];
        if (!is_missing(bits >> 48)) out = name(out, (bits >> 24 & 7) == 0 ? rare : category);
        *out++ = ',';
        if (!is_missing(bits >> 56)) out = put(out, channels[bits >> 32 & 7]);
        *out++ = '\n';
        ++sums_.lines;
        return out;
    }

    [[nodiscard]] order_sums const& sums() const { return sums_; }

private:
    // 13 of 256 are 5 %
    bool is_missing(std::uint64_t bits) {
        bool const missing = options_.strings && (bits & 0xFF) < 13;
        sums_.missing += missing ? 1 : 0;
        return missing;
    }

    char* name(char* out, std::string_view category) const {
        if (!options_.strings) return put(out, category);
        return put(put(put(out, "\""), category), ", other\"");
    }

    char* time(char* out, std::uint64_t number) {
        std::int64_t const offset =
            options_.shuffled
                ? static_cast<std::int64_t>(random_below(random_, static_cast<std::uint64_t>(seconds)))
                : static_cast<std::int64_t>(static_cast<double>(number) / static_cast<double>(options_.lines) *
                                            static_cast<double>(seconds));
        if (options_.strings && is_missing(random_())) return out;
        sums_.seconds += first_second + offset;
        auto const clock = static_cast<std::uint64_t>(offset % 86'400);
        out = put(out, {days_[static_cast<std::size_t>(offset / 86'400)].data(), 10});
        out = put_digits(put(out, "T"), clock / 3600, 2);
        out = put_digits(put(out, ":"), clock / 60 % 60, 2);
        return put_digits(put(out, ":"), clock % 60, 2);
    }

    order_options options_;
    random_generator random_;
    std::uint64_t customers_;
    std::array<std::array<char, 10>, 731> days_{};
    order_sums sums_;
};

} // namespace

order_sums make_orders(order_options const& options, std::function<void(std::string_view)> const& write) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    constexpr std::size_t longest_line = 256;
    std::string buffer(piece + longest_line, '\0');
    order_maker maker(options);
    write(orders_header);
    char* out = buffer.data();
    for (std::uint64_t i = 0; i < options.lines; ++i) {
        out = maker.line(out, i);
        if (static_cast<std::size_t>(out - buffer.data()) < piece) continue;
        write({buffer.data(), static_cast<std::size_t>(out - buffer.data())});
        out = buffer.data();
    }
    write({buffer.data(), static_cast<std::size_t>(out - buffer.data())});
    return maker.sums();
}

std::string orders_file(order_options const& options, std::string const& folder, order_sums& sums) {
    std::filesystem::create_directories(folder);
    std::string const path = folder + "/orders-" + std::to_string(options.lines) + "-" +
                             std::to_string(options.customers) + "-" + std::to_string(options.seed) +
                             (options.shuffled ? "-shuffled" : "") + (options.strings ? "-strings" : "") + ".csv";
    bool const present = std::filesystem::exists(path);
    std::ofstream out;
    if (!present) out.open(path + ".part", std::ios::binary);
    // The sums are wanted in any case, and making the lines takes less than reading them.
    sums = make_orders(options, [&](std::string_view text) {
        if (!present) out.write(text.data(), static_cast<std::streamsize>(text.size()));
    });
    if (present) return path;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path);
    std::filesystem::rename(path + ".part", path);
    return path;
}

} // namespace segmenta::bench

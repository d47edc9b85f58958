// SPDX-License-Identifier: Apache-2.0
// Writes the orders of workloads W1 and W4 to a file, or to the standard output.
#include "support/orders.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr char usage[] =
    "usage: make_orders [--lines N] [--customers N] [--seed N] [--shuffled] [--strings] [--out FILE]\n"
    "  --lines N      order lines (10000000)\n"
    "  --customers N  customers they are drawn from (a tenth of the lines)\n"
    "  --seed N       the same seed gives the same bytes on every machine (1)\n"
    "  --shuffled     times in random order instead of ascending\n"
    "  --strings      UUIDs as customer ids, quoted fields with commas, 5 % missing values\n"
    "  --out FILE     where to write; without it, the standard output\n";

bool read_number(char const* text, std::uint64_t& out) {
    if (text == nullptr) return false;
    auto const [end, error] = std::from_chars(text, text + std::strlen(text), out);
    return error == std::errc{} && *end == '\0';
}

} // namespace

int main(int argc, char** argv) {
    segmenta::bench::order_options options;
    char const* path = nullptr;
    for (int i = 1; i < argc; ++i) {
        std::string_view const option = argv[i];
        char const* const value = i + 1 < argc ? argv[i + 1] : nullptr;
        bool good = true;
        if (option == "--shuffled") {
            options.shuffled = true;
            continue;
        }
        if (option == "--strings") {
            options.strings = true;
            continue;
        }
        if (option == "--lines")
            good = read_number(value, options.lines);
        else if (option == "--customers")
            good = read_number(value, options.customers);
        else if (option == "--seed")
            good = read_number(value, options.seed);
        else if (option == "--out")
            good = (path = value) != nullptr;
        else
            good = false;
        if (!good) {
            std::cerr << "make_orders: " << option << " is not understood\n" << usage;
            return 2;
        }
        ++i;
    }
    std::FILE* const out = path == nullptr ? stdout : std::fopen(path, "wb");
    if (out == nullptr) {
        std::perror(path);
        return 1;
    }
    bool written = true;
    segmenta::bench::make_orders(options, [&](std::string_view text) {
        written = written && std::fwrite(text.data(), 1, text.size(), out) == text.size();
    });
    written = std::fclose(out) == 0 && written;
    if (!written) {
        std::perror(path == nullptr ? "standard output" : path);
        return 1;
    }
    return 0;
}

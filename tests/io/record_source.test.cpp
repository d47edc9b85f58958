// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/record_source.hpp>

#include <segmenta/error.hpp>

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <zlib.h>

using namespace segmenta;

namespace {

// gzip, one member
std::string compressed(std::string const& text) {
    z_stream state{};
    REQUIRE(deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&state, text.size()) + 64, '\0');
    std::string in = text;
    state.next_in = reinterpret_cast<Bytef*>(in.data());
    state.avail_in = static_cast<uInt>(in.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

std::string lines_of(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

// All chunks in order, checking their places.
std::string read_all(record_source& source) {
    std::string all;
    text_chunk chunk;
    std::uint64_t sequence = 0;
    while (source.next(chunk)) {
        CHECK(chunk.sequence() == sequence++);
        CHECK(chunk.offset() == all.size());
        CHECK(chunk.first_line() == 1 + static_cast<std::uint64_t>(std::count(all.begin(), all.end(), '\n')));
        all += chunk.text();
    }
    return all;
}

std::string error_of(std::string bytes, record_rules const& rules = {}) {
    try {
        auto source = record_source::of_text(std::move(bytes), rules, "f");
        read_all(source);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("source: gzip, also several members, and broken ones", "[io][source]") {
    std::string const text = lines_of(20'000);
    std::string const packed = compressed(text);
    record_rules rules;
    rules.chunk_bytes = 5000;
    auto one = record_source::of_text(packed, rules);
    CHECK(read_all(one) == text);
    auto two = record_source::of_text(packed + compressed(text), rules);
    CHECK(read_all(two) == text + text);
    auto padded = record_source::of_text(packed + std::string(1000, '\0'), rules);
    CHECK(read_all(padded) == text);
    auto empty = record_source::of_text(compressed(""), rules);
    CHECK(read_all(empty).empty());

    CHECK(error_of(packed.substr(0, packed.size() / 2)) == "io.gzip");
    CHECK(error_of(packed.substr(0, 5)) == "io.gzip");
    CHECK(error_of(packed + "garbage") == "io.gzip");
    std::string damaged = packed;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    CHECK(error_of(damaged) == "io.gzip");
    std::string wrong_sum = packed;
    wrong_sum[wrong_sum.size() - 6] = static_cast<char>(wrong_sum[wrong_sum.size() - 6] ^ 1);
    CHECK(error_of(wrong_sum) == "io.gzip");
}

TEST_CASE("source: a file that is missing is told the file that is named nearly so", "[io][source]") {
    test::scratch_directory const scratch;
    auto const packed = scratch.write("orders.csv.gz", compressed("a\n"));
    auto const remedy_for = [&](std::filesystem::path const& path) {
        try {
            record_source source(path, {});
        } catch (issue_error const& e) {
            CHECK(e.issues()[0].code == "file.not_found");
            CHECK(e.issues()[0].place == path.string());
            return e.issues()[0].remedy;
        }
        return std::string("none");
    };
    CHECK(remedy_for(scratch.path_ / "orders.csv") == "Did you mean " + packed.string() + "?");
    CHECK(remedy_for(scratch.path_ / "people.csv") == "Check the path");
    CHECK(remedy_for(packed / "orders.csv") == "There is no folder " + packed.string() + "; check the path");
    CHECK(remedy_for(packed) == "none");
}

TEST_CASE("source: an error is thrown to every caller from then on", "[io][source]") {
    auto source = record_source::of_text("a\n\"b\n", {}, "f");
    text_chunk chunk;
    CHECK(source.next(chunk));
    for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(source.next(chunk), issue_error);
}

TEST_CASE("source: the first record can be looked at or taken", "[io][source]") {
    for (std::size_t const chunk_bytes : {1, 7, 100'000}) {
        record_rules rules;
        rules.chunk_bytes = chunk_bytes;
        auto source = record_source::of_text("\n\"a\nb\",c\r\nd,e", rules);
        CHECK(source.peek_record() == "\"a\nb\",c");
        CHECK(source.take_record() == "\"a\nb\",c");
        CHECK(source.peek_record() == "d,e");
        text_chunk chunk;
        REQUIRE(source.next(chunk));
        CHECK(chunk.text() == "d,e\n");
        CHECK(chunk.first_line() == 4);
        CHECK(chunk.offset() == 10);
        CHECK_FALSE(source.next(chunk));
        CHECK_FALSE(source.next(chunk));
    }
    auto nothing = record_source::of_text("", {});
    CHECK(nothing.take_record().empty());
}

TEST_CASE("source: several threads get all of it once", "[io][source]") {
    std::string const text = lines_of(50'000);
    record_rules rules;
    rules.chunk_bytes = 1000;
    auto source = record_source::of_text(text, rules);
    std::vector<std::string> pieces(text.size() / 900 + 100);
    auto const work = [&] {
        text_chunk chunk;
        while (source.next(chunk)) pieces[chunk.sequence()] = chunk.text();
    };
    {
        std::jthread const a(work);
        std::jthread const b(work);
        std::jthread const c(work);
    }
    std::string all;
    for (auto const& piece : pieces) all += piece;
    CHECK(all == text);
}

TEST_CASE("source: a gigabyte without line end is refused without a gigabyte of memory", "[io][source]") {
    auto const path = std::filesystem::temp_directory_path() / ("segmenta-long-line-" + std::to_string(::getpid()));
    {
        std::ofstream out(path, std::ios::binary);
        out << "id,name\n1,";
    }
    std::filesystem::resize_file(path, std::uintmax_t{1} << 30); // a hole: takes no disk
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    std::string code;
    try {
        record_source source(path, {});
        text_chunk chunk;
        while (source.next(chunk)) {}
    } catch (issue_error const& e) {
        code = e.issues()[0].code + " " + e.issues()[0].place.substr(e.issues()[0].place.rfind(':'));
    }
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    std::filesystem::remove(path);
    CHECK(code == "csv.record_too_long :2");
#if !defined(__SANITIZE_THREAD__) // which keeps several bytes for each byte that is touched
    CHECK(after.ru_maxrss - before.ru_maxrss < 200L * 1024); // kilobytes
#endif
}

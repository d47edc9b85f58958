// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNELS_HPP
#define SEGMENTA_SRC_IO_CSV_KERNELS_HPP

// The inner loops of the CSV reader, one set per instruction set. A kernel may decline a field (its ok bit stays 0),
// never read it differently: declined fields go to field_convert.hpp, which alone decides what is missing and what is
// wrong. All offsets are 32-bit positions in a chunk's text, which has text_chunk::padding readable bytes on both
// sides.
//
// Only plain C types here: kernel files are compiled for machines that not every user has, so they must not emit inline
// functions of shared headers.

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Where a scan stands between two calls. A fresh one is at the start of a record.
struct scan_state {
    std::uint64_t inside = 0;         // all ones: between quotes
    std::uint64_t field_start = 1;    // 1: the previous byte separates fields or records
    std::uint64_t after_close = 0;    // 1: the previous byte is a closing quote
    std::uint64_t after_close_cr = 0; // 1: the previous bytes are a closing quote and CR
};

struct scan_result {
    std::uint32_t* end = nullptr; // past the last position written
    std::uint32_t newlines = 0;   // line feeds outside quotes
    bool quotes = false;          // some byte is a quote or between quotes
    bool doubled = false;         // some quote inside quotes is doubled
    bool stray = false;           // a quote stands where it is not special: the positions are worthless
};

// Fields of one column in `rows` rows: with b = bounds + r * stride, field r is text[b[0] + start_bias, b[1] -
// end_bias), and empty when that is not a proper range. A field that begins with `quote` ends with it, and its text is
// what stands between: kernels decline it ('\0': no field does; otherwise a character that no number or time has).
struct field_list {
    char const* text = nullptr;
    std::uint32_t const* bounds = nullptr;
    std::size_t stride = 2;
    std::uint32_t start_bias = 0;
    std::uint32_t end_bias = 0;
    char quote = '\0';
    std::size_t rows = 0;
};

// A hash table of short strings that a column has seen: open addressing, at most 1/8 full, compared in 16 bytes.
struct short_string_slot {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint32_t size = 0; // 0: free
    std::uint32_t code = 0;
};
struct short_strings {
    short_string_slot const* slots = nullptr;
    std::uint32_t mask = 0; // number of slots - 1
    std::uint64_t seed = 0; // of short_string_home
};
inline constexpr std::uint32_t longest_short_string = 16;

// Which slot a short string prefers. `low` and `high` hold its bytes, little-endian, filled up with zeros. Only
// products of 32 bits, which vector instructions have.
constexpr std::uint32_t short_string_home(std::uint64_t low, std::uint64_t high, std::uint64_t seed,
                                          std::uint32_t mask) noexcept {
    std::uint64_t const mixed = low ^ (high << 29 | high >> 35);
    std::uint64_t const sum = (mixed & 0xFFFF'FFFF) * (seed & 0xFFFF'FFFF) + (mixed >> 32) * (seed >> 32);
    return static_cast<std::uint32_t>(sum >> 32) & mask;
}

struct csv_kernels {
    // Writes the positions of all separators outside quotes in text[begin, end), in order. `out` has room for
    // end - begin + 64 positions. Unless the scan ends the text, end - begin is a multiple of 64.
    scan_result (*scan)(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                        scan_state& state, std::uint32_t* out);
    // As scan, for text whose quotes stand only where they may, as survey_quoted has found: never stray.
    scan_result (*scan_clean)(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                              scan_state& state, std::uint32_t* out);
    // As scan, for text without quotes.
    scan_result (*scan_plain)(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter,
                              std::uint32_t* out);
    // Line feeds, and whether some byte is `quote` (when quoting) or not ASCII: one pass over fresh text.
    struct survey_result {
        std::size_t newlines = 0;
        bool quotes = false;
        bool ascii = true;
    };
    survey_result (*survey)(char const* text, std::size_t size, char quote);
    // The same of text that begins with a record, and how its quotes stand.
    struct quoted_survey {
        survey_result all;
        bool newlines_inside = false; // some line feed is between quotes
        bool ends_inside = false;     // the text ends between quotes
        bool stray = false;           // as in scan_result: then the two above are worthless
    };
    quoted_survey (*survey_quoted)(char const* text, std::size_t size, char delimiter, char quote);

    // ok: one bit per row, bitmap_words(rows) words, all written. Values of rows with ok 0 are unspecified.
    void (*int64)(field_list const& fields, std::int64_t* out, std::uint64_t* ok);
    void (*decimal)(field_list const& fields, unsigned scale, std::int64_t* out, std::uint64_t* ok);
    void (*float64)(field_list const& fields, double* out, std::uint64_t* ok);
    // YYYY-MM-DD, `separator`, HH:MM:SS of a clock `offset` microseconds ahead of UTC.
    void (*instant)(field_list const& fields, char separator, std::int64_t offset, std::int64_t* out,
                    std::uint64_t* ok);
    // YYYY-MM-DD
    void (*date)(field_list const& fields, std::int32_t* out, std::uint64_t* ok);
    void (*category)(field_list const& fields, short_strings const& known, std::uint32_t* out, std::uint64_t* ok);
};

// The kernels of a level, or of the best lower one that this build and machine have.
csv_kernels const& csv_kernels_of(cpu_level level) noexcept;

extern csv_kernels const csv_kernels_baseline;
#if defined(__x86_64__)
extern csv_kernels const csv_kernels_avx2;
extern csv_kernels const csv_kernels_avx512; // needs VBMI2 beside cpu_level::avx512
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#include "rule/block_logic.hpp"

#include <cstring>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::size_t word_count(std::size_t rows) noexcept { return (rows + 63) / 64; }

// Lowest bits of up to 64 bytes. The product moves bit 0 of byte k to bit 56 + k.
std::uint64_t pack_bytes(std::uint8_t const* bytes, std::size_t count) noexcept {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < count; k += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes + k, std::min<std::size_t>(8, count - k));
        bits |= ((eight & 0x0101'0101'0101'0101U) * 0x0102'0408'1020'4080U >> 56) << k;
    }
    return bits;
}

void unpack_bits(std::uint64_t bits, std::uint8_t* bytes, std::size_t count) noexcept {
    for (std::size_t k = 0; k < count; ++k)
        bytes[k] = static_cast<std::uint8_t>(bits >> k & 1U);
}

std::size_t rows_of_word(std::size_t rows, std::size_t w) noexcept { return std::min<std::size_t>(64, rows - w * 64); }

bool is_plain(block_value const& v) noexcept {
    return !v.failed && v.unknown == nullptr && v.error == nullptr;
}

std::uint64_t unknown_word(block_value const& v, std::size_t w) noexcept {
    return v.failed || v.unknown == nullptr ? 0 : v.unknown[w];
}
std::uint64_t error_word(block_value const& v, std::size_t rows, std::size_t w) noexcept {
    if (v.failed) return word_rows(rows, w);
    return v.error == nullptr ? 0 : v.error[w];
}

// Words written one after the other into a register's masks, which stay null while they are zero.
class mask_writer {
public:
    mask_writer(block_register& out, std::size_t rows)
        : out_(out), words_(word_count(rows)), unknown_(out.unknown.room_for<std::uint64_t>(words_)),
          error_(out.error.room_for<std::uint64_t>(words_)) {}
    void write(std::size_t w, std::uint64_t unknown, std::uint64_t error) noexcept {
        any_unknown_ |= unknown_[w] = unknown;
        any_error_ |= error_[w] = error;
    }
    void finish() noexcept {
        out_.value.unknown = any_unknown_ != 0 ? unknown_ : nullptr;
        out_.value.error = any_error_ != 0 ? error_ : nullptr;
    }

private:
    block_register& out_;
    std::size_t words_;
    std::uint64_t* unknown_;
    std::uint64_t* error_;
    std::uint64_t any_unknown_ = 0;
    std::uint64_t any_error_ = 0;
};

template <class T>
void select_elements(block_value const& condition, block_value const& then, block_value const& otherwise,
                     std::size_t rows, void* to) noexcept {
    auto const* const c = static_cast<std::uint8_t const*>(condition.data);
    auto const* const a = static_cast<T const*>(then.data);
    auto const* const b = static_cast<T const*>(otherwise.data);
    std::size_t const a_step = then.constant ? 0 : 1;
    std::size_t const b_step = otherwise.constant ? 0 : 1;
    auto* const __restrict out = static_cast<T*>(to);
    for (std::size_t i = 0; i < rows; ++i)
        out[i] = c[i] != 0 ? a[i * a_step] : b[i * b_step];
}

template <class T>
void choose_by_mask(std::uint64_t const* second, block_value const& a, block_value const& b, std::size_t rows,
                    void* to) noexcept {
    auto const* const first = static_cast<T const*>(a.data);
    auto const* const other = static_cast<T const*>(b.data);
    std::size_t const first_step = a.constant ? 0 : 1;
    std::size_t const other_step = b.constant ? 0 : 1;
    auto* const __restrict out = static_cast<T*>(to);
    for (std::size_t i = 0; i < rows; ++i)
        out[i] = (second[i / 64] >> (i % 64) & 1U) != 0 ? other[i * other_step] : first[i * first_step];
}

template <class T>
void gather_elements(void const* from, std::size_t from_rows, std::span<std::uint32_t const> codes, void* to) noexcept {
    auto const* const table = static_cast<T const*>(from);
    auto* const __restrict out = static_cast<T*>(to);
    // Missing rows may hold any code.
    for (std::size_t i = 0; i < codes.size(); ++i)
        out[i] = table[codes[i] < from_rows ? codes[i] : 0];
}

// `visit` is called with a value of the element type of the lane.
template <class Visit>
void with_element(lane where, Visit&& visit) {
    switch (where) {
    case lane::boolean: return visit(std::uint8_t{});
    case lane::text: return visit(std::string_view{});
    default: return visit(std::uint64_t{}); // bits are copied, whatever they mean
    }
}

constexpr std::string_view empty_text{};
constexpr std::uint64_t zero_bits = 0;

block_value zero_of(lane where) noexcept {
    block_value out;
    out.constant = true;
    if (where == lane::text) out.data = &empty_text;
    else out.data = &zero_bits;
    return out;
}

} // namespace

std::size_t lane_size(lane where) noexcept {
    if (where == lane::boolean) return 1;
    return where == lane::text ? sizeof(std::string_view) : 8;
}

logic_word read_logic(block_value const& from, std::size_t rows, std::size_t w) noexcept {
    if (from.failed) return {};
    std::uint64_t const all = word_rows(rows, w);
    std::uint64_t const unknown = unknown_word(from, w);
    std::uint64_t const known = all & ~unknown & ~error_word(from, rows, w);
    auto const* const bytes = static_cast<std::uint8_t const*>(from.data);
    std::uint64_t const bits = from.constant ? (bytes[0] != 0 ? all : 0)
                                             : pack_bytes(bytes + w * 64, rows_of_word(rows, w));
    return {bits & known, ~bits & known, unknown};
}

namespace {

bool any_answer(block_value const& condition, std::size_t rows, bool wanted) noexcept {
    if (condition.failed) return false;
    if (is_plain(condition) && !condition.constant) {
        return std::memchr(condition.data, wanted ? 1 : 0, rows) != nullptr;
    }
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        logic_word const word = read_logic(condition, rows, w);
        if ((wanted ? word.yes : word.no) != 0) return true;
    }
    return false;
}

} // namespace

bool any_true(block_value const& condition, std::size_t rows) noexcept { return any_answer(condition, rows, true); }
bool any_false(block_value const& condition, std::size_t rows) noexcept { return any_answer(condition, rows, false); }
bool all_true(block_value const& condition, std::size_t rows) noexcept {
    return is_plain(condition) && !any_answer(condition, rows, false);
}
bool all_false(block_value const& condition, std::size_t rows) noexcept {
    return is_plain(condition) && !any_answer(condition, rows, true);
}

void strict_masks(std::span<block_value const> arguments, std::size_t rows, block_register& out) {
    out.value = block_value{};
    bool const plain = std::all_of(arguments.begin(), arguments.end(), is_plain);
    if (plain) return;
    mask_writer masks(out, rows);
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        std::uint64_t unknown = 0;
        std::uint64_t error = 0;
        for (auto const& argument : arguments) {
            unknown |= unknown_word(argument, w);
            error |= error_word(argument, rows, w);
        }
        masks.write(w, unknown, error & ~unknown);
    }
    masks.finish();
}

void add_failures(std::uint64_t const* fail, std::size_t rows, block_register& out) {
    std::size_t const words = word_count(rows);
    std::uint64_t* const error = out.error.room_for<std::uint64_t>(words); // keeps what is there: the size is the same
    bool const had = out.value.error != nullptr;
    std::uint64_t any = 0;
    for (std::size_t w = 0; w < words; ++w) {
        std::uint64_t const fresh = fail[w] & ~unknown_word(out.value, w);
        error[w] = (had ? error[w] : 0) | fresh;
        any |= error[w];
    }
    out.value.error = any != 0 ? error : nullptr;
}

void join_conditions(bool all, block_value const& a, block_value const& b, std::size_t rows, block_register& out) {
    auto* const to = out.data.room_for<std::uint8_t>(rows);
    out.value = block_value{};
    out.value.data = to;
    if (is_plain(a) && is_plain(b) && !a.constant && !b.constant) {
        auto const* const __restrict x = static_cast<std::uint8_t const*>(a.data);
        auto const* const __restrict y = static_cast<std::uint8_t const*>(b.data);
        std::uint8_t* const __restrict z = to;
        std::size_t i = 0;
        for (; i + 8 <= rows; i += 8) { // eight rows per step: bytes are 0 or 1
            std::uint64_t p = 0;
            std::uint64_t q = 0;
            std::memcpy(&p, x + i, 8);
            std::memcpy(&q, y + i, 8);
            std::uint64_t const r = all ? p & q : p | q;
            std::memcpy(z + i, &r, 8);
        }
        for (; i < rows; ++i)
            z[i] = static_cast<std::uint8_t>(all ? x[i] & y[i] : x[i] | y[i]);
        return;
    }
    mask_writer masks(out, rows);
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        logic_word const x = read_logic(a, rows, w);
        logic_word const y = read_logic(b, rows, w);
        std::uint64_t const yes = all ? x.yes & y.yes : x.yes | y.yes;
        std::uint64_t const no = all ? x.no | y.no : x.no & y.no;
        std::uint64_t const unknown = (x.unknown | y.unknown) & ~yes & ~no;
        unpack_bits(yes, to + w * 64, rows_of_word(rows, w));
        masks.write(w, unknown, word_rows(rows, w) & ~yes & ~no & ~unknown);
    }
    masks.finish();
}

void select_rows(block_value const& condition, block_value const& then, block_value const& otherwise, lane where,
                 std::size_t rows, block_register& out) {
    // A side that no row takes may never have been computed.
    bool const use_then = any_true(condition, rows);
    bool const use_else = any_false(condition, rows);
    block_value const zero = zero_of(where);
    block_value const a = use_then ? then : zero;
    block_value const b = use_else ? otherwise : zero;
    block_value const a_data = a.failed ? zero : a;
    block_value const b_data = b.failed ? zero : b;
    out.value = block_value{};
    void* const to = out.data.room(rows * lane_size(where));
    out.value.data = to;
    if (condition.failed) {
        std::memset(to, 0, rows * lane_size(where));
    } else if (condition.constant) {
        std::memset(to, 0, rows * lane_size(where)); // known constants are folded before
    } else {
        with_element(where, [&](auto sample) {
            select_elements<decltype(sample)>(condition, a_data, b_data, rows, to);
        });
    }
    if (is_plain(condition) && is_plain(a) && is_plain(b)) return;
    mask_writer masks(out, rows);
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        logic_word const c = read_logic(condition, rows, w);
        std::uint64_t const unknown = c.unknown | (c.yes & unknown_word(a, w)) | (c.no & unknown_word(b, w));
        std::uint64_t const error = error_word(condition, rows, w) | (c.yes & error_word(a, rows, w)) |
                                    (c.no & error_word(b, rows, w));
        masks.write(w, unknown, error);
    }
    masks.finish();
}

void replace_unknown(block_value const& value, block_value const& otherwise, lane where, std::size_t rows,
                     block_register& out) {
    block_value const b = otherwise.failed ? zero_of(where) : otherwise;
    block_value const a = value.failed ? zero_of(where) : value;
    out.value = block_value{};
    void* const to = out.data.room(rows * lane_size(where));
    out.value.data = to;
    std::uint64_t* const none = out.unknown.room_for<std::uint64_t>(word_count(rows));
    if (value.unknown == nullptr || value.failed) std::fill(none, none + word_count(rows), 0);
    std::uint64_t const* const second = value.unknown != nullptr && !value.failed ? value.unknown : none;
    with_element(where, [&](auto sample) { choose_by_mask<decltype(sample)>(second, a, b, rows, to); });
    mask_writer masks(out, rows);
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        std::uint64_t const taken = second[w];
        masks.write(w, taken & unknown_word(otherwise, w),
                    error_word(value, rows, w) | (taken & error_word(otherwise, rows, w)));
    }
    masks.finish();
}

void present_rows(block_value const& value, std::size_t rows, block_register& out) {
    auto* const to = out.data.room_for<std::uint8_t>(rows);
    out.value = block_value{};
    out.value.data = to;
    for (std::size_t w = 0; w * 64 < rows; ++w)
        unpack_bits(~unknown_word(value, w), to + w * 64, rows_of_word(rows, w));
    if (!value.failed) return;
    mask_writer masks(out, rows);
    for (std::size_t w = 0; w * 64 < rows; ++w)
        masks.write(w, 0, word_rows(rows, w));
    masks.finish();
}

void gather_rows(block_value const& from, std::size_t from_rows, std::span<std::uint32_t const> codes,
                 std::uint64_t const* unknown, lane where, block_register& out) {
    std::size_t const rows = codes.size();
    out.value = block_value{};
    void* const to = out.data.room(rows * lane_size(where));
    out.value.data = to;
    with_element(where,
                 [&](auto sample) { gather_elements<decltype(sample)>(from.data, from_rows, codes, to); });
    if (unknown == nullptr && is_plain(from)) return;
    mask_writer masks(out, rows);
    auto const bit = [&](std::uint64_t const* mask, std::uint32_t code) -> std::uint64_t {
        return mask != nullptr && code < from_rows ? mask[code / 64] >> (code % 64) & 1U : 0U;
    };
    for (std::size_t w = 0; w * 64 < rows; ++w) {
        std::uint64_t missing = unknown != nullptr ? unknown[w] : 0;
        std::uint64_t failed = 0;
        for (std::size_t k = 0; !is_plain(from) && k < rows_of_word(rows, w); ++k) {
            missing |= bit(from.unknown, codes[w * 64 + k]) << k;
            failed |= bit(from.error, codes[w * 64 + k]) << k;
        }
        masks.write(w, missing, failed & ~missing);
    }
    masks.finish();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

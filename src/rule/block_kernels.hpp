// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_BLOCK_KERNELS_HPP
#define SEGMENTA_RULE_BLOCK_KERNELS_HPP

// The operations in loops over columns, 64 rows at a time: a fixed count the compiler can turn into vector code, and
// one word of every mask.

#include "rule/operation_traits.hpp"
#include "rule/scratch.hpp"

#include <segmenta/record/column.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct block_call {
    operation_context context;
    std::size_t rows = 0;
    std::array<block_value, 4> arguments{};
    void* out = nullptr;
    std::uint64_t* fail = nullptr;       // every word is written when the kernel returns true
    std::uint64_t const* skip = nullptr; // rows whose arguments are not known; only careful kernels look
};

// Whether a row failed.
using block_kernel = bool (*)(block_call const&);

block_kernel numeric_kernel(opcode code, bool first_is_constant, bool second_is_constant) noexcept;
block_kernel careful_kernel(opcode code) noexcept;
constexpr bool is_careful(opcode code) noexcept { return code >= opcode::instant_to_date; }

// Ones for the rows of word `w`.
constexpr std::uint64_t word_rows(std::size_t rows, std::size_t w) noexcept {
    std::size_t const left = rows - w * 64;
    return left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
}

// Booleans are bytes in columns.
template <class T>
using stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

template <class T>
T element(stored<T> from) noexcept {
    if constexpr (std::is_same_v<T, bool>) return from != 0;
    else return from;
}

// One argument of a vector kernel.
template <class T, bool Constant>
struct vector_argument {
    stored<T> const* __restrict data;
    T only;
    explicit vector_argument(block_value const& from) noexcept
        : data(static_cast<stored<T> const*>(from.data)), only(Constant ? element<T>(*data) : T{}) {}
    T operator[](std::size_t i) const noexcept { return Constant ? only : element<T>(data[i]); }
};

// Rows [first, first + count) and, for operations that can fail, whether one did.
template <class Op, class Out, class... Argument>
inline bool run_vector(operation_context const& context, Out* __restrict out, std::size_t first, std::size_t count,
                       Argument const&... arguments) {
    bool failed = false;
    for (std::size_t i = first; i < first + count; ++i) {
        typename traits<Op>::result made{};
        failed |= !call_operation<Op>(context, made, arguments[i]...);
        out[i] = static_cast<Out>(made);
    }
    return failed;
}

// Rare: which rows of a word failed.
template <class Op, class... Argument>
std::uint64_t failed_rows(operation_context const& context, std::size_t first, std::size_t count,
                          Argument const&... arguments) {
    std::uint64_t rows = 0;
    for (std::size_t i = 0; i < count; ++i) {
        typename traits<Op>::result made{};
        if (!call_operation<Op>(context, made, arguments[first + i]...)) rows |= std::uint64_t{1} << i;
    }
    return rows;
}

template <class Op, class... Argument>
bool vector_kernel(block_call const& call, Argument const&... arguments) {
    using out_type = stored<typename traits<Op>::result>;
    operation_context const context = call.context;
    auto* const out = static_cast<out_type*>(call.out);
    std::size_t const words = (call.rows + 63) / 64;
    std::size_t const whole = call.rows / 64;
    bool any = false;
    for (std::size_t w = 0; w < words; ++w) {
        bool failed = false;
        std::size_t const count = w < whole ? 64 : call.rows % 64;
        if (w < whole) failed = run_vector<Op>(context, out, w * 64, 64, arguments...);
        else failed = run_vector<Op>(context, out, w * 64, count, arguments...);
        if constexpr (traits<Op>::can_fail) {
            if (failed && !any) std::fill(call.fail, call.fail + words, 0);
            if (failed) call.fail[w] = failed_rows<Op>(context, w * 64, count, arguments...);
            any |= failed;
        }
    }
    return any;
}

template <class Op, bool FirstConstant, bool SecondConstant>
bool numeric_kernel_of(block_call const& call) {
    using t = traits<Op>;
    vector_argument<typename t::template argument<0>, FirstConstant> const a(call.arguments[0]);
    if constexpr (t::count == 1) {
        return vector_kernel<Op>(call, a);
    } else {
        vector_argument<typename t::template argument<1>, SecondConstant> const b(call.arguments[1]);
        return vector_kernel<Op>(call, a, b);
    }
}

// One argument of a careful kernel.
template <class T>
class row_argument {
public:
    explicit row_argument(block_value const& from) noexcept
        : data_(static_cast<stored<T> const*>(from.data)), step_(from.constant ? 0 : 1) {}
    T operator[](std::size_t i) noexcept { return element<T>(data_[i * step_]); }

private:
    stored<T> const* data_;
    std::size_t step_;
};

template <>
class row_argument<set_pointer> {
public:
    explicit row_argument(block_value const& from) noexcept : column_(static_cast<column_view const*>(from.data)) {}
    set_pointer operator[](std::size_t i) noexcept {
        set_ = text_set(column_->codes(i), *column_->pool);
        return &set_;
    }

private:
    column_view const* column_;
    text_set set_;
};

template <class Op, class... Argument>
bool careful_rows(block_call const& call, Argument... arguments) {
    using result = typename traits<Op>::result;
    auto* const out = static_cast<stored<result>*>(call.out);
    operation_context const context = call.context;
    bool any = false;
    for (std::size_t w = 0; w * 64 < call.rows; ++w) {
        std::uint64_t failed = 0;
        std::uint64_t const skipped = call.skip != nullptr ? call.skip[w] : 0;
        std::size_t const end = std::min(call.rows, w * 64 + 64);
        for (std::size_t i = w * 64; i < end; ++i) {
            result made{};
            if ((skipped >> (i % 64) & 1U) == 0 && !call_operation<Op>(context, made, arguments[i]...)) {
                failed |= std::uint64_t{1} << (i % 64);
            }
            out[i] = static_cast<stored<result>>(made);
        }
        if constexpr (traits<Op>::can_fail) {
            call.fail[w] = failed;
            any |= failed != 0;
        }
    }
    return any;
}

template <class Op, std::size_t... I>
bool careful_kernel_of(block_call const& call, std::index_sequence<I...>) {
    return careful_rows<Op>(call, row_argument<typename traits<Op>::template argument<I>>(call.arguments[I])...);
}

template <class Op>
bool careful_kernel_of(block_call const& call) {
    return careful_kernel_of<Op>(call, std::make_index_sequence<traits<Op>::count>());
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

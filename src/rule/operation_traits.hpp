// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_OPERATION_TRAITS_HPP
#define SEGMENTA_RULE_OPERATION_TRAITS_HPP

// Reads off the `run` of an operation what it takes, what it gives and whether it can fail.

#include "rule/operations.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

template <class T>
constexpr lane lane_of_type() noexcept {
    if constexpr (std::is_same_v<T, bool>) return lane::boolean;
    else if constexpr (std::is_same_v<T, std::int64_t>) return lane::integer;
    else if constexpr (std::is_same_v<T, std::uint64_t>) return lane::natural;
    else if constexpr (std::is_same_v<T, double>) return lane::real;
    else if constexpr (std::is_same_v<T, std::string_view>) return lane::text;
    else return lane::set;
}

template <class T>
T get(slot const& from) noexcept {
    if constexpr (std::is_same_v<T, bool>) return from.integer != 0;
    else if constexpr (std::is_same_v<T, std::int64_t>) return from.integer;
    else if constexpr (std::is_same_v<T, std::uint64_t>) return from.natural;
    else if constexpr (std::is_same_v<T, double>) return from.real;
    else if constexpr (std::is_same_v<T, std::string_view>) return from.text;
    else return from.set;
}

template <class T>
void put(slot& to, T v) noexcept {
    if constexpr (std::is_same_v<T, bool>) to.integer = v ? 1 : 0;
    else if constexpr (std::is_same_v<T, std::int64_t>) to.integer = v;
    else if constexpr (std::is_same_v<T, std::uint64_t>) to.natural = v;
    else if constexpr (std::is_same_v<T, double>) to.real = v;
    else to.text = v;
}

template <class R, class... A>
struct signature {
    using parameters = std::tuple<A...>;
    using last = std::tuple_element_t<sizeof...(A) - 1, parameters>;
    static constexpr bool can_fail = std::is_lvalue_reference_v<last>;
    static constexpr std::size_t count = sizeof...(A) - (can_fail ? 1 : 0);
    using result = std::conditional_t<can_fail, std::remove_reference_t<last>, R>;
    template <std::size_t I>
    using argument = std::tuple_element_t<I, parameters>;
};

template <class R, class... A>
signature<R, A...> signature_of(R (*)(operation_context const&, A...) noexcept);
template <class R, class... A>
signature<R, A...> signature_of(R (*)(operation_context const&, A...));

template <class Op>
using traits = decltype(signature_of(&Op::run));

// One call: whether there is an answer, which is then in `out`.
template <class Op, class... A>
inline bool call_operation(operation_context const& context, typename traits<Op>::result& out, A... arguments) {
    if constexpr (traits<Op>::can_fail) {
        return Op::run(context, arguments..., out);
    } else {
        out = Op::run(context, arguments...);
        return true;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

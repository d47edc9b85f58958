// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_STRATEGY_HPP
#define SEGMENTA_STRATEGY_STRATEGY_HPP

/// \file
/// The concept `strategy` (any type with four members), `any_strategy` (a value that holds one) and `make_strategy`
/// (from a lambda).
///
///     struct big_spender {
///         static constexpr std::string_view id = "big_spender";
///         std::span<const std::string_view> reads() const;             // names of columns
///         std::span<const segmenta::segment_info> segments() const;    // ids, order, exclusive or multi
///         void assign(const segmenta::block& rows, std::span<segmenta::assignment> out) const;  // thread-safe
///     };
///     static_assert(segmenta::strategy<big_spender>);
///
/// `rows.columns[i]` is the column named `reads()[i]`; `out` has `rows.size` elements, each freshly default-made. One
/// customer is a block of one row. `assign` must be a function of its rows alone: no clock, no state, any thread.

#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

namespace detail {

template <class T>
concept has_strategy_id = requires(T const& s) {
    { s.id } -> std::convertible_to<std::string_view>;
} || requires(T const& s) {
    { s.id() } -> std::convertible_to<std::string_view>;
};
template <class T>
concept has_strategy_reads = requires(T const& s) {
    { s.reads() } -> std::convertible_to<std::span<std::string_view const>>;
};
template <class T>
concept has_strategy_segments = requires(T const& s) {
    { s.segments() } -> std::convertible_to<std::span<segment_info const>>;
};
template <class T>
concept has_strategy_assign =
    requires(T const& s, block const& rows, std::span<assignment> out) { s.assign(rows, out); };

template <class T>
std::string_view strategy_id(T const& s) {
    if constexpr (requires {
                      { s.id } -> std::convertible_to<std::string_view>;
                  })
        return s.id;
    else
        return s.id();
}

} // namespace detail

/// A type that segments rows: `id`, `reads()`, `segments()`, `assign(block, span<assignment>)`, all usable on a const
/// object. See the head of this file.
template <class T>
concept strategy = detail::has_strategy_id<T> && detail::has_strategy_reads<T> && detail::has_strategy_segments<T> &&
                   detail::has_strategy_assign<T>;

/// A strategy that needs everybody at once: it also has
/// `void assign_everyone(block const& rows, std::span<std::uint32_t const> id_order, std::span<assignment> out) const`,
/// where `id_order` lists the rows by ascending customer id (empty: they are in that order).
/// Its `assign` answers `unknown`.
template <class T>
concept population_strategy =
    strategy<T> && requires(T const& s, block const& rows, std::span<std::uint32_t const> order,
                            std::span<assignment> out) { s.assign_everyone(rows, order, out); };

/// Says in words what a type lacks to be a strategy; true when it lacks nothing.
template <class T>
constexpr bool explain_strategy() {
    static_assert(detail::has_strategy_id<T>,
                  "not a segmenta::strategy: no member `id` (or const `id()`) that converts to std::string_view; "
                  "see docs/strategies.md, \"Your own strategy\"");
    static_assert(detail::has_strategy_reads<T>,
                  "not a segmenta::strategy: no const member function `reads()` that returns "
                  "std::span<std::string_view const>, the names of the columns it reads; "
                  "see docs/strategies.md, \"Your own strategy\"");
    static_assert(detail::has_strategy_segments<T>,
                  "not a segmenta::strategy: no const member function `segments()` that returns "
                  "std::span<segmenta::segment_info const>; see docs/strategies.md, \"Your own strategy\"");
    static_assert(detail::has_strategy_assign<T>, "not a segmenta::strategy: no const member function "
                                                  "`assign(segmenta::block const&, std::span<segmenta::assignment>)`; "
                                                  "see docs/strategies.md, \"Your own strategy\"");
    return strategy<T>;
}

/// Holds any strategy as a value: cheap to copy, shares the immutable strategy inside.
///
/// Thread safety: immutable; concurrent use is safe when the held type keeps the contract of `assign`.
class any_strategy {
public:
    /// Holds nothing: no id, no segments, answers `not_applicable`.
    any_strategy() = default;

    template <class T>
        requires(!std::same_as<std::remove_cvref_t<T>, any_strategy>)
    explicit any_strategy(T held) {
        if constexpr (explain_strategy<T>()) rep_ = std::make_shared<model<T>>(std::move(held));
    }

    [[nodiscard]] bool empty() const noexcept { return rep_ == nullptr; }
    [[nodiscard]] std::string_view id() const noexcept { return rep_ ? rep_->id : std::string_view{}; }
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept {
        return rep_ ? rep_->reads : std::span<std::string_view const>{};
    }
    [[nodiscard]] std::span<segment_info const> segments() const noexcept {
        return rep_ ? rep_->segments : std::span<segment_info const>{};
    }

    /// Whether only `assign_everyone` answers.
    [[nodiscard]] bool is_population() const noexcept { return rep_ && rep_->population; }

    /// Segments `rows`; `out` has one element per row. What was in `out` does not matter. An exception of a host's
    /// strategy, or spans that do not fit, make the rows' status `error`. Does not allocate itself.
    void assign(block const& rows, std::span<assignment> out) const noexcept;
    /// One row.
    [[nodiscard]] assignment assign_one(block const& row) const noexcept {
        assignment out;
        assign(row, {&out, 1});
        return out;
    }
    /// One row into `out`, whatever was in it: the columns in the order of `reads()`, each with one row.
    void assign_one(std::span<column_view const> columns, assignment& out) const noexcept {
        out = assignment{};
        if (!rep_ || columns.size() != rep_->reads.size()) {
            out.standing = rep_ ? status::error : status::not_applicable;
            return;
        }
        try {
            rep_->assign(block{1, columns}, {&out, 1});
        } catch (...) { // a host's code; on this path nothing may escape
            out = no_answer(status::error);
        }
    }
    /// All rows of a population strategy (see `population_strategy`); for others the same as `assign`.
    /// Throws what the strategy throws.
    void assign_everyone(block const& rows, std::span<std::uint32_t const> id_order, std::span<assignment> out) const;

    /// The reason number of an assignment in words, when the strategy has `describe(std::uint32_t)`; else empty.
    [[nodiscard]] std::string describe(std::uint32_t reason) const { return rep_ ? rep_->describe(reason) : ""; }
    /// The strategy as JSON text, when it has `to_json()`.
    [[nodiscard]] std::optional<std::string> to_json() const { return rep_ ? rep_->to_json() : std::nullopt; }

    /// The strategy inside when it is a `T`, else null. Lives as long as this value or a copy.
    template <class T>
    [[nodiscard]] T const* target() const noexcept {
        if constexpr (strategy<T>) {
            auto const* held = dynamic_cast<model<T> const*>(rep_.get());
            return held ? &held->held : nullptr;
        } else {
            return nullptr;
        }
    }

private:
    struct rep {
        rep() = default;
        rep(rep const&) = delete;
        rep& operator=(rep const&) = delete;
        virtual ~rep() = default;
        virtual void assign(block const& rows, std::span<assignment> out) const = 0;
        virtual void assign_everyone(block const& rows, std::span<std::uint32_t const> order,
                                     std::span<assignment> out) const = 0;
        virtual std::string describe(std::uint32_t reason) const = 0;
        virtual std::optional<std::string> to_json() const = 0;
        // asked for on every request, so kept
        std::string_view id;
        std::span<std::string_view const> reads;
        std::span<segment_info const> segments;
        bool population = false;
    };

    template <class T>
    struct model final : rep {
        explicit model(T given) : held(std::move(given)) {
            id = detail::strategy_id(held);
            reads = held.reads();
            segments = held.segments();
            population = population_strategy<T> && is_population_now();
        }
        /// A mechanism may need everybody under some options only; then it says so.
        bool is_population_now() const {
            if constexpr (requires {
                              { held.is_population() } -> std::convertible_to<bool>;
                          })
                return held.is_population();
            else
                return true;
        }
        void assign(block const& rows, std::span<assignment> out) const override { held.assign(rows, out); }
        void assign_everyone(block const& rows, std::span<std::uint32_t const> order,
                             std::span<assignment> out) const override {
            if constexpr (population_strategy<T>)
                held.assign_everyone(rows, order, out);
            else
                held.assign(rows, out);
        }
        std::string describe(std::uint32_t reason) const override {
            if constexpr (requires {
                              { held.describe(reason) } -> std::convertible_to<std::string>;
                          })
                return held.describe(reason);
            else
                return "";
        }
        std::optional<std::string> to_json() const override {
            if constexpr (requires {
                              { held.to_json() } -> std::convertible_to<std::string>;
                          })
                return held.to_json();
            else
                return std::nullopt;
        }
        T held;
    };

    std::shared_ptr<rep const> rep_;
};

namespace detail {

/// A strategy made of parts; `Function` is called with a block and a span, or with a block and a row number.
template <class Function>
class function_strategy {
public:
    function_strategy(std::string id, std::vector<std::string> reads, std::vector<segment_info> segments,
                      Function function)
        : parts_(std::make_shared<parts>(std::move(id), std::move(reads), std::move(segments), std::move(function))) {}

    [[nodiscard]] std::string_view id() const noexcept { return parts_->id; }
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept { return parts_->read_views; }
    [[nodiscard]] std::span<segment_info const> segments() const noexcept { return parts_->segments; }
    void assign(block const& rows, std::span<assignment> out) const {
        if constexpr (std::is_invocable_v<Function const&, block const&, std::span<assignment>>)
            parts_->function(rows, out);
        else
            for (std::size_t row = 0; row < rows.size; ++row)
                out[row] = parts_->function(rows, row);
    }

private:
    struct parts {
        parts(std::string i, std::vector<std::string> r, std::vector<segment_info> s, Function f)
            : id(std::move(i)), reads(std::move(r)), read_views(reads.begin(), reads.end()), segments(std::move(s)),
              function(std::move(f)) {}
        std::string id;
        std::vector<std::string> reads;
        std::vector<std::string_view> read_views;
        std::vector<segment_info> segments;
        Function function;
    };
    std::shared_ptr<parts const> parts_;
};

} // namespace detail

/// A strategy from a lambda, either over a block, `void(block const&, std::span<assignment>)`, or over one row of it,
/// `assignment(block const&, std::size_t row)`. The lambda is called on a const object from any thread.
///
///     auto const tall = make_strategy("size", {"height_cm"}, {{"size.short", 0}, {"size.tall", 1}},
///         [](block const& rows, std::size_t row) {
///             assignment out;
///             if (!rows.columns[0].is_present(row)) return no_answer(status::unknown);
///             out.segment = rows.columns[0].as<std::int64_t>()[row] >= 180 ? 1 : 0;
///             return out;
///         });
template <class Function>
[[nodiscard]] any_strategy make_strategy(std::string id, std::vector<std::string> reads,
                                         std::vector<segment_info> segments, Function function) {
    constexpr bool over_block = std::is_invocable_v<Function const&, block const&, std::span<assignment>>;
    constexpr bool over_row = std::is_invocable_r_v<assignment, Function const&, block const&, std::size_t>;
    static_assert(over_block || over_row,
                  "segmenta::make_strategy: the function is callable neither as void(segmenta::block const&, "
                  "std::span<segmenta::assignment>) nor as segmenta::assignment(segmenta::block const&, std::size_t); "
                  "see docs/strategies.md, \"Your own strategy\"");
    if constexpr (over_block || over_row)
        return any_strategy(detail::function_strategy<Function>(std::move(id), std::move(reads), std::move(segments),
                                                                std::move(function)));
    else
        return {};
}

} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_UNIT_HPP
#define SEGMENTA_RECORD_UNIT_HPP

/// \file
/// Numbers with the word of a unit: `1.2万元`, `500 g`, `￥１２.５０`, `3亩`. The number is brought to the one unit in
/// which a field is kept, exactly or not at all.

#include <segmenta/record/type.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How many of one unit another is: `number / divisor`, in lowest terms, both from 1 to 10^12. An acre of 亩 is 2000/3
/// m².
struct unit_factor {
    std::int64_t number = 1;
    std::int64_t divisor = 1;
    friend constexpr bool operator==(unit_factor, unit_factor) noexcept = default;
};

/// Reads `1000`, `0.45359237` or `2000/3`; nothing for 0, negative numbers and those out of range.
[[nodiscard]] std::optional<unit_factor> parse_unit_factor(std::string_view text) noexcept;

/// The words a number may carry, and what they mean in the unit a field is kept in.
///
/// Thread safety: immutable after the last `add`; concurrent reads are safe.
class unit_table {
public:
    /// The ready-made units of the quantity that `kept` belongs to, in terms of `kept`: `unit_table::of("kg")` knows
    /// 斤, g, t and others; `of("元")` and `of("CNY")` 角 and 分. A currency without words of its own has its code
    /// alone. Nothing when there is no such unit. Sources: mass, length, area and volume by the State Council's order
    /// on legal units of measure of 1984 (1 斤 = 500 g, 1 亩 = 1/15 ha, 1 尺 = 1/3 m); pound, inch, foot and mile by
    /// the international agreement of 1959; 坪 as 400/121 m².
    [[nodiscard]] static std::optional<unit_table> of(std::string_view kept);
    /// The first word of each ready-made quantity, for messages: `kg`, `m²`, ….
    [[nodiscard]] static std::vector<std::string_view> ready_made();

    /// A word of one's own; the last one of two equal words counts. `word` is compared after `half_width`, without
    /// blanks around, and exactly.
    void add(std::string_view word, unit_factor factor);
    /// The currency whose units these are, when it is money.
    [[nodiscard]] currency money() const noexcept { return money_; }
    /// What a word means; empty means the unit that is kept.
    [[nodiscard]] std::optional<unit_factor> find(std::string_view word) const noexcept;
    /// The words for messages: `元, 角, 分, also after 十 百 千 万 亿`.
    [[nodiscard]] std::string words() const;

private:
    struct entry {
        std::string word;
        unit_factor factor;
    };
    std::vector<entry> entries_;
    currency money_{};
};

/// Why a text is no quantity.
enum class quantity_error : std::uint8_t {
    none,
    not_a_number,
    unknown_unit,
    too_many_decimals, ///< the exact result needs more digits than the scale, or endlessly many
    out_of_range,
};

/// Longest text that is looked at; longer ones are `not_a_number`.
inline constexpr std::size_t longest_quantity = 120;

/// A number (`-?` digits, optionally with one point and digits, at most 18 of them significant, else `out_of_range`)
/// with at most one word of `units` before or behind it, blanks between; half-width is made of full-width first. A word
/// may begin with one of the Chinese powers 十 百 千 万 十万 百万 千万 亿 十亿 百亿 千亿 万亿, also alone: `1.2万`.
/// Without a word the number is in the unit that is kept. The result is in units of 10^-`scale` (0 to 18) of it, exact.
/// `out` is written only without error.
[[nodiscard]] quantity_error read_quantity(std::string_view text, unit_table const& units, unsigned scale,
                                           std::int64_t& out) noexcept;
/// The nearest double, ties to even.
[[nodiscard]] quantity_error read_quantity(std::string_view text, unit_table const& units, double& out) noexcept;

} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#include "model/row_strategy.hpp"

#include "strategy/numbers.hpp"

#include <array>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// A reason of this kind: the topmost bit, one for which of the two it is, one for columns past the named ones, and the
// bits of those.
constexpr std::size_t named = 29;
constexpr std::uint32_t others = std::uint32_t{1} << named;
constexpr std::uint32_t not_missing = others << 1;

std::uint32_t reason_of(std::uint64_t columns) noexcept {
    auto const low = static_cast<std::uint32_t>(columns & (others - 1));
    return first_unknown_reason | low | (columns >> named != 0 ? others : 0);
}

// Names of categories are read as texts, dates and amounts as numbers; booleans are 0 and 1.
bool is_readable(type what, input_kind wanted) noexcept {
    if (wanted == input_kind::text) return what.is_text();
    return is_ordered_number(what.base) || what.base == kind::boolean;
}

} // namespace

std::uint32_t missing_reason(std::uint64_t columns) noexcept { return reason_of(columns); }

std::uint32_t unseen_reason(std::uint64_t columns) noexcept {
    std::uint32_t const out = reason_of(columns) | not_missing;
    return out == no_reason ? out & ~others : out;
}

std::string describe_unknown(std::uint32_t reason, std::span<std::string const> names) {
    if (reason < first_unknown_reason || reason == no_reason) return {};
    std::string list;
    for (std::size_t i = 0; i < std::min(named, names.size()); ++i)
        if (((reason >> i) & 1U) != 0) list += (list.empty() ? "" : ", ") + names[i];
    if ((reason & others) != 0) list += list.empty() ? "a column" : " and others";
    return ((reason & not_missing) != 0 ? "not seen at the fit: " : "missing: ") + list;
}

std::string row_strategy::describe(std::uint32_t reason) const {
    if (reason >= first_unknown_reason) return describe_unknown(reason, contents_->names.reads);
    return contents_->answer.describe ? contents_->answer.describe(reason) : std::string();
}

bool row_strategy::fits(block const& rows) const noexcept {
    auto const& wanted = contents_->inputs;
    if (rows.columns.size() != wanted.size()) return false;
    for (std::size_t c = 0; c < wanted.size(); ++c)
        if (!is_readable(rows.columns[c].what, wanted[c])) return false;
    return true;
}

void row_strategy::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& made = *contents_;
    if (!fits(rows)) return fill_status(out, status::error);
    std::size_t const columns = made.inputs.size();
    std::array<double, most_model_columns> numbers{};
    std::array<std::string_view, most_model_columns> texts{};
    model_row const row{{numbers.data(), columns}, {texts.data(), columns}};
    for (std::size_t i = 0; i < rows.size; ++i) {
        std::uint64_t missing = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            column_view const& column = rows.columns[c];
            bool const present = column.is_present(i);
            if (!present) missing |= std::uint64_t{1} << c;
            if (made.inputs[c] == input_kind::text)
                texts[c] = present ? column.text(i) : std::string_view();
            else
                numbers[c] = present ? number_at(column, i) : std::numeric_limits<double>::quiet_NaN();
        }
        if (missing != 0 && !made.takes_missing) {
            out[i] = no_answer(status::unknown);
            out[i].reason = missing_reason(missing);
            continue;
        }
        out[i] = assignment{};
        made.answer.assign(row, out[i]);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

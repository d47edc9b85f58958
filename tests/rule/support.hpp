// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_SUPPORT_HPP
#define SEGMENTA_TESTS_RULE_SUPPORT_HPP

#include <segmenta/record/column.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/time/parse.hpp>

#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

/// `12`, `2.5`, `1.250`, `CNY 3.10`, `'text'`, `2024-06-30`, `2024-06-30T12:00:00Z`, `90s`, `{a,b}`; for messages and
/// for comparing answers of different evaluators.
inline std::string show(value const& v) {
    if (v.missing()) return "missing";
    switch (v.base()) {
    case kind::boolean: return v.as_bool() ? "true" : "false";
    case kind::int64: return std::to_string(v.as_int());
    case kind::float64: {
        char text[40];
        std::snprintf(text, sizeof text, "%.17g", v.as_double());
        return text;
    }
    case kind::decimal: {
        std::int64_t const units = v.as_units();
        auto digits =
            std::to_string(units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units));
        std::size_t const scale = v.what().scale;
        if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
        if (scale > 0) digits.insert(digits.size() - scale, ".");
        std::string const unit(v.what().unit.name());
        return (unit.empty() ? "" : unit + " ") + (units < 0 ? "-" : "") + digits + (scale == 0 ? "." : "");
    }
    case kind::date: return to_string(v.as_date());
    case kind::instant: return to_string(v.as_instant());
    case kind::duration: return std::to_string(v.as_duration_us()) + "us";
    case kind::string:
    case kind::category: return "'" + std::string(v.as_string()) + "'";
    case kind::category_set: {
        std::string out = "{";
        for (auto const text : v.as_set())
            out += std::string(text) + ",";
        return out + "}";
    }
    }
    return "?";
}

inline std::string show(rule_result const& r) {
    return r.state == status::ok ? show(r.result) : std::string(to_string(r.state));
}

/// Rows of values laid out as columns; missing rows hold hostile contents.
class table_of_values {
public:
    table_of_values(environment const& names, std::vector<std::vector<value>> const& rows) {
        for (std::size_t c = 0; c < names.size(); ++c)
            add(names.what(c), c, rows);
    }
    [[nodiscard]] block all() const { return {rows_, views_}; }
    [[nodiscard]] std::vector<column_view>& views() { return views_; }

private:
    struct memory {
        std::vector<std::uint64_t> words;
        std::vector<std::uint64_t> valid;
        std::vector<std::uint32_t> codes;
        string_pool pool;
    };

    template <class T>
    static void put(memory& m, std::size_t row, T v) {
        std::memcpy(reinterpret_cast<std::byte*>(m.words.data()) + row * sizeof(T), &v, sizeof(T));
    }

    void add(type what, std::size_t c, std::vector<std::vector<value>> const& rows) {
        rows_ = rows.size();
        memory& m = memory_.emplace_back();
        m.words.assign((rows_ + 1) * 2 + 2, 0xDEAD'BEEF'DEAD'BEEFU);
        m.valid.assign(rows_ / 64 + 1, 0);
        bool any_missing = false;
        for (std::size_t r = 0; r < rows_; ++r) {
            value const v = rows[r][c];
            if (what.base == kind::category_set) put(m, r, static_cast<std::uint32_t>(m.codes.size()));
            if (v.missing()) {
                any_missing = true;
                continue;
            }
            m.valid[r / 64] |= std::uint64_t{1} << (r % 64);
            switch (what.base) {
            case kind::boolean: put(m, r, static_cast<std::uint8_t>(v.as_bool())); break;
            case kind::float64: put(m, r, v.as_double()); break;
            case kind::date: put(m, r, v.as_date().days_since_epoch()); break;
            case kind::string: put(m, r, v.as_string()); break;
            case kind::category: put(m, r, m.pool.intern(v.as_string())); break;
            case kind::category_set:
                for (auto const text : v.as_set())
                    m.codes.push_back(m.pool.intern(text));
                break;
            default: put(m, r, v.as_int()); break;
            }
        }
        if (what.base == kind::category_set) put(m, rows_, static_cast<std::uint32_t>(m.codes.size()));
        column_view view;
        view.what = what;
        view.size = rows_;
        view.data = m.words.data();
        view.valid = any_missing ? m.valid.data() : nullptr;
        view.pool = &m.pool;
        view.set_codes = m.codes.data();
        views_.push_back(view);
    }

    std::size_t rows_ = 0;
    std::deque<memory> memory_;
    std::vector<column_view> views_;
};

/// One row of a block result in the form of a row result.
inline rule_result row_of(block_result const& r, std::size_t row) {
    status const state = r.state(row);
    if (state != status::ok) return {value{}, state};
    column_view const& c = r.values;
    switch (c.what.base) {
    case kind::boolean: return {value::of_bool(c.as<std::uint8_t>()[row] != 0), state};
    case kind::int64: return {value::of_int(c.as<std::int64_t>()[row]), state};
    case kind::float64: return {value::of_double(c.as<double>()[row]), state};
    case kind::decimal: return {value::of_decimal(c.what, c.as<std::int64_t>()[row]), state};
    case kind::date: return {value::of_date(civil_date{c.as<std::int32_t>()[row]}), state};
    case kind::instant: return {value::of_instant(instant{c.as<std::int64_t>()[row]}), state};
    case kind::duration: return {value::of_duration_us(c.as<std::int64_t>()[row]), state};
    case kind::string:
    case kind::category: return {value::of_string(c.text(row)), state};
    case kind::category_set: return {value::of_set(text_set(c.codes(row), *c.pool)), state};
    }
    return {};
}

} // namespace segmenta::test

#endif

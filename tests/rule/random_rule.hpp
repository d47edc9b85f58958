// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_RANDOM_RULE_HPP
#define SEGMENTA_TESTS_RULE_RANDOM_RULE_HPP

// Random values of every type, and random rules over the variables of any environment: well typed by construction, so
// that only constants can be wrong with them. The oracle (rule/oracle.hpp) knows everything that is drawn here.

#include <segmenta/record/value.hpp>
#include <segmenta/rule/environment.hpp>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::test {

inline std::string_view const random_texts[] = {"",
                                                "a",
                                                "b",
                                                "ab",
                                                "aba",
                                                "A1",
                                                "C123",
                                                "\xE5\xB0\x8F",
                                                "a\xE5\xB0\x8F"
                                                "b",
                                                " a ",
                                                "12",
                                                "-3",
                                                "\xEF\xBC\xA1\xEF\xBC\x91",
                                                "\xF0\x9F\x9B\x92 a",
                                                "a text that is not short",
                                                "a text that is not shorter"};
inline std::string_view const random_sets[][3] = {{"a", "b", "ab"}, {"", "A1", "a"}, {"C123", "b", "12"}};

/// Dice, and values of every type: small ones that meet each other, and extreme ones.
class random_values {
public:
    explicit random_values(std::uint64_t seed) : engine_(seed) {}

    std::size_t below(std::size_t n) { return engine_() % n; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
    }
    bool chance(std::size_t percent) { return below(100) < percent; }
    std::string pick(std::initializer_list<std::string> choices) { return choices.begin()[below(choices.size())]; }
    template <class List>
    auto const& one_of(List const& list) {
        return list[below(std::size(list))];
    }

    /// Missing in a fifth of all cases.
    value any(type what) {
        if (chance(20)) return {};
        switch (what.base) {
        case kind::boolean: return value::of_bool(chance(50));
        case kind::int64: return value::of_int(integer());
        case kind::float64: return value::of_double(real());
        case kind::decimal: return value::of_decimal(what, integer());
        case kind::date: return value::of_date(civil_date{static_cast<std::int32_t>(below(40'000)) - 10'000});
        case kind::instant:
            if (chance(3)) return value::of_instant(instant::never());
            return value::of_instant(
                instant{static_cast<std::int64_t>(below(4'000'000'000'000'000)) - 1'000'000'000'000'000});
        case kind::duration:
            return value::of_duration_us(static_cast<std::int64_t>(below(400'000'000'000)) - 200'000'000'000);
        case kind::string:
        case kind::category: return value::of_string(one_of(random_texts));
        case kind::category_set:
            return value::of_set(std::span<std::string_view const>(one_of(random_sets)).first(below(4)));
        }
        return {};
    }

    std::int64_t integer() {
        switch (below(8)) {
        case 0: return std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(below(3));
        case 1: return std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(below(3));
        case 2: return static_cast<std::int64_t>(engine_());
        case 3: return between(-1'000'000'000, 1'000'000'000);
        default: return between(-4, 7);
        }
    }
    double real() {
        switch (below(8)) {
        case 0: return std::numeric_limits<double>::infinity() * (chance(50) ? 1 : -1);
        case 1: return std::ldexp(static_cast<double>(engine_()), static_cast<int>(below(300)) - 200);
        case 2: return static_cast<double>(static_cast<std::int64_t>(engine_()));
        case 3: return -0.0;
        case 4: return std::numeric_limits<double>::quiet_NaN();
        default: return (static_cast<double>(below(40)) - 15) / 4;
        }
    }

private:
    std::mt19937_64 engine_;
};

class random_rule {
public:
    /// Variables from `bare_from` on are asked for their value alone: never `has(customer.x)`, never `customer.?x`.
    random_rule(random_values& random, environment const& names,
                std::size_t bare_from = std::numeric_limits<std::size_t>::max())
        : random_(random), names_(names), bare_from_(bare_from) {
        amounts_ = {decimal_type(0), decimal_type(2), money_type(currency("CNY"), 2)};
        for (std::size_t v = 0; v < names.size(); ++v) {
            if (names.what(v).base == kind::category_set) sets_.push_back(written(v));
            if (names.what(v).base != kind::decimal) continue;
            amounts_.push_back(names.what(v));
            amounts_.push_back(names.what(v)); // more often than those above
        }
    }

    type any_type() {
        static type const plain[] = {boolean_type, boolean_type, int64_type,    float64_type,
                                     date_type,    instant_type, duration_type, string_type};
        return chance(30) ? random_.one_of(amounts_) : random_.one_of(plain);
    }

    /// A rule that answers a type, any but a set; of texts always a string.
    std::string rule(type w, int depth) {
        if (depth <= 0 || chance(12)) return leaf(w);
        if (chance(8))
            return '(' + rule(boolean_type, depth - 1) + " ? " + rule(w, depth - 1) + " : " + rule(w, depth - 1) + ")";
        if (chance(5))
            if (auto const name = optional(w); !name.empty()) return name + ".orValue(" + rule(w, depth - 1) + ")";
        switch (w.base) {
        case kind::boolean: return boolean_rule(depth - 1);
        case kind::int64: return integer_rule(depth - 1);
        case kind::float64: return real_rule(depth - 1);
        case kind::decimal: return decimal_rule(w, depth - 1);
        case kind::date: return date_rule(depth - 1);
        case kind::instant: return instant_rule(depth - 1);
        case kind::duration: return duration_rule(depth - 1);
        default: return text_rule(depth - 1);
        }
    }

private:
    bool chance(std::size_t percent) { return random_.chance(percent); }
    std::size_t below(std::size_t n) { return random_.below(n); }
    std::string pick(std::initializer_list<std::string> choices) { return random_.pick(choices); }

    // --- variables ---

    static bool is_plain(std::string_view name) {
        for (char const c : name)
            if (c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) return false;
        return name.front() < '0' || name.front() > '9';
    }
    [[nodiscard]] std::string written(std::size_t variable) const {
        std::string const name(names_.name(variable));
        return is_plain(name) || name.starts_with("tag.") ? name : '`' + name + '`';
    }
    [[nodiscard]] static bool serves(type given, type wanted) {
        return given == wanted || (given.is_text() && wanted.is_text());
    }
    std::vector<std::size_t> fitting(type w) {
        std::vector<std::size_t> out;
        for (std::size_t v = 0; v < names_.size(); ++v)
            if (serves(names_.what(v), w)) out.push_back(v);
        return out;
    }
    /// Empty when no variable is of this type.
    std::string variable(type w) {
        auto const all = fitting(w);
        return all.empty() ? std::string() : written(random_.one_of(all));
    }
    std::string record_field(std::size_t variable, std::string const& dot) {
        return std::string(names_.record_name()) + dot + written(variable);
    }
    std::string optional(type w) {
        auto const all = fitting(w);
        std::size_t const v = all.empty() ? bare_from_ : random_.one_of(all);
        return v >= bare_from_ || v >= names_.size() ? std::string() : record_field(v, ".?");
    }
    std::string presence() {
        std::size_t const v = below(names_.size());
        if (v >= bare_from_) return chance(50) ? "true" : "false";
        return "has(" + (chance(50) ? record_field(v, ".") : written(v)) + ")";
    }

    // --- constants ---

    std::string text_literal() { return '\'' + std::string(random_.one_of(random_texts)) + "'"; }
    std::string two_digits(std::size_t most) {
        auto const text = std::to_string(1 + below(most));
        return text.size() < 2 ? '0' + text : text;
    }
    std::string date_text() {
        return std::to_string(chance(50) ? 1950 + below(100) : 2022 + below(3)) + "-" + two_digits(12) + "-" +
               two_digits(28);
    }
    std::string decimal_text(std::size_t digits) {
        std::string out = (chance(30) ? "-" : "") + std::to_string(below(50));
        if (digits > 0) out += ".";
        for (std::size_t i = 0; i < digits; ++i)
            out += static_cast<char>('0' + below(10));
        return out;
    }
    std::string amount_literal(type w) {
        std::string const text = decimal_text(w.scale);
        if (!w.is_money())
            return w.scale == 0 && chance(30) ? "decimal(" + leaf(int64_type) + ")" : "decimal('" + text + "')";
        return "money('" + text + " " + std::string(w.unit.name()) + "')";
    }
    std::string leaf(type w) {
        if (chance(70))
            if (auto const name = variable(w); !name.empty()) return name;
        switch (w.base) {
        case kind::boolean: return chance(50) ? "true" : "false";
        case kind::int64: return std::to_string(chance(10) ? random_.integer() : random_.between(-4, 7));
        case kind::float64: return pick({"0.0", "1.5", "-2.0", "0.1", "1e300"});
        case kind::decimal: return amount_literal(w);
        case kind::date: return "date('" + date_text() + "')";
        case kind::instant: return "timestamp('" + date_text() + "T" + pick({"00", "07", "23"}) + ":00:00Z')";
        case kind::duration: return "duration('" + std::to_string(below(100'000)) + "s')";
        default: return text_literal();
        }
    }
    std::string natural_leaf() {
        return chance(50) ? "uint(" + leaf(int64_type) + ")" : std::to_string(below(20)) + "u";
    }

    // --- by type ---

    type plain_decimal() {
        type const t = random_.one_of(amounts_);
        return decimal_type(t.scale);
    }
    std::string number(int depth) {
        switch (below(5)) {
        case 0: return rule(int64_type, depth);
        case 1: return natural_rule(depth);
        case 2: return rule(float64_type, depth);
        default: return rule(plain_decimal(), depth);
        }
    }
    std::string relation() { return pick({" == ", " != ", " < ", " <= ", " > ", " >= "}); }
    std::string list(type w, int depth, bool constant) {
        std::string out = "[";
        for (std::size_t i = below(4); i-- > 0;) {
            std::string const element = !constant                 ? rule(w, depth)
                                        : w.base == kind::string  ? text_literal()
                                        : w.base == kind::int64   ? std::to_string(below(9))
                                        : w.base == kind::float64 ? decimal_text(1)
                                                                  : leaf(w);
            out += element + ", ";
        }
        return out + "]";
    }
    std::string text_list() {
        return "[" + text_literal() + ", " + text_literal() + (chance(50) ? ", " + text_literal() : "") + "]";
    }
    std::string boolean_rule(int depth) {
        switch (below(16)) {
        case 0:
        case 1:
            return '(' + rule(boolean_type, depth) + " && " + rule(boolean_type, depth) +
                   (chance(30) ? " && " + rule(boolean_type, depth) : "") + ")";
        case 2:
        case 3: return '(' + rule(boolean_type, depth) + " || " + rule(boolean_type, depth) + ")";
        case 4: return "!" + rule(boolean_type, depth);
        case 5:
        case 6: return "(" + number(depth) + relation() + number(depth) + ")";
        case 7:
        case 8: return comparison(depth);
        case 9: return presence();
        case 10: {
            std::string const text = rule(string_type, depth);
            return "(" + text + " in " +
                   (sets_.empty() || chance(60) ? list(string_type, depth, chance(60)) : random_.one_of(sets_)) + ")";
        }
        case 11: return '(' + rule(int64_type, depth) + " in " + list(int64_type, depth, chance(60)) + ")";
        case 12: return '(' + rule(float64_type, depth) + " in " + list(float64_type, depth, chance(60)) + ")";
        case 13:
            return rule(string_type, depth) + "." + pick({"startsWith", "endsWith", "contains"}) + '(' +
                   rule(string_type, depth) + ")";
        case 14:
            return sets_.empty() || chance(30) ? rule(string_type, depth) + ".matches('" +
                                                     pick({"a+", "^[ab]+$", "b$", "^$", "[0-9]{2,}"}) + "')"
                                               : set_rule();
        default: return "math." + pick({"isNaN", "isInf", "isFinite"}) + '(' + rule(float64_type, depth) + ")";
        }
    }
    /// What an index takes most of the time: a variable against a constant.
    std::string comparison(int depth) {
        static type const ordered[] = {boolean_type, date_type, instant_type, duration_type, string_type};
        type const w = chance(40) ? money() : random_.one_of(ordered);
        if (chance(40)) return "(" + leaf(w) + relation() + leaf(w) + ")";
        return '(' + rule(w, depth) + relation() + rule(w, depth) + ")";
    }
    type money() {
        std::vector<type> all;
        for (type const t : amounts_)
            if (t.is_money()) all.push_back(t);
        return random_.one_of(all);
    }
    std::string set_rule() {
        std::string const set = random_.one_of(sets_);
        switch (below(4)) {
        case 0: return "sets." + pick({"intersects", "contains", "equivalent"}) + "(" + set + ", " + text_list() + ")";
        case 1:
            return set + "." + pick({"exists", "all"}) + "(each, each == " + text_literal() + " || each.startsWith(" +
                   text_literal() + "))";
        case 2:
            return set + "." + pick({"exists", "all"}) + "(each, each " + pick({"<", "!=", ">="}) + " " +
                   leaf(string_type) + ")";
        default: return "(" + text_literal() + " in " + set + ")";
        }
    }
    std::string integer_rule(int depth) {
        switch (below(11)) {
        case 0:
        case 1:
        case 2:
            return '(' + rule(int64_type, depth) + pick({" + ", " - ", " * ", " / ", " % "}) + rule(int64_type, depth) +
                   ")";
        case 3: return "-(" + rule(int64_type, depth) + ")";
        case 4:
            return "int(" +
                   (chance(50)   ? number(depth)
                    : chance(50) ? rule(string_type, depth)
                                 : rule(instant_type, depth)) +
                   ")";
        case 5: return "size(" + (sets_.empty() || chance(70) ? rule(string_type, depth) : random_.one_of(sets_)) + ")";
        case 6:
            return rule(string_type, depth) + pick({".indexOf(", ".lastIndexOf("}) + rule(string_type, depth) +
                   (chance(40) ? ", " + rule(int64_type, depth) : "") + ")";
        case 7:
            return "math." + pick({"least", "greatest"}) + '(' + rule(int64_type, depth) + ", " +
                   rule(int64_type, depth) + ")";
        case 8: return pick({"math.abs(", "math.sign("}) + rule(int64_type, depth) + ")";
        case 9: {
            if (chance(30))
                return rule(date_type, depth) + "." +
                       pick({"getFullYear()", "getMonth()", "getDate()", "getDayOfWeek()", "getDayOfYear()"});
            if (chance(40))
                return rule(duration_type, depth) + "." +
                       pick({"getHours()", "getMinutes()", "getSeconds()", "getMilliseconds()"});
            return rule(instant_type, depth) + "." +
                   pick({"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
                         "getHours", "getMinutes", "getSeconds", "getMilliseconds"}) +
                   pick({"()", "('+08:00')", "('Europe/London')"});
        }
        default: return '(' + rule(date_type, depth) + " - " + rule(date_type, depth) + ")";
        }
    }
    std::string natural_rule(int depth) {
        if (depth <= 0 || chance(12)) return natural_leaf();
        if (chance(40)) return "uint(" + number(depth - 1) + ")";
        return "(" + natural_rule(depth - 1) + pick({" + ", " - ", " * ", " / ", " % "}) + natural_rule(depth - 1) +
               ")";
    }
    std::string real_rule(int depth) {
        switch (below(6)) {
        case 0: return "double(" + number(depth) + ")";
        case 1: return "-(" + rule(float64_type, depth) + ")";
        case 2:
            return "math." + pick({"abs", "ceil", "floor", "round", "trunc"}) + '(' + rule(float64_type, depth) + ")";
        case 3:
            return "math." + pick({"least", "greatest"}) + '(' + rule(float64_type, depth) + ", " +
                   rule(float64_type, depth) + ")";
        case 4: return '(' + rule(plain_decimal(), depth) + " / " + number(depth) + ")";
        default:
            return '(' + rule(float64_type, depth) + pick({" + ", " - ", " * ", " / "}) + rule(float64_type, depth) +
                   ")";
        }
    }
    std::string decimal_rule(type w, int depth) {
        switch (below(7)) {
        case 0: return '(' + rule(w, depth) + pick({" + ", " - "}) + rule(w, depth) + ")";
        case 1:
            return w.is_money() ? "-(" + rule(w, depth) + ")"
                                : '(' + rule(w, depth) + pick({" + ", " - "}) + rule(int64_type, depth) + ")";
        case 2: return '(' + rule(int64_type, depth) + " * " + rule(w, depth) + ")";
        case 3: return "math.abs(" + rule(w, depth) + ")";
        case 4: return "math." + pick({"least", "greatest"}) + '(' + rule(w, depth) + ", " + rule(w, depth) + ")";
        case 5: return product(w, depth);
        default: return converted_decimal(w, depth);
        }
    }
    std::string product(type w, int depth) {
        auto const first = static_cast<std::uint8_t>(below(std::size_t{w.scale} + 1));
        type const a = w.is_money() ? money_type(w.unit, w.scale) : decimal_type(first);
        type const b = decimal_type(w.is_money() ? std::uint8_t{0} : static_cast<std::uint8_t>(w.scale - first));
        return '(' + rule(a, depth) + " * " + rule(b, depth) + ")";
    }
    std::string converted_decimal(type w, int depth) {
        std::string const digits = std::to_string(w.scale);
        if (w.is_money())
            return "money(" + rule(decimal_type(w.scale), depth) + ", '" + std::string(w.unit.name()) + "')";
        if (w.scale == 0)
            return "math." + pick({"ceil", "floor", "round", "trunc"}) + '(' + rule(plain_decimal(), depth) + ")";
        if (chance(40)) return "decimal(" + rule(string_type, depth) + ", " + digits + ")";
        for (type const t : amounts_)
            if (t.is_money() && t.scale == w.scale && chance(40)) return "decimal(" + rule(t, depth) + ")";
        return "decimal(" + rule(decimal_type(static_cast<std::uint8_t>(below(std::size_t{w.scale} + 1))), depth) +
               ", " + digits + ")";
    }
    std::string date_rule(int depth) {
        if (chance(40))
            return "date(" + rule(instant_type, depth) + pick({")", ", '+08:00')", ", 'America/Sao_Paulo')"});
        return '(' + rule(date_type, depth) + pick({" + ", " - "}) + rule(int64_type, depth) + ")";
    }
    std::string instant_rule(int depth) {
        if (chance(30)) return "timestamp(" + rule(date_type, depth) + pick({")", ")", ", 'Asia/Shanghai')"});
        return '(' + rule(instant_type, depth) + pick({" + ", " - "}) + rule(duration_type, depth) + ")";
    }
    std::string duration_rule(int depth) {
        if (chance(15)) return "-(" + rule(duration_type, depth) + ")";
        if (chance(40)) return '(' + rule(instant_type, depth) + " - " + rule(instant_type, depth) + ")";
        return '(' + rule(duration_type, depth) + pick({" + ", " - "}) + rule(duration_type, depth) + ")";
    }
    std::string text_rule(int depth) {
        std::string const text = rule(string_type, depth);
        switch (below(7)) {
        case 0: return "(" + text + " + " + rule(string_type, depth) + ")";
        case 1: return text + pick({".lowerAscii()", ".upperAscii()", ".trim()", ".reverse()", ".halfWidth()"});
        case 2:
            return text + ".substring(" + rule(int64_type, depth) + (chance(50) ? ", " + rule(int64_type, depth) : "") +
                   ")";
        case 3: return text + ".charAt(" + rule(int64_type, depth) + ")";
        case 4:
            return text + ".replace(" + rule(string_type, depth) + ", " + rule(string_type, depth) +
                   (chance(40) ? ", " + rule(int64_type, depth) : "") + ")";
        case 5:
            return "string(" +
                   (chance(30) ? natural_rule(depth) : rule(chance(50) ? boolean_type : int64_type, depth)) + ")";
        default: return "string(" + rule(plain_decimal(), depth) + ")";
        }
    }

    random_values& random_;
    environment const& names_;
    std::size_t bare_from_;
    std::vector<type> amounts_; ///< decimals and money, those of variables more often
    std::vector<std::string> sets_;
};

} // namespace segmenta::test

#endif

// SPDX-License-Identifier: Apache-2.0
// Chains on a history, such as orders.within('P30D').where(o, o.category == 'beauty').count(), in words.
#include "rule/phrases.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct named_wording {
    std::string_view name;
    wording words;
};

template <std::size_t N>
named_wording const* find(std::array<named_wording, N> const& table, std::string_view name) noexcept {
    auto const found = std::find_if(table.begin(), table.end(), [&](auto const& entry) { return entry.name == name; });
    return found == table.end() ? nullptr : &*found;
}

constexpr std::array<named_wording, 10> calendar_windows{{
    {"today", {"today", "今天"}},
    {"yesterday", {"yesterday", "昨天"}},
    {"this_week", {"this week", "本周"}},
    {"last_week", {"last week", "上周"}},
    {"this_month", {"this month", "本月"}},
    {"last_month", {"last month", "上月"}},
    {"this_quarter", {"this quarter", "本季度"}},
    {"last_quarter", {"last quarter", "上季度"}},
    {"this_year", {"this year", "今年"}},
    {"last_year", {"last year", "去年"}},
}};

// Of a field.
constexpr std::array<named_wording, 9> field_aggregates{{
    {"sum", {"sum of", "合计"}},
    {"avg", {"average", "平均值"}},
    {"min", {"smallest", "最小值"}},
    {"max", {"largest", "最大值"}},
    {"median", {"median", "中位数"}},
    {"distinct", {"number of distinct", "不同值个数"}},
    {"most_frequent", {"most frequent", "最常见值"}},
    {"first", {"first", "首个值"}},
    {"last", {"last", "末个值"}},
}};

// With other arguments or none: the method is named and its arguments are given, for what exactly they mean is said by
// the reference.
constexpr std::array<named_wording, 10> other_aggregates{{
    {"count", {"number", "次数"}},
    {"days", {"number of days with", "天数"}},
    {"gaps", {"gaps", "间隔"}},
    {"share", {"share", "占比"}},
    {"decayed", {"decayed", "衰减值"}},
    {"sequence", {"sequence", "序列"}},
    {"first_time", {"first time", "首次"}},
    {"regularly", {"regularly", "定期"}},
    {"stopped", {"stopped", "停止"}},
    {"restarted", {"restarted", "恢复"}},
}};

struct length_part {
    std::string_view number;
    char unit; // y M w d h m s u(micro) n(nano) i(milli)
};

wording unit_words(char unit) noexcept {
    switch (unit) {
    case 'y': return {"year", "年"};
    case 'M': return {"month", "个月"};
    case 'w': return {"week", "周"};
    case 'd': return {"day", "天"};
    case 'h': return {"hour", "小时"};
    case 'm': return {"minute", "分钟"};
    case 's': return {"second", "秒"};
    case 'i': return {"millisecond", "毫秒"};
    case 'u': return {"microsecond", "微秒"};
    default: return {"nanosecond", "纳秒"};
    }
}

std::string_view take_number(std::string_view& rest) noexcept {
    auto const length = std::min(rest.find_first_not_of("0123456789."), rest.size());
    std::string_view const number = rest.substr(0, length);
    rest.remove_prefix(length);
    bool const good = !number.empty() && number.front() != '.' && number.back() != '.' &&
                      std::count(number.begin(), number.end(), '.') <= 1;
    return good ? number : std::string_view();
}

// P1Y6M, P30D, PT36H, P1DT2H (ISO 8601-1:2019, 5.5.2).
std::optional<std::vector<length_part>> iso_parts(std::string_view rest) {
    std::vector<length_part> parts;
    rest.remove_prefix(1);
    bool time = false;
    while (!rest.empty()) {
        if (rest.front() == 'T') {
            if (time) return std::nullopt;
            time = true;
            rest.remove_prefix(1);
        }
        std::string_view const number = take_number(rest);
        if (number.empty() || rest.empty()) return std::nullopt;
        auto const at = std::string_view(time ? "HMS" : "YMWD").find(rest.front());
        if (at == std::string_view::npos) return std::nullopt;
        parts.push_back({number, (time ? "hms" : "yMwd")[at]});
        rest.remove_prefix(1);
    }
    return parts;
}

// 36h, 1h30m, 100ms (cel-spec langdef.md, "duration": the form of Go's time.ParseDuration).
std::optional<std::vector<length_part>> clock_parts(std::string_view rest) {
    std::vector<length_part> parts;
    while (!rest.empty()) {
        std::string_view const number = take_number(rest);
        if (number.empty() || rest.empty()) return std::nullopt;
        struct written {
            std::string_view text;
            char unit;
        };
        static constexpr std::array<written, 6> units{
            {{"ms", 'i'}, {"us", 'u'}, {"ns", 'n'}, {"h", 'h'}, {"m", 'm'}, {"s", 's'}}};
        auto const found =
            std::find_if(units.begin(), units.end(), [&](written const& u) { return rest.starts_with(u.text); });
        if (found == units.end()) return std::nullopt;
        parts.push_back({number, found->unit});
        rest.remove_prefix(found->text.size());
    }
    return parts;
}

} // namespace

std::optional<std::string> length_text(std::string_view written, readable_language language) {
    bool const negative = written.starts_with('-');
    if (negative) written.remove_prefix(1);
    if (written.empty()) return std::nullopt;
    auto const parts = written.front() == 'P' ? iso_parts(written) : clock_parts(written);
    if (!parts || parts->empty()) return std::nullopt;
    bool const chinese = language == readable_language::chinese;
    std::string out;
    for (length_part const& part : *parts) {
        wording const unit = unit_words(part.unit);
        if (chinese) {
            out += std::string(part.number) + std::string(unit.chinese);
            continue;
        }
        if (!out.empty()) out += ' ';
        out += std::string(part.number) + " " + std::string(unit.english) + (part.number == "1" ? "" : "s");
    }
    if (negative) out.insert(0, chinese ? "负" : "minus ");
    return out;
}

std::optional<std::string> phrase_writer::window_text(chain_call const& call) const {
    if (named_wording const* const calendar = find(calendar_windows, call.method)) {
        if (!call.arguments.empty()) return std::nullopt;
        return std::string(say(calendar->words));
    }
    auto const text = [&](std::size_t i) -> std::optional<std::string_view> {
        syntax_node const& argument = tree_[call.arguments[i]];
        if (argument.kind != syntax_kind::constant || argument.constant.kind != literal_kind::string)
            return std::nullopt;
        return std::string_view(argument.text);
    };
    if (call.method == "within" && call.arguments.size() == 1) {
        syntax_node const& argument = tree_[call.arguments[0]];
        bool const wrapped = argument.kind == syntax_kind::call && argument.text == "duration";
        auto length = wrapped ? time_constant(call.arguments[0]) : std::nullopt;
        if (auto const written = text(0)) length = length_text(*written, options_.language);
        if (!length || length->starts_with("minus") || length->starts_with("负")) return std::nullopt;
        return chinese() ? "近" + *length : "in the last " + *length;
    }
    if (call.method == "between" && call.arguments.size() == 2) {
        std::array<std::string, 2> ends;
        for (std::size_t i = 0; i < 2; ++i) {
            auto const written = text(i);
            auto const time = time_constant(call.arguments[i]);
            bool const plain = written && !written->empty() && written->size() <= 40 &&
                               written->find_first_not_of("0123456789-:.TZ+") == std::string_view::npos;
            if (!plain && !time) return std::nullopt;
            ends[i] = time ? *time : std::string(*written);
        }
        return chinese() ? ends[0] + " 至 " + ends[1] + " 期间" : "between " + ends[0] + " and " + ends[1];
    }
    return std::nullopt;
}

// where(o, condition)
std::optional<std::string> phrase_writer::where_text(chain_call const& call, std::string const& history) {
    if (call.method != "where" || call.arguments.size() != 2) return std::nullopt;
    syntax_node const& bound = tree_[call.arguments[0]];
    if (bound.kind != syntax_kind::name || bound.flag) return std::nullopt;
    scopes_.push_back({bound.text, history});
    std::string const inner = condition(call.arguments[1]).text;
    scopes_.pop_back();
    return chinese() ? "（其中 " + inner + "）" : " (where " + inner + ")";
}

// The field an aggregate is of: sum('amount'), sum(o, o.amount). Its words, and in `field` its name.
std::optional<std::string> phrase_writer::field_text(chain_call const& call, std::string const& history,
                                                     std::string& field) const {
    auto const labelled = [&](std::string name) {
        field = std::move(name);
        if (options_.names)
            if (auto found = options_.names(history + "." + field, options_.language)) return found->text;
        return label(field).text;
    };
    if (call.arguments.size() == 1) {
        syntax_node const& argument = tree_[call.arguments[0]];
        if (argument.kind == syntax_kind::constant && argument.constant.kind == literal_kind::string)
            return labelled(argument.text);
        return std::nullopt;
    }
    if (call.arguments.size() != 2) return std::nullopt;
    syntax_node const& bound = tree_[call.arguments[0]];
    auto const path = path_of(call.arguments[1]);
    if (bound.kind != syntax_kind::name || !path || path->size() != 2 || path->front() != bound.text)
        return std::nullopt;
    return labelled(std::string((*path)[1]));
}

std::optional<std::string> phrase_writer::argument_texts(chain_call const& call, std::string const& history) {
    auto arguments = call.arguments;
    bool const binds =
        arguments.size() >= 2 && tree_[arguments[0]].kind == syntax_kind::name && !tree_[arguments[0]].flag;
    if (binds) {
        scopes_.push_back({tree_[arguments[0]].text, history});
        arguments = arguments.subspan(1);
    }
    std::string out;
    for (std::uint32_t const argument : arguments) {
        syntax_node const& node = tree_[argument];
        bool const text = node.kind == syntax_kind::constant && node.constant.kind == literal_kind::string;
        auto const length = text ? length_text(node.text, options_.language) : std::nullopt;
        if (!out.empty()) out += say({", ", "，"});
        out += length ? *length : value(argument).text;
    }
    if (binds) scopes_.pop_back();
    return out;
}

std::string phrase_writer::aggregate_text(chain_call const& call, std::string const& history, std::string const& field,
                                          std::string const& field_words) const {
    std::string const name = label(history).text;
    if (named_wording const* const of_field = field.empty() ? nullptr : find(field_aggregates, call.method)) {
        std::string const words(say(of_field->words));
        if (chinese()) return name + " 的 " + field_words + " " + words;
        return words + " " + field_words + " of " + name;
    }
    if (call.method == "count") return chinese() ? name + " 次数" : "number of " + name;
    if (call.method == "days") return chinese() ? "有 " + name + " 的天数" : "number of days with " + name;
    named_wording const* const other = find(other_aggregates, call.method);
    std::string const words = other != nullptr ? std::string(say(other->words)) : std::string(call.method);
    return chinese() ? name + " 的 " + words : name + " " + words;
}

std::optional<phrase> phrase_writer::history(std::uint32_t node) {
    // From the aggregate inwards to the name.
    std::vector<chain_call> calls;
    std::uint32_t at = node;
    while (tree_[at].kind == syntax_kind::call && tree_[at].flag) {
        calls.push_back({tree_[at].text, tree_.children_of(at).subspan(1)});
        at = tree_.child(at, 0);
    }
    auto const path = path_of(at);
    if (!path || calls.empty()) return std::nullopt;
    for (auto const& scope : scopes_)
        if (scope.bound == path->front()) return std::nullopt; // a field of a row is no history
    std::reverse(calls.begin(), calls.end());
    bool const of_record = path->size() > 1 && path->front() == options_.record_name;
    std::string name;
    for (std::size_t i = of_record ? 1 : 0; i < path->size(); ++i)
        name += (name.empty() ? "" : ".") + std::string((*path)[i]);

    chain_call const last = calls.back();
    bool const of_field = find(field_aggregates, last.method) != nullptr;
    if (!of_field && find(other_aggregates, last.method) == nullptr) return std::nullopt;
    std::string field;
    std::string field_words;
    if (of_field) {
        auto const found = field_text(last, name, field);
        if (!found) return std::nullopt;
        field_words = *found;
    }
    bool const bare = last.method == "count" || last.method == "days";
    if (bare && !last.arguments.empty()) return std::nullopt;

    std::string windows;
    std::string conditions;
    for (std::size_t i = 0; i + 1 < calls.size(); ++i) {
        if (auto const window = window_text(calls[i])) {
            windows += chinese() ? *window + " " : " " + *window;
        } else if (auto const where = where_text(calls[i], name)) {
            conditions += *where;
        } else {
            return std::nullopt;
        }
    }
    std::string arguments;
    if (!of_field && !last.arguments.empty()) {
        auto const texts = argument_texts(last, name);
        if (!texts) return std::nullopt;
        arguments = (chinese() ? "" : " ") + parenthesised(*texts);
    }
    std::string key = name + "." + std::string(last.method);
    if (!field.empty()) key += "." + field;
    auto const own = options_.names ? options_.names(key, options_.language) : std::nullopt;
    std::string const what = (own ? own->text : aggregate_text(last, name, field, field_words)) + arguments;
    if (chinese()) return phrase{windows + what + conditions, phrase_binding::sum};
    return phrase{what + windows + conditions, phrase_binding::sum};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
// Explanations of customers' columns as JSON and as lines for people.
#include <segmenta/segmenter/customer_explanation.hpp>

#include "base/json.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/rule/readable.hpp>
#include <segmenta/time/parse.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

json::value read(std::string const& text) { return detail::parse_json(text); }

json::object texts_json(localized_text const& texts) {
    json::object out;
    for (auto const& [locale, text] : texts)
        out[locale] = text;
    return out;
}

json::object change_json(nearest_change const& change) {
    json::object out{{"outcome", to_string(change.outcome)}};
    json::array changes;
    for (auto const& one : change.changes) {
        json::object made{{"name", one.name}, {"from", one.from}, {"to", to_string(one.to)}};
        if (one.difference) {
            made["difference"] = to_string(one.difference->amount);
            made["direction"] = one.difference->more ? "more" : "less";
        }
        changes.push_back(std::move(made));
    }
    if (!changes.empty()) out["changes"] = std::move(changes);
    out["exact"] = change.exact;
    return out;
}

json::object column_json(column_explanation const& c, zone const& where) {
    json::object out{{"column", c.column}};
    if (!c.titles.empty()) out["title"] = texts_json(c.titles);
    if (!c.meanings.empty()) out["meaning"] = texts_json(c.meanings);
    out["state"] = to_string(c.state);
    if (!c.value.empty()) out["value"] = c.value;
    if (c.valid_until != instant::never()) out["valid_until"] = to_string(c.valid_until, where);
    if (c.applies_to) out["applies_to"] = read(to_json(*c.applies_to));
    if (c.why) out["why"] = read(to_json(*c.why));
    if (!c.reason.empty()) out["reason"] = c.reason;
    if (!c.deciding.empty()) {
        json::array sets;
        for (auto const& set : c.deciding) {
            json::array names;
            for (auto const& name : set)
                names.emplace_back(name);
            sets.push_back(std::move(names));
        }
        out["would_decide"] = std::move(sets);
    }
    if (c.change) out["nearest_change"] = change_json(*c.change);
    json::array below;
    for (auto const& one : c.made_of)
        below.push_back(column_json(one, where));
    if (!below.empty()) out["made_of"] = std::move(below);
    return out;
}

/// Writes one explanation; made for one call.
class text_writer {
public:
    text_writer(customer_explanation const& why, std::string_view locale) : why_(why), locale_(locale) {
        how_.language = readable_language_of(locale).value_or(readable_language::english);
        chinese_ = how_.language == readable_language::chinese;
        // What a rule asked of a history in passing is a column called by the question.
        how_.names = [](std::string_view name, readable_language language) -> std::optional<readable_name> {
            if (name.find('(') == std::string_view::npos) return std::nullopt;
            issue_list ignored;
            auto const question = parse_expression(name, ignored);
            if (!question) return std::nullopt;
            readable_options plain;
            plain.language = language;
            return readable_name{to_readable(*question, plain), {}};
        };
    }

    std::string run() {
        column(why_.answer, "");
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string_view say(std::string_view english, std::string_view han) const {
        return chinese_ ? han : english;
    }
    [[nodiscard]] std::string state_text(column_explanation const& c) const {
        switch (c.state) {
        case status::ok: return c.value;
        case status::unknown: return std::string(say("unknown", "未知"));
        case status::error: return std::string(say("an error", "出错"));
        case status::not_applicable: return std::string(say("not applicable", "不适用"));
        case status::refused: return std::string(say("refused for this purpose", "此用途不允许"));
        default: return std::string(to_string(c.state));
        }
    }

    void line(std::string_view indent, std::string_view text) { out_.append(indent).append(text).append("\n"); }
    void block(std::string const& indent, std::string const& text) {
        for (std::size_t at = 0; at < text.size();) {
            auto const end = std::min(text.find('\n', at), text.size());
            line(indent, std::string_view(text).substr(at, end - at));
            at = end + 1;
        }
    }

    void column(column_explanation const& c, std::string const& indent) {
        auto const title = text_in(c.titles, locale_);
        auto const meaning = text_in(c.meanings, locale_);
        std::string head = title.empty() ? c.column : std::string(title) + " (" + c.column + ")";
        head.append(say(" is ", ":")).append(state_text(c));
        if (c.valid_until != instant::never())
            head.append(say(" until ", ",有效至 ")).append(to_string(c.valid_until, why_.where));
        line(indent, head);
        if (!meaning.empty()) line(indent, std::string(say("meaning: ", "含义:")).append(meaning));
        if (c.state == status::not_applicable && c.applies_to) block(indent, to_text(*c.applies_to, how_));
        if (c.why && c.state != status::not_applicable) block(indent, to_text(*c.why, how_));
        if (!c.reason.empty()) line(indent, c.reason);
        decide(c, indent);
        if (c.change && c.change->outcome == change_outcome::found) {
            std::string what(say("nearest change", "最近的变化"));
            if (c.valid_until != instant::never()) // what was counted on may be gone then
                what.append(say(" (before ", "("))
                    .append(to_string(c.valid_until, why_.where))
                    .append(say(")", " 之前)"));
            line(indent, what + ":");
            block(indent + "  ", to_text(*c.change, how_));
        }
        for (auto const& below : c.made_of)
            column(below, indent + "  ");
    }

    void decide(column_explanation const& c, std::string const& indent) {
        if (c.deciding.empty()) return;
        std::string text(say("would be decided by: ", "补充以下任一组即可判定:"));
        for (std::size_t i = 0; i < c.deciding.size(); ++i) {
            if (i > 0) text.append(say("; or ", ";或 "));
            for (std::size_t k = 0; k < c.deciding[i].size(); ++k)
                text.append(k > 0 ? say(" and ", " 和 ") : "").append(c.deciding[i][k]);
        }
        line(indent, text);
    }

    customer_explanation const& why_;
    std::string_view locale_;
    readable_options how_;
    bool chinese_ = false;
    std::string out_;
};

} // namespace

std::string to_json(customer_explanation const& why, std::size_t indent) {
    json::object out{{"plan", why.plan}, {"version", why.version}, {"as_of", to_string(why.as_of, why.where)}};
    for (auto& member : column_json(why.answer, why.where))
        out[member.key()] = std::move(member.value());
    return detail::write_json(out, indent);
}

std::string to_text(customer_explanation const& why, std::string_view locale) { return text_writer(why, locale).run(); }

} // namespace v0
} // namespace segmenta

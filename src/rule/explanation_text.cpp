// SPDX-License-Identifier: Apache-2.0
// Explanations as JSON and as lines for people.
#include "base/json.hpp"
#include "rule/amounts.hpp"
#include "rule/phrases.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/rule/explanation.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// --- JSON
// ---------------------------------------------------------------------------------------------------------
boost::json::object json_of(explained_part const& part) {
    boost::json::object out;
    out["condition"] = part.condition;
    out["kind"] = to_string(part.kind);
    out["state"] = to_string(part.state);
    out["decides"] = part.decides;
    auto const put = [&](std::string_view key, std::string const& text) {
        if (!text.empty()) out[key] = text;
    };
    put("value", part.value);
    put("seen", part.seen);
    put("relation", part.relation);
    put("needed", part.needed);
    if (part.margin) {
        boost::json::object margin;
        margin["amount"] = to_string(part.margin->amount);
        if (part.margin->days) margin["unit"] = "days";
        margin["direction"] = part.margin->more ? "more" : "less";
        margin["beyond"] = part.margin->beyond;
        out["margin"] = std::move(margin);
    }
    if (!part.inputs.empty()) {
        boost::json::object inputs;
        for (auto const& [name, text] : part.inputs)
            inputs[name] = text;
        out["inputs"] = std::move(inputs);
    }
    if (!part.missing.empty()) {
        boost::json::array missing;
        for (auto const& name : part.missing)
            missing.emplace_back(name);
        out["missing"] = std::move(missing);
    }
    put("failed", part.failed);
    if (!part.parts.empty()) {
        boost::json::array parts;
        for (explained_part const& child : part.parts)
            parts.emplace_back(json_of(child));
        out["parts"] = std::move(parts);
    }
    return out;
}

// --- lines
// --------------------------------------------------------------------------------------------------------
class line_writer {
public:
    line_writer(explanation const& why, readable_options const& options)
        : why_(why), tree_(why.rule.tree()), writer_(tree_, options), chinese_(writer_.chinese()) {}

    std::string run() {
        write(why_.whole, 0, false);
        return std::move(out_);
    }

private:
    static std::string_view mark(part_state state) noexcept {
        switch (state) {
        case part_state::is_true: return "✓";
        case part_state::is_false: return "✗";
        case part_state::unknown: return "?";
        case part_state::error: return "!";
        case part_state::known: return "=";
        }
        return "?";
    }

    [[nodiscard]] std::string_view say(wording w) const noexcept { return writer_.say(w); }

    void write(explained_part const& part, std::size_t depth, bool say_decides) {
        out_.append(depth * 2, ' ');
        out_ += mark(part.state);
        out_ += ' ';
        bool const truth = part.state == part_state::is_true || part.state == part_state::is_false;
        out_ += truth ? writer_.condition(part.node).text : writer_.value(part.node).text;
        std::string const more = details(part);
        if (!more.empty()) out_ += std::string(say({": ", "："})) + more;
        if (say_decides && part.decides) out_ += say({" (decides)", "（决定结果）"});
        out_ += '\n';
        bool const some = std::any_of(part.parts.begin(), part.parts.end(), [](auto const& p) { return p.decides; });
        bool const all = std::all_of(part.parts.begin(), part.parts.end(), [](auto const& p) { return p.decides; });
        for (explained_part const& child : part.parts)
            write(child, depth + 1, some && !all);
    }

    [[nodiscard]] std::string details(explained_part const& part) const {
        std::string out;
        auto const add = [&](std::string const& text) {
            if (text.empty()) return;
            if (!out.empty()) out += say({", ", "，"});
            out += text;
        };
        if (part.state == part_state::known) add(std::string(say({"is ", "为 "})) + part.value);
        bool const logic = !part.parts.empty();
        if (part.state == part_state::unknown && !logic) add(missing_text(part));
        if (part.state == part_state::error && !logic) add(part.failed + std::string(say({" failed", " 计算失败"})));
        if (part.kind == part_kind::comparison || part.kind == part_kind::membership) {
            if (!part.seen.empty() && part.state != part_state::known)
                add(std::string(say({"is ", "现为 "})) + part.seen + inputs_text(part));
            if (part.margin) add(margin_text(part));
        } else if (!logic && part.kind == part_kind::other) {
            std::string const inputs = inputs_text(part);
            if (!inputs.empty() && part.state != part_state::unknown)
                add(inputs.substr(inputs.find_first_not_of(" (（")));
            if (!out.empty() && out.ends_with(")")) out.pop_back();
            if (!out.empty() && out.ends_with("）")) out.resize(out.size() - 3);
        }
        return out;
    }

    [[nodiscard]] std::string missing_text(explained_part const& part) const {
        std::string names;
        for (auto const& name : part.missing)
            names += (names.empty() ? "" : std::string(say({", ", "、"}))) + writer_.label(name).text;
        if (names.empty()) return {};
        if (chinese_) return names + " 缺失";
        return names + (part.missing.size() == 1 ? " is missing" : " are missing");
    }

    // The variables behind a value that is not simply one of them.
    [[nodiscard]] std::string inputs_text(explained_part const& part) const {
        bool const plain = part.inputs.size() == 1 && part.inputs[0].second == part.seen;
        if (part.inputs.empty() || plain) return {};
        // A truth value says all there is to say.
        if (part.inputs.size() == 1 && (part.inputs[0].second == "true" || part.inputs[0].second == "false")) return {};
        std::string out;
        for (auto const& [name, text] : part.inputs)
            out += (out.empty() ? "" : std::string(say({", ", "，"}))) + writer_.label(name).text + " = " + text;
        return chinese_ ? "（" + out + "）" : " (" + out + ")";
    }

    [[nodiscard]] std::string amount_text(explained_part const& part) const {
        explained_margin const& margin = *part.margin;
        std::string text = detail::amount_text(margin, chinese_);
        if (margin.days || margin.amount.base() == kind::duration) return text;
        // The unit of the side seen, of plain numbers.
        if (margin.amount.what().is_money()) return text;
        for (std::size_t side : {0U, 1U}) {
            auto const name = writer_.name_of(tree_.child(part.node, side));
            if (name && !name->unit.empty()) return text + " " + name->unit;
        }
        return text;
    }

    [[nodiscard]] std::string margin_text(explained_part const& part) const {
        explained_margin const& margin = *part.margin;
        std::string const amount = amount_text(part);
        if (part.state == part_state::is_true) {
            if (is_zero(margin)) return std::string(say({"just enough", "恰好达到"}));
            return chinese_ ? "余 " + amount : amount + " to spare";
        }
        if (is_zero(margin))
            return std::string(margin.more ? say({"more is needed", "须再多"}) : say({"less is needed", "须再少"}));
        if (chinese_) {
            if (margin.beyond) return (margin.more ? "差额须超过 " : "超出额须减超过 ") + amount;
            return (margin.more ? "差 " : "多 ") + amount;
        }
        std::string const how = margin.more ? " more" : " less";
        return (margin.beyond ? "more than " : "") + amount + how + " needed";
    }

    explanation const& why_;
    syntax_tree const& tree_;
    phrase_writer writer_;
    bool chinese_;
    std::string out_;
};

} // namespace
} // namespace detail

std::string to_json(explanation const& why, std::size_t indent) {
    return detail::write_json(detail::json_of(why.whole), indent);
}

std::string to_text(explanation const& why, readable_options const& options) {
    return detail::line_writer(why, options).run();
}

} // namespace v0
} // namespace segmenta

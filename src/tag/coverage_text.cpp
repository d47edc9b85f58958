// SPDX-License-Identifier: Apache-2.0
// The report as JSON and as a table for people.
#include "base/json.hpp"
#include "base/text_table.hpp"

#include <segmenta/tag/coverage.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>
#include <initializer_list>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

json::array to_array(std::vector<std::string> const& texts) {
    json::array out;
    for (auto const& text : texts)
        out.emplace_back(text);
    return out;
}

json::object to_object(tag_coverage const& of) {
    return {{"tag", of.tag},
            {"tagged", of.tagged},
            {"tagged_share", of.tagged_share()},
            {"known", of.known},
            {"known_share", of.known_share()},
            {"useless", of.useless}};
}

json::object to_object(dimension_coverage const& of) {
    return {{"path", of.path},       {"exclusive", of.exclusive},
            {"tagged", of.tagged},   {"tagged_share", of.tagged_share()},
            {"several", of.several}, {"otherwise", of.otherwise},
            {"unknown", of.unknown}, {"unknown_share", of.unknown_share()},
            {"silent", of.silent}};
}

json::object to_object(similar_tags const& of) {
    return {{"one", of.one},       {"other", of.other},     {"both", of.both},
            {"either", of.either}, {"jaccard", of.jaccard}, {"lift", of.lift}};
}

template <class Part>
json::array to_array(std::vector<Part> const& parts) {
    json::array out;
    for (auto const& part : parts)
        out.push_back(to_object(part));
    return out;
}

// The words of the table in one language.
struct table_words {
    std::string_view customers, tag, tagged, share, known, note, useless, dimension, several, otherwise, unknown,
        silent, one, other, both, jaccard, lift, undefined;
};

constexpr table_words english{"Customers", "Tag",       "Tagged",  "Share",   "Known",   "Note",
                              "of no use", "Dimension", "Several", "None",    "Unknown", "Nothing",
                              "Tag",       "Alike",     "Both",    "Jaccard", "Lift",    "Not defined"};
constexpr table_words simplified{"客户数", "标签", "命中", "覆盖率", "已知", "备注",     "无用",   "维度",   "多值",
                                 "均不符", "未知", "无值", "标签",   "相似", "同时命中", "杰卡德", "提升度", "未定义"};
constexpr table_words traditional{"客戶數", "標籤", "命中", "覆蓋率", "已知", "備註",     "無用",   "維度",   "多值",
                                  "均不符", "未知", "無值", "標籤",   "相似", "同時命中", "傑卡德", "提升度", "未定義"};

table_words const& words_of(std::string_view locale) noexcept {
    if (!locale.starts_with("zh")) return english;
    for (std::string_view const name : {"zh-Hant", "zh-TW", "zh-HK", "zh-MO"})
        if (locale.starts_with(name)) return traditional;
    return simplified;
}

// `12.50`: a number that is 0 or more, rounded half up at the second digit.
std::string hundredths(double number) {
    auto const whole = static_cast<std::uint64_t>(std::floor(number * 100 + 0.5));
    std::string const digits = std::to_string(whole % 100);
    return std::to_string(whole / 100) + (digits.size() == 1 ? ".0" : ".") + digits;
}

std::string percent(double share) { return hundredths(share * 100) + " %"; }

class table_writer {
public:
    table_writer(coverage_report const& report, taxonomy const& tags, std::string_view locale)
        : report_(report), tags_(tags), locale_(locale), words_(words_of(locale)) {}

    std::string write() {
        std::string out = std::string(words_.customers) + ": " + std::to_string(report_.total) + "\n\n";
        out += tag_table();
        if (!report_.dimensions.empty()) out += '\n' + dimension_table();
        if (!report_.similar.empty()) out += '\n' + similar_table();
        if (!report_.undefined.empty()) {
            out += '\n' + std::string(words_.undefined) + ':';
            for (auto const& name : report_.undefined)
                out += ' ' + name;
            out += '\n';
        }
        return out;
    }

private:
    [[nodiscard]] std::string title(std::string const& tag) const {
        auto const number = tags_.find_tag(tag);
        if (!number) return tag;
        auto const text = text_in(tags_.tags()[*number].titles, locale_);
        return text.empty() ? tag : std::string(text);
    }

    // The titles of the nodes from the top down; a name where there is none.
    [[nodiscard]] std::string title_of_path(std::string const& path) const {
        auto node = tags_.find_node(path);
        if (!node) return path;
        std::string out;
        for (; node; node = tags_.parent(*node)) {
            auto const& what = tags_.node(*node);
            auto const text = text_in(what.titles, locale_);
            out = std::string(text.empty() ? std::string_view(what.name) : text) + (out.empty() ? "" : "/") + out;
        }
        return out;
    }

    [[nodiscard]] static std::vector<std::string> heading(std::initializer_list<std::string_view> words) {
        return {words.begin(), words.end()};
    }

    [[nodiscard]] std::string tag_table() const {
        detail::text_table table(heading({words_.tag, words_.tagged, words_.share, words_.known, words_.note}));
        table.left_from(4);
        for (auto const& of : report_.tags)
            table.row({title(of.tag), std::to_string(of.tagged), percent(of.tagged_share()), percent(of.known_share()),
                       std::string(of.useless ? words_.useless : "")});
        return table.text();
    }

    [[nodiscard]] std::string dimension_table() const {
        detail::text_table table(heading({words_.dimension, words_.tagged, words_.share, words_.several,
                                          words_.otherwise, words_.unknown, words_.silent}));
        for (auto const& of : report_.dimensions)
            table.row({title_of_path(of.path), std::to_string(of.tagged), percent(of.tagged_share()),
                       std::to_string(of.several), std::to_string(of.otherwise), std::to_string(of.unknown),
                       std::to_string(of.silent)});
        return table.text();
    }

    [[nodiscard]] std::string similar_table() const {
        detail::text_table table(heading({words_.one, words_.other, words_.both, words_.jaccard, words_.lift}));
        for (auto const& of : report_.similar)
            table.row(
                {title(of.one), title(of.other), std::to_string(of.both), percent(of.jaccard), hundredths(of.lift)});
        return table.text();
    }

    coverage_report const& report_;
    taxonomy const& tags_;
    std::string_view locale_;
    table_words const& words_;
};

} // namespace

std::string to_json(coverage_report const& report, std::size_t indent) {
    json::object out;
    out["customers"] = report.total;
    out["useless_below"] = report.options.useless_below;
    out["similar_from"] = report.options.similar_from;
    out["tags"] = to_array(report.tags);
    out["dimensions"] = to_array(report.dimensions);
    out["similar"] = to_array(report.similar);
    out["undefined"] = to_array(report.undefined);
    return detail::write_json(out, indent);
}

std::string to_table(coverage_report const& report, taxonomy const& tags, std::string_view locale) {
    return table_writer(report, tags, locale).write();
}

} // namespace v0
} // namespace segmenta

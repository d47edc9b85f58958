// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/one_hot.hpp>

#include "base/indexed_place.hpp"
#include "model/model_document.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace segmenta {
inline namespace v0 {

one_hot::one_hot(std::vector<std::vector<std::string>> names, bool drop_first)
    : names_(std::move(names)), drop_first_(drop_first) {
    issue_list issues;
    if (names_.empty())
        issues.error("encoding.categories", "encoding", "there are no attributes", {}, "one or more", {});
    for (std::size_t j = 0; j < names_.size(); ++j) {
        bool const sorted = std::adjacent_find(names_[j].begin(), names_[j].end(), std::greater_equal<>()) ==
                            names_[j].end();
        if (names_[j].empty() || !sorted)
            issues.error("encoding.categories", detail::indexed_place("attributes", j),
                         "an attribute has no categories, or not in the order of their bytes and each once",
                         std::to_string(names_[j].size()) + " categories", "one or more, sorted, each once", {});
    }
    issues.throw_if_errors();
}

std::size_t one_hot::width() const noexcept {
    std::size_t out = 0;
    for (auto const& n : names_)
        out += n.size() - (drop_first_ ? 1 : 0);
    return out;
}

std::vector<std::string> one_hot::column_names() const {
    std::vector<std::string> out;
    for (std::size_t j = 0; j < names_.size(); ++j)
        for (std::size_t c = drop_first_ ? 1 : 0; c < names_[j].size(); ++c)
            out.push_back(std::to_string(j) + '=' + names_[j][c]);
    return out;
}

std::uint32_t one_hot::code(std::size_t attribute, std::string_view text) const noexcept {
    auto const& names = names_[attribute];
    auto const found = std::lower_bound(names.begin(), names.end(), text);
    if (found == names.end() || *found != text) return missing_category;
    return static_cast<std::uint32_t>(found - names.begin());
}

std::vector<std::uint32_t> one_hot::codes(std::size_t attribute, std::span<std::string const> texts) const {
    std::vector<std::uint32_t> out;
    out.reserve(texts.size());
    for (auto const& t : texts)
        out.push_back(code(attribute, t));
    return out;
}

void one_hot::encode(std::span<std::string_view const> customer, std::span<double> out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0);
    std::size_t first = 0;
    for (std::size_t j = 0; j < std::min(names_.size(), customer.size()); ++j) {
        std::size_t const dropped = drop_first_ ? 1 : 0;
        std::uint32_t const c = code(j, customer[j]);
        if (c != missing_category && c >= dropped && first + c - dropped < out.size()) out[first + c - dropped] = 1;
        first += names_[j].size() - dropped;
    }
}

namespace {

void check_texts(std::span<std::vector<std::string> const> columns, issue_list& issues) {
    if (columns.empty() || columns[0].empty())
        issues.error("data.empty", "columns", "there is nothing to encode", {}, "at least one column and one row", {});
    for (std::size_t j = 1; j < columns.size(); ++j)
        if (columns[j].size() != columns[0].size())
            issues.error("data.ragged", detail::indexed_place("columns", j),
                         "this column has another length than the first", std::to_string(columns[j].size()),
                         std::to_string(columns[0].size()), {});
}

} // namespace

std::vector<std::vector<double>> one_hot::encode(std::span<std::vector<std::string> const> columns) const {
    issue_list issues;
    if (!columns.empty()) check_texts(columns, issues);
    if (columns.size() != attributes())
        issues.error("data.ragged", "columns", "the columns do not fit the encoding", std::to_string(columns.size()),
                     std::to_string(attributes()), {});
    issues.throw_if_errors();
    std::size_t const rows = columns[0].size();
    std::vector<std::vector<double>> out(width(), std::vector<double>(rows));
    std::vector<std::string_view> customer(attributes());
    std::vector<double> encoded(width());
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < attributes(); ++j)
            customer[j] = columns[j][i];
        encode(customer, encoded);
        for (std::size_t c = 0; c < encoded.size(); ++c)
            out[c][i] = encoded[c];
    }
    return out;
}

one_hot fit_one_hot(std::span<std::vector<std::string> const> columns, one_hot_options const& options) {
    issue_list issues;
    check_texts(columns, issues);
    std::vector<std::vector<std::string>> names(columns.size());
    for (std::size_t j = 0; j < columns.size(); ++j) {
        std::map<std::string_view, std::size_t> counts;
        for (auto const& text : columns[j])
            ++counts[text];
        for (auto const& [text, count] : counts)
            if (count >= options.least_count) names[j].emplace_back(text);
        if (names[j].empty() && !columns[j].empty())
            issues.error("encoding.categories", detail::indexed_place("columns", j),
                         "no category has as many customers as asked for", std::to_string(options.least_count), {},
                         "Ask for fewer, or leave the column out");
    }
    issues.throw_if_errors();
    return one_hot(std::move(names), options.drop_first);
}

std::string one_hot::to_json() const {
    boost::json::array attributes;
    for (auto const& names : names_) {
        boost::json::array list;
        for (auto const& n : names)
            list.push_back(boost::json::value(n));
        attributes.push_back(boost::json::object{{"categories", std::move(list)}});
    }
    boost::json::object fields;
    fields["drop_first"] = drop_first_;
    fields["attributes"] = std::move(attributes);
    return detail::write_model_document("one_hot", 1, std::move(fields));
}

one_hot one_hot::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "one_hot", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    bool const drop_first = reader.flag("drop_first");
    std::vector<std::vector<std::string>> names;
    if (auto const* const attributes = reader.array("attributes")) {
        for (auto const& a : *attributes) {
            if (!a.is_object()) {
                issues.error("model.bad_field", "model /attributes", "an attribute cannot be read", {}, "an object",
                             {});
                break;
            }
            names.push_back(detail::model_reader(a.get_object(), issues, "/attributes").texts("categories"));
        }
    }
    issues.throw_if_errors();
    return one_hot(std::move(names), drop_first);
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/model_drift.hpp>

#include "model/model_document.hpp"
#include "model/reference_document.hpp"
#include "model/row_strategy.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::score_feature;
using detail::segment_feature;
constexpr std::size_t rows_at_once = 4096; // segments are copied as texts

template <class Add>
void add_segments(batch_column const& now, Add add) {
    std::vector<std::string> names;
    for (auto const& segment : now.segments)
        names.emplace_back(local_id(segment.id));
    auto const codes = now.values.as<std::uint32_t>();
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < codes.size(); ++row) {
        bool const known = now.values.is_present(row) && codes[row] < names.size();
        texts.push_back(known ? names[codes[row]] : std::string());
        if (texts.size() < rows_at_once && row + 1 < codes.size()) continue;
        add(texts);
        texts.clear();
    }
}

std::vector<double> scores_of(batch_column const& now) {
    std::vector<double> out(now.values.as<double>().begin(), now.values.as<double>().end());
    for (std::size_t row = 0; row < out.size(); ++row)
        if (!now.values.is_present(row) || !std::isfinite(out[row]))
            out[row] = std::numeric_limits<double>::quiet_NaN();
    return out;
}

} // namespace

std::string_view to_string(drift_source source) noexcept {
    switch (source) {
    case drift_source::none: return "none";
    case drift_source::fit: return "fit";
    case drift_source::document: return "document";
    case drift_source::plan: return "plan";
    }
    return "";
}

std::optional<drift_reference> freeze_answers(std::span<double const> scores, std::span<std::string const> segments) {
    std::vector<drift_feature> features;
    if (std::any_of(scores.begin(), scores.end(), [](double v) { return !std::isnan(v); }))
        features.push_back(freeze_numbers(std::string(score_feature), scores));
    constexpr std::size_t most_segments = 100'000; // all of them: there are at most 65,534
    if (std::any_of(segments.begin(), segments.end(), [](auto const& s) { return !s.empty(); }))
        features.push_back(freeze_categories(std::string(segment_feature), segments, most_segments));
    if (features.empty()) return std::nullopt;
    return drift_reference(std::move(features));
}

drift_watch const* drift_watch_of(any_strategy const& made) noexcept {
    auto const* const model = made.target<detail::row_strategy>();
    return model == nullptr ? nullptr : model->parts().watch.get();
}

std::optional<drift_report_row> drift_of(any_strategy const& made, batch_column const& now) {
    auto const* const watch = drift_watch_of(made);
    if (watch == nullptr || !watch->reference) return std::nullopt;
    bool const by_segment = !now.segments.empty();
    auto const wanted = by_segment ? segment_feature : score_feature;
    auto const at = watch->reference->find(wanted);
    if (!at || (!by_segment && now.values.what.base != kind::float64)) return std::nullopt;
    drift_reference const only({watch->reference->features()[*at]});
    drift_monitor monitor(only, fill_share{}, watch->thresholds);
    if (by_segment)
        add_segments(now, [&](std::vector<std::string> const& texts) { monitor.add(wanted, texts); });
    else
        monitor.add(wanted, scores_of(now));
    return monitor.report().front();
}

namespace detail {

namespace {
constexpr std::string_view reference_key = "reference";
}

std::string with_reference(std::string_view document, std::optional<drift_reference> const& reference) {
    return reference ? with_member(document, reference_key, parse_json(reference->to_json())) : std::string(document);
}

std::optional<drift_reference> reference_of(boost::json::object const& document) {
    auto const* const found = document.if_contains(reference_key);
    if (found == nullptr) return std::nullopt;
    return read_reference(*found);
}

namespace {

std::string names_of(drift_reference const& reference) {
    std::vector<std::string> names;
    for (auto const& feature : reference.features())
        names.push_back(feature.name);
    return join_names(names);
}

std::string remedy_for(drift_reference const& reference) {
    std::array const known{score_feature, segment_feature};
    for (auto const& feature : reference.features())
        if (auto const near = nearest_name(feature.name, known); !near.empty() && near != feature.name)
            return "Did you mean " + std::string(near) + "?";
    return "Make it with freeze_answers, or with segmenta fit";
}

} // namespace

drift_reference read_reference(boost::json::value const& value) {
    auto out = drift_reference::from_json(write_json(value));
    auto const fits = [&](std::string_view name, bool number) {
        auto const at = out.find(name);
        return !at || out.features()[*at].edges.has_value() == number;
    };
    if (!fits(score_feature, true) || !fits(segment_feature, false) ||
        !(out.find(score_feature) || out.find(segment_feature)))
        throw issue_error("drift.bad_field", "/reference/features",
                          "this is no reference of a model's answers", names_of(out),
                          "a feature score of numbers, or segment of categories, or both", remedy_for(out));
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/woe_binning.hpp>

#include "base/indexed_place.hpp"
#include "base/json.hpp"
#include "model/model_document.hpp"
#include "model/woe_document.hpp"

#include <segmenta/base/text.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::indexed_place;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

std::size_t regular_bins(woe_layout const& layout) noexcept {
    return layout.numeric ? layout.breaks.size() + 1 : layout.groups.size();
}

void check_breaks(woe_layout const& layout, issue_list& issues, std::string_view place) {
    for (std::size_t i = 0; i < layout.breaks.size(); ++i) {
        bool const finite = std::isfinite(layout.breaks[i]);
        if (finite && (i == 0 || layout.breaks[i - 1] < layout.breaks[i])) continue;
        issues.error("woe.breaks", indexed_place(std::string(place) + ".breaks", i),
                     finite ? "breaks must ascend" : "a break must be finite", std::to_string(layout.breaks[i]), {},
                     {});
    }
    for (std::size_t i = 0; i < layout.special.size(); ++i) {
        auto const before = layout.special.begin() + static_cast<std::ptrdiff_t>(i);
        bool const twice = std::find(layout.special.begin(), before, layout.special[i]) != before;
        if (std::isfinite(layout.special[i]) && !twice) continue;
        issues.error("woe.special", indexed_place(std::string(place) + ".special_values", i),
                     twice ? "this special value is named twice" : "a special value must be finite",
                     std::to_string(layout.special[i]), {}, "NaN is missing, and has a bin of its own anyway");
    }
}

std::string range_label(woe_layout const& layout, std::size_t bin) {
    bool const left = layout.closed == closed_side::left;
    std::string const from = bin == 0 ? "-inf" : detail::format_double(layout.breaks[bin - 1]);
    std::string const to = bin == layout.breaks.size() ? "inf" : detail::format_double(layout.breaks[bin]);
    auto const plain = [](std::string text) {
        if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
        return text;
    };
    return (left && bin > 0 ? '[' : '(') + plain(from) + ',' + plain(to) +
           (left || bin == layout.breaks.size() ? ')' : ']');
}

std::string label_of(woe_layout const& layout, std::size_t bin) {
    std::size_t const regular = regular_bins(layout);
    if (bin < regular && layout.numeric) return range_label(layout, bin);
    if (bin < regular) {
        std::string out;
        for (std::string const& text : layout.groups[bin])
            out += (out.empty() ? "" : "+") + text;
        return out;
    }
    if (bin < regular + layout.special.size()) {
        auto text = detail::format_double(layout.special[bin - regular]);
        if (text.ends_with(".0")) text.resize(text.size() - 2);
        return "special " + text;
    }
    return bin == regular + layout.special.size() ? "missing" : "unseen";
}

// Cells after the filling, with their totals.
struct filled_cells {
    std::vector<double> events;
    std::vector<double> non_events;
    double all_events = 0;
    double all_non_events = 0;

    [[nodiscard]] double event_share(std::size_t i) const { return events[i] / all_events; }
    [[nodiscard]] double non_event_share(std::size_t i) const { return non_events[i] / all_non_events; }
};

filled_cells fill(std::span<woe_bin const> table, zero_cells const& zeros) {
    filled_cells out;
    double events = 0;
    double non_events = 0;
    auto const filled = [&zeros](std::uint64_t count) {
        auto const plain = static_cast<double>(count);
        if (zeros.rule == zero_cell_rule::add) return plain + zeros.amount;
        return count == 0 ? zeros.amount : plain;
    };
    for (woe_bin const& bin : table) {
        bool const used = bin.counts.rows() > 0;
        out.events.push_back(used ? filled(bin.counts.events) : 0);
        out.non_events.push_back(used ? filled(bin.counts.non_events) : 0);
        out.all_events += out.events.back();
        out.all_non_events += out.non_events.back();
        events += static_cast<double>(bin.counts.events);
        non_events += static_cast<double>(bin.counts.non_events);
    }
    if (zeros.totals_after) return out;
    out.all_events = events;
    out.all_non_events = non_events;
    return out;
}

double signed_weight(double events, double non_events, woe_direction direction) {
    double const weight = weight_of_evidence(events, non_events);
    return direction == woe_direction::events_over_non_events ? weight : -weight;
}

void check_counts(std::span<woe_bin const> table, woe_settings const& settings, issue_list& issues,
                  std::string const& place) {
    outcome_counts all;
    for (woe_bin const& bin : table)
        all.merge(bin.counts);
    if (all.events == 0 || all.non_events == 0) {
        issues.error("woe.one_class", place, "there are only rows of one outcome, so nothing tells them apart",
                     std::to_string(all.events) + " events, " + std::to_string(all.non_events) + " non-events", "both",
                     {});
        return;
    }
    if (settings.zeros.rule != zero_cell_rule::refuse) return;
    for (woe_bin const& bin : table) {
        bool const one_sided = bin.counts.rows() > 0 && (bin.counts.events == 0 || bin.counts.non_events == 0);
        if (!one_sided) continue;
        issues.error("woe.zero_cell", place + ' ' + bin.label, "the weight of evidence of this bin is infinite",
                     std::to_string(bin.counts.events) + " events, " + std::to_string(bin.counts.non_events) +
                         " non-events",
                     "both outcomes in every bin", "Merge it with a neighbour, or choose how empty cells are filled");
    }
}

double weight_by_policy(fallback_woe policy, double riskiest) noexcept {
    if (policy == fallback_woe::neutral) return 0;
    return policy == fallback_woe::riskiest ? riskiest : nan_value;
}

constexpr std::array<std::string_view, 2> direction_names{"events_over_non_events", "non_events_over_events"};
constexpr std::array<std::string_view, 3> rule_names{"replace", "add", "refuse"};
constexpr std::array<std::string_view, 3> fallback_names{"neutral", "riskiest", "not_a_number"};
constexpr std::array<std::string_view, 2> closed_names{"left", "right"};

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, std::array<std::string_view, N> const& names) {
    return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t N>
Enum read_name(detail::model_reader& in, std::string_view key, std::array<std::string_view, N> const& names,
               issue_list& issues, std::string const& pointer) {
    std::string const text = in.text(key);
    auto const at = std::find(names.begin(), names.end(), text);
    if (at != names.end()) return static_cast<Enum>(at - names.begin());
    if (!issues.has_errors()) {
        std::string allowed;
        for (std::string_view const name : names)
            allowed += (allowed.empty() ? "" : ", ") + std::string(name);
        issues.error("model.bad_field", "model " + detail::pointer_append(pointer, key),
                     "this member of the model cannot be read", quoted(text), allowed, {});
    }
    return Enum{};
}

std::vector<std::uint64_t> read_counts(detail::model_reader& in, std::string_view key, issue_list& issues,
                                       std::string const& pointer) {
    std::vector<std::uint64_t> out;
    for (double const v : in.numbers(key)) {
        bool const whole = v >= 0 && v <= 0x1p53 && v == std::floor(v);
        if (!whole) {
            issues.error("model.bad_field", "model " + detail::pointer_append(pointer, key),
                         "a count must be a whole number", std::to_string(v), {}, {});
        }
        out.push_back(whole ? static_cast<std::uint64_t>(v) : 0);
    }
    return out;
}

std::vector<std::vector<std::string>> read_groups(boost::json::array const* list, issue_list& issues,
                                                  std::string const& pointer) {
    std::vector<std::vector<std::string>> out;
    if (list == nullptr) return out;
    for (boost::json::value const& group : *list) {
        boost::json::object wrapped{{"groups", group}};
        out.push_back(detail::model_reader(wrapped, issues, pointer).texts("groups"));
    }
    return out;
}

} // namespace

std::size_t woe_layout::bins() const noexcept { return regular_bins(*this) + special.size() + 1 + (numeric ? 0 : 1); }

double weight_of_evidence(double share_events, double share_non_events) noexcept {
    return std::log(share_events / share_non_events);
}

woe_binning::woe_binning(std::string name, woe_layout layout, std::vector<outcome_counts> counts, woe_settings settings)
    : name_(std::move(name)), layout_(std::move(layout)), settings_(settings) {
    issue_list issues;
    check_breaks(layout_, issues, name_);
    if (!(std::isfinite(settings_.zeros.amount) && settings_.zeros.amount > 0)) {
        issues.error("woe.options", name_ + ".zeros.amount", "the filling of an empty cell must be above 0",
                     std::to_string(settings_.zeros.amount), {}, {});
    }
    if (counts.size() != layout_.bins()) {
        issues.error("woe.counts", name_, "there must be counts for each bin", std::to_string(counts.size()),
                     std::to_string(layout_.bins()), {});
    }
    index_categories();
    for (std::size_t i = 0; i < categories_.size(); ++i) {
        bool const twice = i > 0 && categories_[i - 1].text == categories_[i].text;
        if (!twice && !categories_[i].text.empty()) continue;
        issues.error("woe.groups", name_ + ".groups", twice ? "this category is named twice" : "a category is empty",
                     quoted(categories_[i].text), {}, twice ? "" : "An empty text is missing, and has a bin anyway");
    }
    issues.throw_if_errors();

    for (std::size_t i = 0; i < counts.size(); ++i)
        table_.push_back({label_of(layout_, i), counts[i]});
    check_counts(table_, settings_, issues, name_);
    issues.throw_if_errors();

    auto const cells = fill(table_, settings_.zeros);
    double highest = -1;
    double riskiest = 0;
    for (std::size_t i = 0; i < table_.size(); ++i) {
        woe_bin& bin = table_[i];
        if (bin.counts.rows() == 0) continue;
        double const events = cells.event_share(i);
        double const others = cells.non_event_share(i);
        bin.woe = signed_weight(events, others, settings_.direction);
        bin.information_value = (events - others) * weight_of_evidence(events, others);
        information_value_ += bin.information_value;
        if (bin.counts.event_rate() <= highest) continue;
        highest = bin.counts.event_rate();
        riskiest = bin.woe;
    }
    for (std::size_t i = 0; i < table_.size(); ++i) {
        if (table_[i].counts.rows() > 0) continue;
        table_[i].woe = weight_by_policy(i == missing_bin() ? settings_.missing : settings_.unseen, riskiest);
    }
}

void woe_binning::index_categories() {
    for (std::size_t i = 0; i < layout_.groups.size(); ++i) {
        for (std::string const& text : layout_.groups[i])
            categories_.push_back({text, i});
    }
    std::stable_sort(categories_.begin(), categories_.end(),
                     [](known_category const& a, known_category const& b) { return a.text < b.text; });
}

std::size_t woe_binning::missing_bin() const noexcept { return regular_bins(layout_) + layout_.special.size(); }

std::size_t woe_binning::bin_of(double value) const noexcept {
    if (std::isnan(value) || !layout_.numeric) return missing_bin();
    for (std::size_t i = 0; i < layout_.special.size(); ++i) {
        if (layout_.special[i] == value) return layout_.breaks.size() + 1 + i;
    }
    auto const& breaks = layout_.breaks;
    auto const at = layout_.closed == closed_side::left ? std::upper_bound(breaks.begin(), breaks.end(), value)
                                                        : std::lower_bound(breaks.begin(), breaks.end(), value);
    return static_cast<std::size_t>(at - breaks.begin());
}

std::size_t woe_binning::bin_of(std::string_view text) const noexcept {
    if (text.empty() || layout_.numeric) return missing_bin();
    auto const at = std::lower_bound(categories_.begin(), categories_.end(), text,
                                     [](known_category const& c, std::string_view wanted) { return c.text < wanted; });
    return at != categories_.end() && at->text == text ? at->bin : table_.size() - 1;
}

void woe_binning::woe(std::span<double const> values, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < values.size(); ++i)
        out[i] = woe(values[i]);
}

void woe_binning::woe(std::span<std::string_view const> categories, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < categories.size(); ++i)
        out[i] = woe(categories[i]);
}

woe_measures woe_binning::measures() const {
    woe_measures out;
    out.information_value = information_value_;
    auto const cells = fill(table_, settings_.zeros);
    std::vector<outcome_counts> bins;
    outcome_counts all;
    for (std::size_t i = 0; i < table_.size(); ++i) {
        if (table_[i].counts.rows() == 0) continue;
        double const a = cells.event_share(i);
        double const b = cells.non_event_share(i);
        double const middle = (a + b) / 2;
        out.jensen_shannon += (a * std::log(a / middle) + b * std::log(b / middle)) / 2;
        out.hellinger += (std::sqrt(a) - std::sqrt(b)) * (std::sqrt(a) - std::sqrt(b)) / 2;
        bins.push_back(table_[i].counts);
        all.merge(table_[i].counts);
    }
    auto const share_gap = [&all](outcome_counts const& c) {
        return static_cast<double>(c.events) / static_cast<double>(all.events) -
               static_cast<double>(c.non_events) / static_cast<double>(all.non_events);
    };
    outcome_counts upto;
    for (outcome_counts const& bin : bins) {
        upto.merge(bin);
        out.kolmogorov_smirnov = std::max(out.kolmogorov_smirnov, std::abs(share_gap(upto)));
    }
    std::stable_sort(bins.begin(), bins.end(),
                     [](outcome_counts const& a, outcome_counts const& b) { return a.event_rate() < b.event_rate(); });
    double below = 0; // non-events in bins of a lower event rate
    double pairs = 0; // event above non-event, less the opposite
    for (outcome_counts const& bin : bins) {
        auto const others = static_cast<double>(bin.non_events);
        double const above = static_cast<double>(all.non_events) - below - others;
        pairs += static_cast<double>(bin.events) * (below - above);
        below += others;
    }
    out.gini = pairs / (static_cast<double>(all.events) * static_cast<double>(all.non_events));
    return out;
}

std::string woe_binning::to_json() const {
    return detail::write_model_document("woe_binning", 1, detail::woe_fields(*this));
}

woe_binning woe_binning::from_json(std::string_view text) {
    return detail::read_woe_fields(detail::read_model_document(text, "woe_binning", 1));
}

namespace detail {

boost::json::object woe_fields(woe_binning const& binning) {
    woe_layout const& layout = binning.layout();
    woe_settings const& settings = binning.settings();
    boost::json::object out;
    out["name"] = binning.name();
    out["numeric"] = layout.numeric;
    out["closed"] = name_of(layout.closed, closed_names);
    out["breaks"] = numbers_of(layout.breaks);
    out["special"] = numbers_of(layout.special);
    boost::json::array groups;
    for (auto const& group : layout.groups)
        groups.push_back(boost::json::array(group.begin(), group.end()));
    out["groups"] = std::move(groups);
    boost::json::array events;
    boost::json::array non_events;
    for (woe_bin const& bin : binning.table()) {
        events.push_back(bin.counts.events);
        non_events.push_back(bin.counts.non_events);
    }
    out["events"] = std::move(events);
    out["non_events"] = std::move(non_events);
    out["direction"] = name_of(settings.direction, direction_names);
    out["zero_cells"] = name_of(settings.zeros.rule, rule_names);
    out["zero_amount"] = settings.zeros.amount;
    out["totals_after"] = settings.zeros.totals_after;
    out["missing"] = name_of(settings.missing, fallback_names);
    out["unseen"] = name_of(settings.unseen, fallback_names);
    return out;
}

woe_binning read_woe_fields(boost::json::object const& fields, std::string const& pointer) {
    issue_list issues;
    model_reader in(fields, issues, pointer);
    std::string name = in.text("name");
    woe_layout layout;
    layout.numeric = in.flag("numeric");
    layout.closed = read_name<closed_side>(in, "closed", closed_names, issues, pointer);
    layout.breaks = in.numbers("breaks");
    layout.special = in.numbers("special");
    layout.groups = read_groups(in.array("groups"), issues, pointer);
    auto const events = read_counts(in, "events", issues, pointer);
    auto const non_events = read_counts(in, "non_events", issues, pointer);
    woe_settings settings;
    settings.direction = read_name<woe_direction>(in, "direction", direction_names, issues, pointer);
    settings.zeros.rule = read_name<zero_cell_rule>(in, "zero_cells", rule_names, issues, pointer);
    settings.zeros.amount = in.positive("zero_amount");
    settings.zeros.totals_after = in.flag("totals_after");
    settings.missing = read_name<fallback_woe>(in, "missing", fallback_names, issues, pointer);
    settings.unseen = read_name<fallback_woe>(in, "unseen", fallback_names, issues, pointer);
    issues.throw_if_errors();
    std::vector<outcome_counts> counts(std::min(events.size(), non_events.size()));
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = {non_events[i], events[i]};
    return {std::move(name), std::move(layout), std::move(counts), settings};
}

} // namespace detail

} // namespace v0
} // namespace segmenta

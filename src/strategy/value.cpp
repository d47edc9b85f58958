// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/value.hpp>

#include <segmenta/error.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

map_segment rectangle(std::string id, score_range r, score_range f) { return {std::move(id), {{r, f}}}; }
map_segment box(std::string id, score_range r, score_range f, score_range m) { return {std::move(id), {{r, f, m}}}; }

} // namespace

cell_map_options ten_segment_map() {
    cell_map_options out;
    out.id = "rfm";
    out.reads = {"r", "f"};
    out.levels = {5, 5};
    out.segments = {rectangle("champions", {5, 5}, {4, 5}),           rectangle("loyal_customers", {3, 4}, {4, 5}),
                    rectangle("potential_loyalists", {4, 5}, {2, 3}), rectangle("new_customers", {5, 5}, {1, 1}),
                    rectangle("promising", {4, 4}, {1, 1}),           rectangle("need_attention", {3, 3}, {3, 3}),
                    rectangle("about_to_sleep", {3, 3}, {1, 2}),      rectangle("at_risk", {1, 2}, {3, 4}),
                    rectangle("cant_loose", {1, 2}, {5, 5}),          rectangle("hibernating", {1, 2}, {1, 2})};
    return out;
}

cell_map_options eight_segment_map() {
    cell_map_options out;
    out.id = "rfm";
    out.reads = {"r", "f", "m"};
    out.levels = {2, 2, 2};
    for (std::string const id : {"111", "011", "101", "001", "110", "010", "100", "000"}) {
        auto const score = [&id](std::size_t i) {
            auto const s = static_cast<std::uint8_t>(id[i] - '0' + 1);
            return score_range{s, s};
        };
        out.segments.push_back(box(id, score(0), score(1), score(2)));
    }
    return out;
}

cell_map_options eleven_segment_map() {
    cell_map_options out;
    out.id = "rfm";
    out.reads = {"r", "f", "m"};
    out.levels = {5, 5, 5};
    out.order = map_order::specificity;
    out.fallback = "others";
    out.segments = {
        box("champions", {4, 5}, {4, 5}, {4, 5}), box("loyal_customers", {2, 5}, {3, 5}, {3, 5}),
        box("potential_loyalist", {3, 5}, {1, 3}, {1, 3}), box("new_customers", {4, 5}, {1, 1}, {1, 1}),
        box("promising", {3, 4}, {1, 1}, {1, 1}), box("need_attention", {2, 3}, {2, 3}, {2, 3}),
        box("about_to_sleep", {2, 3}, {1, 2}, {1, 2}), box("at_risk", {1, 2}, {2, 5}, {2, 5}),
        box("cant_lose_them", {1, 1}, {4, 5}, {4, 5}), box("hibernating", {1, 2}, {1, 2}, {1, 2}),
        // published with the very box of hibernating, which leaves it no cell; described as the lowest scores
        box("lost", {1, 1}, {1, 1}, {1, 1})};
    return out;
}

std::vector<strategy_column> rfm_columns(rfm_options const& options) {
    bool const halves = options.map == rfm_map::eight;
    if (halves && options.halves == cut_method::quantiles)
        throw issue_error("rfm.halves", options.scheme, "two halves are told apart by one cut", "quantiles",
                          "fixed, mean, median", "Use the median for halves of equal size");
    auto const score = [&](std::string name, std::string const& reads, score_direction direction, tie_policy ties,
                           double cut) {
        quantile_score_options o;
        o.id = name;
        o.reads = reads;
        o.direction = direction;
        if (halves) {
            o.method = options.halves;
            if (o.method == cut_method::fixed) o.cuts = {cut};
            if (o.method == cut_method::median) o.quantiles.type = options.quantiles.type;
        } else {
            o.bins = 5;
            o.quantiles = options.quantiles;
            o.ties = ties;
        }
        return strategy_column{std::move(name), use_of(o)};
    };
    std::vector<strategy_column> out{
        score("r", options.recency, score_direction::descending, options.recency_ties, options.recency_cut),
        score("f", options.frequency, score_direction::ascending, options.frequency_ties, options.frequency_cut),
        score("m", options.monetary, score_direction::ascending, options.monetary_ties, options.monetary_cut)};
    auto map = halves ? eight_segment_map() : options.map == rfm_map::eleven ? eleven_segment_map() : ten_segment_map();
    map.id = options.scheme;
    out.push_back({"segment", use_of(map)});
    return out;
}

quantile_score_options value_by_tertile(std::string scheme, std::string reads) {
    quantile_score_options out;
    out.id = std::move(scheme);
    out.reads = std::move(reads);
    out.bins = 3;
    out.segments = {"low", "middle", "high"};
    return out;
}

bands_options value_by_cut(std::string scheme, std::string reads, double middle_from, double high_from) {
    bands_options out;
    out.id = std::move(scheme);
    out.reads = std::move(reads);
    out.bands = {
        {"low", std::nullopt, middle_from}, {"middle", middle_from, high_from}, {"high", high_from, std::nullopt}};
    return out;
}

share_bands_options value_by_share(std::string scheme, std::string reads, double high_share, double middle_share,
                                   crossing_policy crossing) {
    share_bands_options out;
    out.id = std::move(scheme);
    out.reads = std::move(reads);
    out.shares = {high_share, middle_share};
    out.segments = {"high", "middle", "low"};
    out.crossing = crossing;
    return out;
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include "sample/csv_row.hpp"
#include "sample/shop_relations.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct survey_item {
    std::string_view id, construct;
    int low, high;
    bool reverse;
};

constexpr survey_item motive_items[] = {
    {"m01", "rational", 1, 5, false},   {"m02", "emotional", 1, 5, false},  {"m03", "functional", 1, 5, false},
    {"m04", "image", 1, 5, false},      {"m05", "rational", 1, 5, false},   {"m06", "emotional", 1, 5, false},
    {"m07", "functional", 1, 5, false}, {"m08", "image", 1, 5, false},      {"m09", "rational", 1, 5, false},
    {"m10", "emotional", 1, 5, false},  {"m11", "functional", 1, 5, false}, {"m12", "image", 1, 5, false},
    {"m13", "rational", 1, 5, true},    {"m14", "emotional", 1, 5, true},   {"m15", "functional", 1, 5, true},
    {"m16", "image", 1, 5, true}};
constexpr survey_item value_items[] = {
    {"v01", "importance_price", 1, 5, false},    {"v02", "importance_quality", 1, 5, false},
    {"v03", "importance_service", 1, 5, false},  {"v04", "importance_brand", 1, 5, false},
    {"v05", "expectation_price", 1, 5, false},   {"v06", "expectation_quality", 1, 5, false},
    {"v07", "expectation_service", 1, 5, false}, {"v08", "expectation_brand", 1, 5, false},
    {"v09", "perception_price", 1, 5, false},    {"v10", "perception_quality", 1, 5, false},
    {"v11", "perception_service", 1, 5, false},  {"v12", "perception_brand", 1, 5, false}};
constexpr survey_item satisfaction_items[] = {{"s01", "nps", 0, 10, false},
                                              {"s02", "csat", 1, 5, false},
                                              {"s03", "ces", 1, 7, false},
                                              {"s04", "repurchase_intention", 1, 5, false},
                                              {"s05", "trust", 1, 5, false}};

struct wave {
    std::string_view name;
    civil_date from;
};
constexpr std::array<wave, 4> waves{{{"2022H2", civil_date::of(2022, 10, 10)},
                                     {"2023H1", civil_date::of(2023, 4, 10)},
                                     {"2023H2", civil_date::of(2023, 10, 9)},
                                     {"2024H1", civil_date::of(2024, 4, 8)}}};

// To the nearest whole number inside the scale; `opinion` on the item's own direction.
int rounded_answer(survey_item const& item, double opinion) {
    int const nearest = static_cast<int>(opinion + 100.5) - 100; // +100: truncation rounds down for negatives too
    int const inside = std::clamp(nearest, item.low, item.high);
    return item.reverse ? item.low + item.high - inside : inside;
}

class survey_writer {
public:
    survey_writer(shop const& in, shop_customer const& customer, std::string& rows, shop_counts& counts)
        : in_(in), customer_(customer), rows_(rows), counts_(counts),
          chance_(in.chance(customer.number, purpose_stream::surveys)) {}

    std::uint64_t written() const noexcept { return written_; }
    dice& chance() noexcept { return chance_; }

    // Time of an answer in a wave, or no_time when the customer came later.
    shop_time answer_time(wave const& when) {
        shop_time const time = start_of(shop_day(when.from)) + chance_.between(8 * 3600, 21 * day_seconds);
        return customer_.registered < time ? time : no_time;
    }

    void begin(std::string_view survey, std::string_view when, shop_time time) {
        ++response_;
        survey_ = survey;
        wave_ = when;
        time_ = time;
        auto const draw = chance_.below(100);
        mode_ = draw < 82 ? "questionnaire" : draw < 96 ? "phone" : "interview";
        counts_.add(counted::survey_responses);
    }

    void item(survey_item const& what, int answer) {
        csv_row row(rows_);
        row.id('Q', customer_.number, response_).id('C', customer_.number).code(survey_).code(wave_);
        in_.calendar.append_time(rows_, time_);
        row.code(mode_).code(what.id).code(what.construct).number(what.low).number(what.high).flag(what.reverse);
        bool const skipped = chance_.chance(300);
        if (skipped) {
            row.empty();
            counts_.add(counted::answers_missing);
        } else {
            row.number(answer);
        }
        row.end();
        ++written_;
    }

private:
    shop const& in_;
    shop_customer const& customer_;
    std::string& rows_;
    shop_counts& counts_;
    dice chance_;
    std::string_view survey_, wave_, mode_;
    shop_time time_ = 0;
    std::int64_t response_ = 0;
    std::uint64_t written_ = 0;
};

void motives(survey_writer& out, customer_traits const& traits, shop_counts& counts) {
    if (!out.chance().chance(1800)) return;
    auto const& when = waves[2];
    shop_time const time = out.answer_time(when);
    if (time == no_time) return;
    out.begin("motives", when.name, time);
    bool const straight = out.chance().chance(250);
    if (straight) counts.add(counted::straight_liners);
    auto const same = out.chance().between_int(3, 5);
    std::size_t number = 0;
    for (auto const& one : motive_items) {
        double const noise = 0.65 * out.chance().normal();
        int const honest = rounded_answer(one, 3.1 + 1.7 * traits.mind[number++ % 4] + noise);
        out.item(one, straight ? same : honest);
    }
}

void values(survey_writer& out, customer_traits const& traits) {
    if (!out.chance().chance(1000)) return;
    auto const& when = waves[1];
    shop_time const time = out.answer_time(when);
    if (time == no_time) return;
    out.begin("values", when.name, time);
    std::array<double, 4> const importance{2.2 + 2.6 * traits.sensitivity, 3.9 + 0.4 * traits.mind[2], 3.3,
                                           2.4 + 1.6 * traits.level + 0.8 * traits.mind[3]};
    double const happy = 1.6 + 3.2 * traits.satisfaction;
    std::array<double, 4> const perception{happy - 0.6 * traits.sensitivity, happy + 0.2, happy - 0.3, happy};
    std::size_t number = 0;
    for (auto const& one : value_items) {
        std::size_t const attribute = number % 4;
        double const base = number < 4   ? importance[attribute]
                            : number < 8 ? 0.5 * importance[attribute] + 2.2
                                         : perception[attribute];
        double const noise = 0.6 * out.chance().normal();
        out.item(one, rounded_answer(one, base + noise));
        ++number;
    }
}

void satisfaction(survey_writer& out, customer_traits const& traits, purchase_history const& history,
                  wave const& when) {
    if (history.orders.empty() || history.orders.front().guest || !out.chance().chance(1100)) return;
    shop_time const time = out.answer_time(when);
    if (time == no_time || history.orders.front().created >= time) return;
    out.begin("satisfaction", when.name, time);
    for (auto const& one : satisfaction_items) {
        double const width = one.high - one.low;
        double const noise = 0.11 * width * out.chance().normal();
        out.item(one, rounded_answer(one, one.low + width * (0.18 + 0.82 * traits.satisfaction) + noise));
    }
}

} // namespace

std::uint64_t write_surveys(shop const& in, shop_customer const& customer, purchase_history const& history,
                            std::string& rows, shop_counts& counts) {
    survey_writer out(in, customer, rows, counts);
    motives(out, customer.traits, counts);
    values(out, customer.traits);
    for (auto const& when : waves)
        satisfaction(out, customer.traits, history, when);
    return out.written();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
// Models of repeat buying in a plan: who is still a customer, how much is to come.
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"

#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/discount_rate.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/lifetime_value.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/pareto_nbd.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <cmath>
#include <memory>
#include <variant>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view own_kind = "repeat_buying";

enum class buying_model : std::uint8_t { bg_nbd, mbg_nbd, pareto_nbd };
enum class buying_answer : std::uint8_t { probability_alive, expected_purchases, lifetime_value };

using any_buying_model = std::variant<bg_nbd, mbg_nbd, pareto_nbd>;

struct buying_use {
    buying_model model = buying_model::bg_nbd;
    buying_answer answer = buying_answer::probability_alive;
    model_time_unit unit = model_time_unit::day;
    double horizon = 0;           // in units
    double discount_per_year = 0; // of money
    score_cuts cuts;
};

constexpr std::size_t steps_of_value = 12; // months, when the horizon is a year

std::string document_of(boost::json::object const& fit, std::string_view key) {
    auto const* const found = fit.if_contains(key);
    if (found == nullptr) bad_content(own_kind, "a model is missing");
    return write_json(*found);
}

template <class Model>
std::string checked_document(Model const& model, std::string_view place) {
    refuse_undetermined(model.diagnostics(), place);
    return model.to_json();
}

std::string fit_buying(buying_model which, purchase_summary const& summary, std::string_view place) {
    switch (which) {
    case buying_model::bg_nbd: return checked_document(fit_bg_nbd(summary), place);
    case buying_model::mbg_nbd: return checked_document(fit_mbg_nbd(summary), place);
    case buying_model::pareto_nbd: break;
    }
    return checked_document(fit_pareto_nbd(summary), place);
}

any_buying_model load_buying(buying_model which, std::string const& document) {
    switch (which) {
    case buying_model::bg_nbd: return bg_nbd::from_json(document);
    case buying_model::mbg_nbd: return mbg_nbd::from_json(document);
    case buying_model::pareto_nbd: break;
    }
    return pareto_nbd::from_json(document);
}

boost::json::object fit_use(buying_use const& use, training_rows const& rows, std::string place) {
    auto const& columns = rows.numbers;
    purchase_summary summary;
    summary.unit = use.unit;
    summary.repeats = columns[0];
    summary.last = columns[1];
    summary.age = columns[2];
    bool const spends = use.answer == buying_answer::lifetime_value;
    if (spends) summary.mean_spend = columns[3];
    boost::json::object out;
    out["model"] = parse_json(fit_buying(use.model, summary, place));
    if (spends) out["spend"] = parse_json(checked_document(fit_gamma_gamma(summary), place));
    return out;
}

// Over twelve equal steps of the horizon, each paid at its end.
lifetime_value valuation_of(buying_use const& use) {
    lifetime_value_options options;
    options.steps = steps_of_value;
    options.step = {use.horizon / steps_of_value, use.unit};
    options.rate = discount_rate::per_year(use.discount_per_year);
    return lifetime_value(options);
}

repeat_purchases buyer_of(model_row const& row) {
    return {repeat_count(row.numbers[0]), age_at_last_purchase(row.numbers[1]), customer_age(row.numbers[2])};
}

model_function make_use(buying_use const& use, boost::json::object const& fit) {
    auto const model = std::make_shared<any_buying_model const>(load_buying(use.model, document_of(fit, "model")));
    if (use.answer == buying_answer::probability_alive)
        return [model, use](model_row const& row, assignment& out) {
            repeat_purchases const who = buyer_of(row);
            use.cuts.assign(std::visit([&](auto const& m) { return m.probability_alive(who); }, *model), out);
        };
    if (use.answer == buying_answer::expected_purchases)
        return [model, use](model_row const& row, assignment& out) {
            repeat_purchases const who = buyer_of(row);
            auto const expected = [&](auto const& m) {
                return m.conditional_expected_transactions(who, horizon(use.horizon));
            };
            use.cuts.assign(std::visit(expected, *model), out);
        };
    auto const spend = std::make_shared<gamma_gamma const>(gamma_gamma::from_json(document_of(fit, "spend")));
    auto const valuation = std::make_shared<lifetime_value const>(valuation_of(use));
    return [model, spend, valuation, use](model_row const& row, assignment& out) {
        repeat_purchases const who = buyer_of(row);
        auto const value = [&](auto const& m) { return valuation->of(m, *spend, who, mean_spend(row.numbers[3])); };
        use.cuts.assign(std::visit(value, *model), out);
    };
}

void read_parameters(object_reader& reader, buying_use& to) {
    using model_name = object_reader::named<buying_model>;
    using answer_name = object_reader::named<buying_answer>;
    using unit_name = object_reader::named<model_time_unit>;
    reader.read_choice<buying_model>("model", to.model,
                                     {model_name{"bg_nbd", buying_model::bg_nbd},
                                      {"mbg_nbd", buying_model::mbg_nbd},
                                      {"pareto_nbd", buying_model::pareto_nbd}});
    reader.need("answer");
    reader.read_choice<buying_answer>("answer", to.answer,
                                      {answer_name{"probability_alive", buying_answer::probability_alive},
                                       {"expected_purchases", buying_answer::expected_purchases},
                                       {"lifetime_value", buying_answer::lifetime_value}});
    reader.need("unit");
    reader.read_choice<model_time_unit>("unit", to.unit,
                                        {unit_name{"day", model_time_unit::day},
                                         {"week", model_time_unit::week},
                                         {"month", model_time_unit::month},
                                         {"year", model_time_unit::year}});
    if (to.answer != buying_answer::probability_alive) reader.need("horizon");
    reader.read("horizon", to.horizon);
    reader.read("discount_per_year", to.discount_per_year);
    to.cuts.read(reader);
}

std::optional<model_use> read_use(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    buying_use read;
    read_parameters(reader, read);
    drift_use drift;
    drift.read(reader);
    reader.finish();
    bool const alive = read.answer == buying_answer::probability_alive;
    bool const value = read.answer == buying_answer::lifetime_value;
    if (!alive && !found.has_errors() && !(read.horizon > 0 && std::isfinite(read.horizon)))
        found.error("repeat_buying.horizon", use.place + "/horizon", "the time to look ahead is not above 0",
                    std::to_string(read.horizon), "a number of " + std::string(to_string(read.unit)) + "s");
    if (!(read.discount_per_year >= 0 && read.discount_per_year < 1e3))
        found.error("repeat_buying.discount", use.place + "/discount_per_year", "this is no rate of discount",
                    std::to_string(read.discount_per_year), "0.1 for 10 % a year");
    std::size_t const columns = value ? 4 : 3;
    if (use.reads.size() != columns)
        found.error("repeat_buying.reads", use.place + "/reads", "other columns are read",
                    std::to_string(use.reads.size()),
                    value ? "repeat purchases, age at the last one, age, mean spend of repeat purchases"
                          : "repeat purchases, age at the last one, age");
    read.cuts.check(own_kind, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    model_use out;
    out.drift = std::move(drift);
    out.segments = read.cuts.locals();
    out.scores = read.cuts.cuts.empty(); // with cuts the answer is the segment
    out.fit = [read, place = use.place](training_rows const& all) { return fit_use(read, all, place); };
    out.make = [read](boost::json::object const& fit) {
        return model_answer{make_use(read, fit), describe_cuts(read.cuts)};
    };
    return out;
}

} // namespace

strategy_kind repeat_buying_kind() {
    return model_kind(std::string(own_kind),
                      "a model of repeat buying: probability to be alive, purchases to come, lifetime value", read_use);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

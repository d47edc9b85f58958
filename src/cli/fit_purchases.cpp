// SPDX-License-Identifier: Apache-2.0
// Models of repeat buying from the command line: what file, what columns, what unit.
#include "cli/fit_models.hpp"

#include "cli/screen.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cnbd_k.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/nbd.hpp>
#include <segmenta/model/pareto_nbd.hpp>
#include <segmenta/model/summarise_purchases.hpp>
#include <segmenta/time/parse.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace segmenta::cli {
namespace {

using names = std::span<std::string_view const>;

model_time_unit unit_of(fit_arguments const& a) {
    if (auto const unit = parse_model_time_unit(a.unit)) return *unit;
    throw issue_error("cli.unit", "--unit", "there is no such unit of time", segmenta::quoted(a.unit),
                      "days, weeks, months, years", {});
}

/// The column asked for, or the first of the usual names; nothing when neither is there.
std::optional<std::string> column_of(table_file const& file, std::string const& asked, names usual) {
    if (asked.empty()) return file.first_of(usual);
    return asked; // when it is not there, reading says so
}

std::string needed_column(table_file const& file, std::string const& asked, names usual, char const* option,
                          char const* what) {
    if (auto found = column_of(file, asked, usual)) return *found;
    throw issue_error("cli.column", option, std::string("no column is known to hold ") + what,
                      fmt::format("{}", fmt::join(file.columns(), ", ")),
                      fmt::format("one of {}", fmt::join(usual, ", ")), std::string("Name it with ") + option);
}

constexpr std::array<std::string_view, 4> repeat_names{"repeats", "frequency", "x", "repeat_count"};
constexpr std::array<std::string_view, 4> last_names{"last", "recency", "t_x", "age_at_last_purchase"};
constexpr std::array<std::string_view, 3> age_names{"age", "T", "tenure"};
constexpr std::array<std::string_view, 6> spend_names{"mean_spend", "monetary_value", "monetary", "zbar",
                                                      "m_x",        "spend"};
constexpr std::array<std::string_view, 3> weight_names{"weight", "weights", "count"};
constexpr std::array<std::string_view, 4> period_names{"periods", "n", "n_periods", "opportunities"};
constexpr std::array<std::string_view, 8> time_names{"time",       "date",    "Date", "InvoiceDate",
                                                     "order_date", "paid_at", "day",  "timestamp"};
constexpr std::array<std::string_view, 6> amount_names{"amount", "Price", "revenue", "value", "total", "spend"};

struct read_purchases {
    purchase_summary summary;
    std::vector<std::pair<std::string, figure_cell>> facts; ///< what was read
};

/// `ages`: the option and usual names of the column with the age, or the number of chances to buy.
struct age_column {
    std::string asked;
    names usual;
    char const* option;
    char const* what;
};

read_purchases read_summary(fit_arguments const& a, bool need_times, age_column const& ages) {
    table_file const file = customers_of(a);
    std::string const repeats = needed_column(file, a.repeats, repeat_names, "--repeats", "repeat purchases");
    std::vector<std::string> columns{repeats};
    read_purchases out;
    out.facts.emplace_back("repeat purchases", repeats);
    constexpr std::size_t none = ~std::size_t{0};
    auto const add = [&](std::optional<std::string> const& column, char const* what) {
        if (!column) return none;
        columns.push_back(*column);
        out.facts.emplace_back(what, *column);
        return columns.size() - 1;
    };
    auto const last = add(need_times ? needed_column(file, a.last, last_names, "--last", "the age at the last purchase")
                                     : column_of(file, a.last, last_names),
                          "age at last purchase");
    auto const age = add(need_times ? needed_column(file, ages.asked, ages.usual, ages.option, ages.what)
                                    : column_of(file, ages.asked, ages.usual),
                         ages.what);
    auto const spend = add(need_times ? std::nullopt : column_of(file, a.spend, spend_names), "mean spend");
    auto const weight = add(column_of(file, a.weight, weight_names), "customers a row");
    auto values = file.numbers(columns);
    auto const take = [&](std::size_t i) { return i < values.size() ? std::move(values[i]) : std::vector<double>(); };
    out.summary.unit = unit_of(a);
    out.summary.repeats = take(0);
    out.summary.last = take(last);
    out.summary.age = take(age);
    out.summary.mean_spend = take(spend);
    out.summary.weight = take(weight);
    return out;
}

std::vector<civil_date> dates_of(std::vector<std::int32_t> const& days) {
    std::vector<civil_date> out;
    out.reserve(days.size());
    for (std::int32_t const day : days)
        out.push_back(civil_date(day));
    return out;
}

/// Orders without a customer are nobody's; how many there were.
std::size_t leave_out_nameless(std::vector<std::string>& ids, std::vector<civil_date>& days,
                               std::vector<double>& amounts) {
    std::size_t kept = 0;
    for (std::size_t row = 0; row < ids.size(); ++row) {
        if (ids[row].empty()) continue;
        if (kept != row) {
            ids[kept] = std::move(ids[row]);
            days[kept] = days[row];
            if (!amounts.empty()) amounts[kept] = amounts[row];
        }
        ++kept;
    }
    std::size_t const nameless = ids.size() - kept;
    ids.resize(kept);
    days.resize(kept);
    if (!amounts.empty()) amounts.resize(kept);
    return nameless;
}

read_purchases read_orders(fit_arguments const& a, bool with_amounts) {
    if (a.sources.size() != 1)
        throw issue_error("cli.source", "--source", "one file of orders is read", std::to_string(a.sources.size()),
                          "orders=FILE", {});
    auto const equals = a.sources[0].find('=');
    table_file const file(a.sources[0].substr(equals == std::string::npos ? 0 : equals + 1), delimiter_of(a.delimiter));
    std::string const customer = needed_column(file, a.customer, id_names, "--customer", "who bought");
    std::string const time = needed_column(file, a.time, time_names, "--time", "when");
    auto const amount = with_amounts ? column_of(file, a.amount, amount_names) : std::nullopt;
    std::vector<std::string> ids = file.texts(customer);
    std::vector<civil_date> days = dates_of(file.days(time, a.time_format));
    std::vector<double> amounts = amount ? file.numbers(*amount) : std::vector<double>();
    std::size_t const nameless = leave_out_nameless(ids, days, amounts);
    summarise_purchases_options options;
    options.unit = unit_of(a);
    if (!a.observation_end.empty()) {
        options.observation_end = parse_date(a.observation_end);
        if (!options.observation_end || options.observation_end->year() < 1)
            throw issue_error("cli.observation_end", "--observation-end", "this is no date from the year 0001 on",
                              segmenta::quoted(a.observation_end), "YYYY-MM-DD", {});
    }
    auto summarised = summarise_purchases(purchase_rows<std::string>{ids, days, amounts}, options);
    read_purchases out;
    out.facts.emplace_back("customers by", customer);
    out.facts.emplace_back("time", time);
    if (amount) out.facts.emplace_back("amount", *amount);
    out.facts.emplace_back("end of observation", to_string(summarised.observation_end));
    if (nameless != 0) out.facts.emplace_back("orders of no customer, left out", grouped(nameless));
    if (summarised.outside != 0) out.facts.emplace_back("orders outside of it", grouped(summarised.outside));
    out.summary = std::move(summarised.summary);
    return out;
}

age_column age_of(fit_arguments const& a) { return {a.age, age_names, "--age", "age at the end of observation"}; }

read_purchases read(fit_arguments const& a) {
    if (a.sources.empty() && a.summary.empty())
        throw issue_error("cli.summary", "--summary", a.model + " needs a file", {},
                          "--summary FILE with one customer a row, or --source orders=FILE with one order a row");
    return a.sources.empty() ? read_summary(a, true, age_of(a)) : read_orders(a, false);
}

double customers_in(purchase_summary const& s) {
    double out = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        out += s.weight.empty() ? 1 : s.weight[i];
    return out;
}

template <class Model>
fit_report report_of(Model const& model, std::string_view name, read_purchases&& from) {
    fit_report out;
    out.title = fmt::format("{}: {} customers, times in {}s", name, figure(customers_in(from.summary)),
                            to_string(from.summary.unit));
    out.parameters.assign(model.parameters().begin(), model.parameters().end());
    out.diagnostics = model.diagnostics();
    out.facts = std::move(from.facts);
    out.document = model.to_json();
    return out;
}

} // namespace

fit_report fit_bg_nbd(fit_arguments const& a) {
    auto from = read(a);
    beta_geometric_options options;
    options.threads = a.threads;
    return report_of(segmenta::fit_bg_nbd(from.summary, options), "bg_nbd", std::move(from));
}

fit_report fit_mbg_nbd(fit_arguments const& a) {
    auto from = read(a);
    beta_geometric_options options;
    options.threads = a.threads;
    return report_of(segmenta::fit_mbg_nbd(from.summary, options), "mbg_nbd", std::move(from));
}

fit_report fit_pareto_nbd(fit_arguments const& a) {
    auto from = read(a);
    pareto_nbd_options options;
    options.threads = a.threads;
    return report_of(segmenta::fit_pareto_nbd(from.summary, options), "pareto_nbd", std::move(from));
}

fit_report fit_nbd(fit_arguments const& a) {
    auto from = read(a);
    return report_of(segmenta::fit_nbd(from.summary), "nbd", std::move(from));
}

namespace {

cnbd_k_options regularity_of(fit_arguments const& a, purchase_summary const& summary) {
    cnbd_k_options options;
    options.threads = a.threads;
    options.regularity = static_cast<unsigned>(a.erlang);
    if (!summary.log_times.empty() || a.erlang == 1) return options;
    throw issue_error("cli.source", "--summary",
                      a.model + " reads the times between purchases, which a summary has not", {}, {},
                      "Give the orders: --source orders=FILE");
}

} // namespace

fit_report fit_bg_cnbd_k(fit_arguments const& a) {
    auto from = read(a);
    auto const model = segmenta::fit_bg_cnbd_k(from.summary, regularity_of(a, from.summary));
    from.facts.emplace_back("regularity k", static_cast<double>(model.regularity()));
    return report_of(model, "bg_cnbd_k", std::move(from));
}

fit_report fit_mbg_cnbd_k(fit_arguments const& a) {
    auto from = read(a);
    auto const model = segmenta::fit_mbg_cnbd_k(from.summary, regularity_of(a, from.summary));
    from.facts.emplace_back("regularity k", static_cast<double>(model.regularity()));
    return report_of(model, "mbg_cnbd_k", std::move(from));
}

namespace {

age_column periods_of(fit_arguments const& a) { return {a.periods, period_names, "--periods", "chances to buy"}; }

void need_spend(purchase_summary const& summary) {
    if (!summary.mean_spend.empty()) return;
    throw issue_error("cli.column", "--spend", "no column is known to hold the mean amount", {},
                      fmt::format("one of {}", fmt::join(spend_names, ", ")), "Name it with --spend");
}

} // namespace

purchase_summary purchases_of(fit_arguments const& a, purchase_columns which) {
    bool const times = which != purchase_columns::spend;
    auto out = read_summary(a, times, which == purchase_columns::periods ? periods_of(a) : age_of(a)).summary;
    if (!times) need_spend(out);
    return out;
}

fit_report fit_bg_bb(fit_arguments const& a) {
    auto from = read_summary(a, true, periods_of(a));
    auto const model = segmenta::fit_bg_bb(from.summary);
    return report_of(model, "bg_bb", std::move(from));
}

namespace {

/// The model of spend reads no times; where a file has none, these are as good as any.
void fill_times(purchase_summary& summary) {
    if (!summary.last.empty() || !summary.age.empty()) return;
    for (double const repeats : summary.repeats) {
        summary.last.push_back(repeats > 0 ? 1 : 0);
        summary.age.push_back(1);
    }
}

} // namespace

fit_report fit_gamma_gamma(fit_arguments const& a) {
    auto from = a.sources.empty() ? read_summary(a, false, age_of(a)) : read_orders(a, true);
    fill_times(from.summary);
    need_spend(from.summary);
    gamma_gamma_options options;
    options.threads = a.threads;
    auto const model = segmenta::fit_gamma_gamma(from.summary, options);
    auto out = report_of(model, "gamma_gamma", std::move(from));
    for (std::size_t i = 0; i < model.warnings().size(); ++i)
        out.remarks.push_back(to_string(model.warnings()[i]));
    return out;
}

} // namespace segmenta::cli

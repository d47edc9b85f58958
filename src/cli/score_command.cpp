// SPDX-License-Identifier: Apache-2.0
// `segmenta score`: a fitted model over a file of customers.
#include "cli/score_command.hpp"

#include "cli/fit_models.hpp"
#include "cli/output_file.hpp"
#include "cli/screen.hpp"
#include "cli/usage.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "model/document_score.hpp"
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "model/reference_document.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/cnbd_k.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/model_drift.hpp>
#include <segmenta/model/nbd.hpp>
#include <segmenta/model/pareto_nbd.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace segmenta::cli {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The model of a document; what is wrong with it is said of its file.
template <class Read>
auto from_document(std::filesystem::path const& file, Read&& read) {
    try {
        return read();
    } catch (issue_error const& problem) {
        issue_list issues;
        for (issue one : problem.issues()) {
            constexpr std::string_view no_name = "model"; // what a text without a file is called
            std::string const rest =
                one.place.starts_with(no_name) ? one.place.substr(no_name.size()) : " " + one.place;
            bool const joined = rest.empty() || rest[0] == ' ' || rest[0] == ':';
            one.place = file.string() + (joined ? rest : " " + one.place);
            issues.add(std::move(one));
        }
        throw issue_error(std::move(issues));
    }
}

/// The columns a document names, row by row.
class model_rows {
public:
    model_rows(table_file const& file, std::vector<std::string> names, std::vector<input_kind> const& inputs)
        : names_(std::move(names)) {
        require_columns(file);
        std::vector<std::string> numeric;
        for (std::size_t c = 0; c < names_.size(); ++c)
            if (inputs[c] != input_kind::text) numeric.push_back(names_[c]);
        auto read = file.numbers(numeric);
        numbers_.resize(names_.size());
        texts_.resize(names_.size());
        for (std::size_t c = 0, n = 0; c < names_.size(); ++c)
            if (inputs[c] == input_kind::text)
                texts_[c] = file.texts(names_[c]);
            else
                numbers_[c] = std::move(read[n++]);
        rows_ = inputs.front() == input_kind::text ? texts_[0].size() : numbers_[0].size();
        number_row_.assign(names_.size(), nan);
        text_row_.resize(names_.size());
    }

    [[nodiscard]] std::size_t size() const noexcept { return rows_; }
    /// Valid until the next call. `missing` gets the columns that have nothing here.
    detail::model_row at(std::size_t row, std::uint64_t& missing) {
        missing = 0;
        for (std::size_t c = 0; c < names_.size(); ++c) {
            bool const text = numbers_[c].empty();
            if (text) text_row_[c] = texts_[c][row];
            if (!text) number_row_[c] = numbers_[c][row];
            if (text ? text_row_[c].empty() : std::isnan(number_row_[c])) missing |= std::uint64_t{1} << c;
        }
        return {number_row_, text_row_};
    }
    [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }

private:
    void require_columns(table_file const& file) const {
        std::vector<std::string> absent;
        std::copy_if(names_.begin(), names_.end(), std::back_inserter(absent),
                     [&](auto const& name) { return !file.has(name); });
        if (absent.empty()) return;
        throw issue_error("score.columns", file.name(),
                          "the file lacks columns that the model reads: " + join_names(absent, absent.size()),
                          fmt::format("{}", fmt::join(file.columns(), ", ")), {},
                          "Rename the columns of the file to what they were called at the fit");
    }

    std::vector<std::string> names_;
    std::vector<std::vector<double>> numbers_;
    std::vector<std::vector<std::string>> texts_;
    std::size_t rows_ = 0;
    std::vector<double> number_row_;
    std::vector<std::string_view> text_row_;
};

answer_column numbers_named(std::string name, std::size_t rows) {
    return {std::move(name), std::vector(rows, nan), {}};
}
answer_column texts_named(std::string name, std::size_t rows) {
    return {std::move(name), {}, std::vector<std::string>(rows)};
}

scored_rows score_clusters(std::string const& document, score_arguments const& a) {
    auto const model = from_document(a.model, [&] { return cluster_model::from_json(document); });
    table_file const file = customers_of(a.table);
    std::vector<std::string> names(model.numbers().begin(), model.numbers().end());
    std::vector<input_kind> inputs(names.size(), input_kind::number);
    for (auto const& attribute : model.attributes()) {
        names.push_back(attribute.name);
        inputs.push_back(input_kind::text);
    }
    model_rows rows(file, std::move(names), inputs);
    scored_rows out{std::string(model.kind()), rows.size(), {}, {}};
    auto segment = texts_named("segment", rows.size());
    auto score = numbers_named(model.has_probabilities() ? "probability" : "distance", rows.size());
    std::vector<answer_column> shares;
    for (std::size_t c = 0; model.has_probabilities() && c < model.clusters(); ++c)
        shares.push_back(numbers_named("probability_" + model.segments()[c].id, rows.size()));
    auto unknown = texts_named("unknown", rows.size());
    std::size_t const numbers = model.numbers().size();
    std::vector<double> all(model.clusters());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::uint64_t missing = 0;
        auto const row = rows.at(i, missing);
        if (missing != 0) {
            unknown.texts[i] = detail::describe_unknown(detail::missing_reason(missing), rows.names());
            continue;
        }
        auto const found = model.nearest(row.numbers.first(numbers), row.texts.subspan(numbers));
        if (found.cluster == cluster_answer::no_cluster || !std::isfinite(found.score)) {
            unknown.texts[i] = "out of range";
            continue;
        }
        segment.texts[i] = model.segments()[found.cluster].id;
        score.numbers[i] = found.score;
        if (shares.empty()) continue;
        model.probabilities(row.numbers.first(numbers), all);
        for (std::size_t c = 0; c < shares.size(); ++c)
            shares[c].numbers[i] = all[c];
    }
    out.answers = {std::move(segment), std::move(score)};
    std::move(shares.begin(), shares.end(), std::back_inserter(out.answers));
    out.answers.push_back(std::move(unknown));
    return out;
}

scored_rows score_outcomes(std::string const& document, score_arguments const& a) {
    auto const model = from_document(a.model, [&] { return detail::read_document_score(document); });
    table_file const file = customers_of(a.table);
    model_rows rows(file, model.names, model.inputs);
    scored_rows out{model.kind, rows.size(), {}, {}};
    auto score = numbers_named("score", rows.size());
    auto probability = numbers_named("probability", rows.size());
    auto unknown = texts_named("unknown", rows.size());
    std::vector<answer_column> reasons;
    for (std::size_t i = 1; model.reasons && i <= std::min(detail::most_reasons, model.inputs.size()); ++i)
        reasons.push_back(texts_named("reason_" + std::to_string(i), rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::uint64_t missing = 0;
        auto const found = model.score(rows.at(i, missing));
        if (missing != 0 && !model.takes_missing) {
            unknown.texts[i] = detail::describe_unknown(detail::missing_reason(missing), rows.names());
        } else if (found.unseen != 0) {
            unknown.texts[i] = detail::describe_unknown(detail::unseen_reason(found.unseen), rows.names());
        } else if (!std::isfinite(found.score)) {
            unknown.texts[i] = "out of range";
        } else {
            score.numbers[i] = found.score;
            probability.numbers[i] = model.probability(found.score);
            if (!model.reasons) continue;
            auto const names = model.reasons(found.reason);
            for (std::size_t r = 0; r < std::min(reasons.size(), names.size()); ++r)
                reasons[r].texts[i] = names[r];
        }
    }
    if (model.reasons) out.answers.push_back(std::move(score)); // a logistic regression's score is its probability
    out.answers.push_back(std::move(probability));
    std::move(reasons.begin(), reasons.end(), std::back_inserter(out.answers));
    out.answers.push_back(std::move(unknown));
    return out;
}

/// A model that was made from parameters, which nobody fitted, is taken as it is.
void refuse_undetermined(fit_diagnostics const& fit, std::filesystem::path const& model) {
    if (fit.evaluations > 0 || fit.state == identification::not_identified)
        detail::refuse_undetermined(fit, model.string());
}

/// What a customer that cannot be is called; empty for one that can.
std::string impossible(repeat_purchases const& who) {
    double const repeats = who.repeats.value;
    double const last = who.last.value;
    double const age = who.age.value;
    std::vector<std::string_view> missing;
    if (std::isnan(repeats)) missing.emplace_back("repeat purchases");
    if (std::isnan(last)) missing.emplace_back("age at the last purchase");
    if (std::isnan(age)) missing.emplace_back("age");
    if (!missing.empty()) return fmt::format("missing: {}", fmt::join(missing, ", "));
    if (repeats < 0 || repeats != std::floor(repeats)) return "repeat purchases are a whole number from 0 on";
    if (last < 0 || last > age) return "age at the last purchase above the age, or below 0";
    if ((repeats == 0) != (last == 0)) return "repeat purchases and age at the last purchase contradict each other";
    return {};
}

template <class Model>
scored_rows score_purchases(std::string const& document, score_arguments const& a) {
    auto const model = from_document(a.model, [&] { return Model::from_json(document); });
    refuse_undetermined(model.diagnostics(), a.model);
    bool const periods = std::is_same_v<Model, bg_bb>;
    if (periods && a.horizon && *a.horizon != std::floor(*a.horizon))
        throw issue_error("cli.horizon", "--horizon", "this model counts whole periods", std::to_string(*a.horizon),
                          "a whole number", {});
    auto const summary = purchases_of(a.table, periods ? purchase_columns::periods : purchase_columns::times);
    std::size_t const rows = summary.repeats.size();
    scored_rows out{{}, rows, {}, {}};
    auto alive = numbers_named("probability_alive", rows);
    auto expected = numbers_named("expected_purchases", rows);
    auto unknown = texts_named("unknown", rows);
    for (std::size_t i = 0; i < rows; ++i) {
        repeat_purchases const who{repeat_count(summary.repeats[i]), age_at_last_purchase(summary.last[i]),
                                   customer_age(summary.age[i])};
        unknown.texts[i] = impossible(who);
        if (!unknown.texts[i].empty()) continue;
        double const lives = model.probability_alive(who);
        double const more = a.horizon ? model.conditional_expected_transactions(who, horizon(*a.horizon)) : 0;
        if (!std::isfinite(lives) || !std::isfinite(more)) {
            unknown.texts[i] = periods ? "no whole periods, or out of range" : "out of range";
            continue;
        }
        alive.numbers[i] = lives;
        if (a.horizon) expected.numbers[i] = more;
    }
    out.answers.push_back(std::move(alive));
    if (a.horizon) out.answers.push_back(std::move(expected));
    out.answers.push_back(std::move(unknown));
    return out;
}

scored_rows score_spend(std::string const& document, score_arguments const& a) {
    if (a.horizon)
        throw issue_error("cli.horizon", "--horizon", "this model does not look ahead", segmenta::quoted(a.table.model),
                          "a model of repeat buying", {});
    auto const model = from_document(a.model, [&] { return gamma_gamma::from_json(document); });
    refuse_undetermined(model.diagnostics(), a.model);
    auto const summary = purchases_of(a.table, purchase_columns::spend);
    std::size_t const rows = summary.repeats.size();
    scored_rows out{{}, rows, {}, {}};
    auto expected = numbers_named("expected_spend", rows);
    auto unknown = texts_named("unknown", rows);
    for (std::size_t i = 0; i < rows; ++i) {
        double const repeats = summary.repeats[i];
        double const spend = summary.mean_spend[i];
        if (std::isnan(repeats))
            unknown.texts[i] = "missing: repeat purchases";
        else if (std::isnan(spend) && repeats != 0)
            unknown.texts[i] = "missing: mean amount";
        else if (repeats < 0 || repeats != std::floor(repeats))
            unknown.texts[i] = "repeat purchases are a whole number from 0 on";
        else if (repeats > 0 && !(spend > 0))
            unknown.texts[i] = "an amount that is not above 0";
        else
            expected.numbers[i] = model.expected_spend(repeat_count(repeats), mean_spend(repeats > 0 ? spend : 0));
        if (unknown.texts[i].empty() && !std::isfinite(expected.numbers[i]))
            unknown.texts[i] = "the model has no mean, or the amount is out of range";
    }
    out.answers = {std::move(expected), std::move(unknown)};
    return out;
}

struct purchase_model {
    std::string_view name;
    scored_rows (*score)(std::string const& document, score_arguments const& a);
};
constexpr std::array purchase_models{purchase_model{"bg_nbd", score_purchases<bg_nbd>},
                                     purchase_model{"mbg_nbd", score_purchases<mbg_nbd>},
                                     purchase_model{"pareto_nbd", score_purchases<pareto_nbd>},
                                     purchase_model{"nbd", score_purchases<nbd>},
                                     purchase_model{"bg_cnbd_k", score_purchases<bg_cnbd_k>},
                                     purchase_model{"mbg_cnbd_k", score_purchases<mbg_cnbd_k>},
                                     purchase_model{"bg_bb", score_purchases<bg_bb>},
                                     purchase_model{"gamma_gamma", score_spend}};
constexpr std::array<std::string_view, 8> cluster_kinds{"kmeans",  "kmedoids",  "kprototypes",  "gmm",
                                                        "k_means", "k_medoids", "k_prototypes", "gaussian_mixture"};

bool is_cluster_kind(std::string_view kind) {
    return std::find(cluster_kinds.begin(), cluster_kinds.end(), kind) != cluster_kinds.end();
}
bool is_outcome_kind(std::string_view kind) { return kind == "logistic" || kind == "scorecard"; }
bool is_scored(std::string_view kind) {
    return is_cluster_kind(kind) || is_outcome_kind(kind) ||
           std::any_of(purchase_models.begin(), purchase_models.end(), [&](auto const& m) { return m.name == kind; });
}

scored_rows score_document(std::string const& kind, std::string const& document, score_arguments const& a) {
    if (is_scored(kind)) check_model_options(a.table.given, kind);
    for (auto const& known : purchase_models)
        if (known.name == kind) return known.score(document, a);
    if (a.horizon)
        throw issue_error("cli.horizon", "--horizon", "this model does not look ahead", segmenta::quoted(kind),
                          "a model of repeat buying", {});
    if (is_cluster_kind(kind)) return score_clusters(document, a);
    if (is_outcome_kind(kind)) return score_outcomes(document, a);
    throw issue_error("score.model", a.model.string(), "a model of this kind answers nothing about a customer",
                      segmenta::quoted(kind), "what segmenta fit writes", {});
}

/// Whether these customers are those of the fit.
std::vector<std::string> drift_lines(score_arguments const& a, std::string const& document, scored_rows const& rows) {
    std::vector<std::string> out;
    auto const reference = from_document(
        a.model, [&] { return detail::reference_of(detail::parse_json(document).get_object()); });
    if (!reference) return out;
    drift_monitor monitor(*reference, fill_share{});
    for (auto const& feature : reference->features()) {
        bool const number = feature.edges.has_value();
        auto const found = std::find_if(rows.answers.begin(), rows.answers.end(), [&](auto const& column) {
            return number ? !column.numbers.empty() : column.name == feature.name;
        });
        if (found == rows.answers.end()) continue;
        if (number) monitor.add(feature.name, found->numbers);
        if (!number) monitor.add(feature.name, found->texts);
    }
    for (auto const& row : monitor.report())
        if (row.index)
            out.push_back(fmt::format("{}: PSI {:.4f} against the customers of the fit, {:.4f} by chance: {}", row.name,
                                      row.index->value, row.by_chance, to_string(*row.level)));
    return out;
}

/// Columns of the file that go before the answers.
std::vector<answer_column> kept_columns(score_arguments const& a, std::size_t rows) {
    table_file const file = customers_of(a.table);
    std::vector<std::string> names = a.keep;
    if (names.empty())
        if (auto const id = file.first_of(id_names)) names.push_back(*id);
    std::vector<answer_column> out;
    for (auto const& name : names) {
        out.push_back({name, {}, file.texts(name)});
        auto const& texts = out.back().texts;
        auto const bad = std::find_if(texts.begin(), texts.end(),
                                      [](auto const& text) { return text.find('\0') != std::string::npos; });
        if (bad != texts.end())
            throw issue_error("score.bad_id", file.name(), "a text has a byte that is 0",
                              fmt::format("row {} of {}", bad - texts.begin() + 1, name), "text", {});
    }
    if (!out.empty()) return out;
    auto& row = out.emplace_back(answer_column{"row", {}, {}});
    for (std::size_t i = 1; i <= rows; ++i)
        row.numbers.push_back(static_cast<double>(i));
    return out;
}

void check_files(score_arguments const& a) {
    if (a.out.empty())
        throw issue_error("cli.out", "--out", "the file to write is not given", {}, "--out FILE.csv", {});
    check_output(a.out, std::array{a.model, a.table.summary});
    refuse_repeats(a.keep, "--keep");
}

/// Two columns of one name are none.
void check_names(std::vector<answer_column> const& kept, std::vector<answer_column> const& answers) {
    for (auto const& column : kept)
        for (auto const& answer : answers)
            if (column.name == answer.name)
                throw issue_error("cli.keep", "--keep", "an answer has the name of this column",
                                  segmenta::quoted(column.name), {}, "Rename the column of the file, or keep others");
}

void write_row(csv_text& to, std::vector<answer_column> const& columns, std::size_t row) {
    for (auto const& column : columns)
        if (column.numbers.empty())
            to.text(column.texts[row]);
        else
            to.real(column.numbers[row]);
    to.end_record();
}

void write_file(std::filesystem::path const& path, std::vector<answer_column> const& columns, std::size_t rows) {
    std::vector<std::string> header;
    for (auto const& column : columns)
        header.push_back(column.name);
    csv_writer writer(path, header);
    for (std::size_t i = 0; i < rows; ++i) {
        write_row(writer.out(), columns, i);
        writer.flush_if_full();
    }
    writer.commit();
}

/// The same bytes; that they arrived is asked once, at the end of the command.
void print_rows(std::vector<answer_column> const& columns, std::size_t rows) {
    constexpr std::size_t enough = std::size_t{64} << 10;
    csv_text text;
    auto const flush = [&] {
        std::fwrite(text.pending().data(), 1, text.pending().size(), stdout);
        text.clear();
    };
    for (auto const& column : columns)
        text.text(column.name);
    text.end_record();
    for (std::size_t i = 0; i < rows; ++i) {
        write_row(text, columns, i);
        if (text.pending().size() > enough) flush();
    }
    flush();
}

} // namespace

scored_rows score_rows(score_arguments const& a) {
    if (a.horizon && !(*a.horizon > 0 && std::isfinite(*a.horizon)))
        throw issue_error("cli.horizon", "--horizon", "the time ahead is not above 0", std::to_string(*a.horizon),
                          "a number in the unit of the model", {});
    std::string const document = detail::read_file(a.model);
    std::string const kind = from_document(a.model, [&] { return detail::model_of_document(document); });
    auto named = a;
    named.table.model = kind;
    auto out = score_document(kind, document, named);
    out.model = kind;
    out.drift = drift_lines(a, document, out);
    return out;
}

void run_score(score_arguments const& a) {
    check_files(a);
    auto const scored = score_rows(a);
    auto columns = kept_columns(a, scored.rows);
    check_names(columns, scored.answers);
    columns.insert(columns.end(), scored.answers.begin(), scored.answers.end());
    bool const to_screen = is_standard_output(a.out);
    if (to_screen) print_rows(columns, scored.rows);
    if (!to_screen) write_file(a.out, columns, scored.rows);
    if (a.quiet) return;
    auto* const words = to_screen ? stderr : stdout; // not among the rows
    auto const& why = scored.answers.back().texts;
    auto const none =
        static_cast<std::uint64_t>(std::count_if(why.begin(), why.end(), [](auto const& w) { return !w.empty(); }));
    fmt::print(words, "{}: {} scored, {} in {}\n", scored.model, counted(scored.rows - none, "row", "rows"),
               none == 0 ? std::string("none without an answer,")
                         : counted(none, "row", "rows") + " without an answer (column unknown),",
               to_screen ? "the standard output" : a.out.string());
    for (auto const& line : scored.drift)
        fmt::print(words, "  {}\n", line);
}

} // namespace segmenta::cli

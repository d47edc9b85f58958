// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluations.hpp"
#include "cli/fit_models.hpp"
#include "cli/screen.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/evaluate/agreement.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>
#include <segmenta/evaluate/migration.hpp>
#include <segmenta/evaluate/partition_agreement.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace segmenta::cli {
namespace {

/// Segments of all rows, numbered; a missing one is an error.
struct numbered_labels {
    std::vector<std::uint32_t> numbers;
    std::vector<std::string> names;
};

numbered_labels labels_of(table_file const& file, std::string const& column) {
    auto coded = file.codes(column);
    numbered_labels out;
    for (std::size_t row = 0; row < coded.codes.size(); ++row) {
        if (coded.codes[row] < 0)
            throw issue_error("table.missing", file.name() + " row " + std::to_string(row + 1),
                              "column " + column + " misses the segment", "nothing", "a segment in each row",
                              "Leave such rows out, or name their segment");
        out.numbers.push_back(static_cast<std::uint32_t>(coded.codes[row]));
    }
    out.names = std::move(coded.labels);
    return out;
}

double or_unknown(std::optional<double> const& v) { return v ? *v : std::numeric_limits<double>::quiet_NaN(); }

void add_kappa(fit_report& to, agreement_table const& table, double confidence) {
    auto const by_class = table.by_class(confidence);
    bool const common = std::any_of(by_class.begin(), by_class.end(),
                                    [](class_agreement const& c) { return c.assigned != 0 && c.research != 0; });
    if (!common) {
        to.remarks.emplace_back("the two columns have no name in common, so nothing is said about names");
        return;
    }
    auto const interval = table.accuracy_interval(confidence);
    to.facts.emplace_back("accuracy", table.accuracy());
    to.facts.emplace_back("accuracy low", interval.low);
    to.facts.emplace_back("accuracy high", interval.high);
    auto const kappa = table.kappa(kappa_weights::none, confidence);
    to.facts.emplace_back("kappa", kappa ? kappa->value : std::numeric_limits<double>::quiet_NaN());
    to.facts.emplace_back("kappa standard error",
                          kappa ? kappa->standard_error : std::numeric_limits<double>::quiet_NaN());
    figure_table classes{"classes", {"class", "assigned", "research", "agreed", "precision", "recall", "f1"}, {}};
    for (auto const& c : by_class)
        classes.rows.push_back({c.name, static_cast<double>(c.assigned), static_cast<double>(c.research),
                                static_cast<double>(c.agreed), or_unknown(c.precision), or_unknown(c.recall),
                                or_unknown(c.f1)});
    to.tables.push_back(std::move(classes));
}

} // namespace

fit_report evaluate_clusters(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    auto const labels = labels_of(file, given_column(a.labels, "--labels", file));
    if (a.features.empty())
        throw issue_error("cli.features", "--features", "the columns that clusters were made of are not given", {},
                          fmt::format("some of {}", fmt::join(file.columns(), ", ")), {});
    auto const values = file.numbers(a.features);
    auto const columns = as_columns(values);
    auto const silhouettes = silhouette_values(columns, labels.numbers, 0);
    fit_report out;
    out.title = fmt::format("{}: {} of {}", a.labels, counted(labels.names.size(), "cluster", "clusters"),
                            counted(labels.numbers.size(), "row", "rows"));
    std::vector<double> sums(labels.names.size());
    std::vector<double> sizes(labels.names.size());
    double total = 0;
    for (std::size_t row = 0; row < silhouettes.size(); ++row) {
        sums[labels.numbers[row]] += silhouettes[row];
        sizes[labels.numbers[row]] += 1;
        total += silhouettes[row];
    }
    out.facts = {{"silhouette", total / static_cast<double>(silhouettes.size())},
                 {"davies bouldin", davies_bouldin(columns, labels.numbers)},
                 {"calinski harabasz", calinski_harabasz(columns, labels.numbers)},
                 {"within sum of squares", within_cluster_sum_of_squares(columns, labels.numbers)}};
    figure_table table{"clusters", {"cluster", "size", "silhouette"}, {}};
    for (std::size_t i = 0; i < labels.names.size(); ++i)
        table.rows.push_back({labels.names[i], sizes[i], sums[i] / sizes[i]});
    out.tables.push_back(std::move(table));
    return out;
}

fit_report evaluate_agreement(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    auto const first = labels_of(file, given_column(a.labels, "--labels", file));
    auto const second = labels_of(file, given_column(a.truth, "--truth", file));
    auto const partitions = compare_partitions(first.numbers, second.numbers);
    fit_report out;
    out.title = fmt::format("{} against {}: {}", a.labels, a.truth, counted(first.numbers.size(), "row", "rows"));
    out.facts = {{"adjusted rand", partitions.adjusted_rand()},
                 {"normalised mutual information", partitions.normalised_mutual_information()},
                 {"adjusted mutual information", partitions.adjusted_mutual_information()},
                 {"fowlkes mallows", partitions.fowlkes_mallows()}};
    auto const names = file.texts(a.labels);
    auto const truths = file.texts(a.truth);
    add_kappa(out, agreement_table::of_labels(names, truths), a.confidence);
    return out;
}

fit_report evaluate_migration(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    (void)labels_of(file, given_column(a.truth, "--truth", file));
    (void)labels_of(file, given_column(a.labels, "--labels", file));
    auto const before = file.texts(a.truth);
    auto const now = file.texts(a.labels);
    auto const moved = migration_matrix::of_labels(before, now);
    fit_report out;
    out.title = fmt::format("from {} to {}: {}", a.truth, a.labels, counted(moved.total(), "customer", "customers"));
    out.facts = {{"stayed", static_cast<double>(moved.stayers())}, {"share stayed", moved.stay_share()}};
    bool common = false;
    for (std::size_t i = 0; i < moved.size(); ++i)
        common = common || (moved.before(i) != 0 && moved.now(i) != 0);
    if (!common) out.remarks.emplace_back("the two columns have no name in common");
    figure_table table{"migration", {"from", "to", "customers", "share of from"}, {}};
    for (std::size_t from = 0; from < moved.size(); ++from)
        for (std::size_t to = 0; to < moved.size(); ++to)
            if (moved.count(from, to) != 0)
                table.rows.push_back({moved.segments()[from], moved.segments()[to],
                                      static_cast<double>(moved.count(from, to)),
                                      or_unknown(moved.row_share(from, to))});
    figure_table flows{"flows", {"segment", "before", "now", "net"}, {}};
    for (std::size_t i = 0; i < moved.size(); ++i)
        flows.rows.push_back({moved.segments()[i], static_cast<double>(moved.before(i)),
                              static_cast<double>(moved.now(i)), static_cast<double>(moved.net_flow(i))});
    out.tables.push_back(std::move(table));
    out.tables.push_back(std::move(flows));
    return out;
}

} // namespace segmenta::cli

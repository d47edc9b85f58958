// SPDX-License-Identifier: Apache-2.0
#include "cli/summary.hpp"

#include "base/json.hpp"
#include "cli/screen.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/stats/exact_sum.hpp>
#include <segmenta/strategy/quantile_score.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/tag/coverage.hpp>
#include <segmenta/tag/tag_set.hpp>
#include <segmenta/version.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace segmenta::cli {
namespace {

namespace json = boost::json;
__extension__ using wide = __int128;

/// Units of 10^-scale with exactly `scale` digits after the point.
std::string exact_text(wide units, unsigned scale) {
    bool const negative = units < 0;
    std::string digits;
    for (wide rest = negative ? -units : units; rest > 0; rest /= 10)
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
    return negative ? "-" + digits : digits;
}

/// How many rows have each segment, by index.
std::vector<std::uint64_t> segment_counts(batch_column const& column) {
    std::vector<std::uint64_t> counts(column.segments.size());
    auto const codes = column.values.as<std::uint32_t>();
    for (std::size_t row = 0; row < codes.size(); ++row)
        if (column.values.is_present(row)) ++counts[codes[row]];
    return counts;
}

/// Rows without an answer, by status.
json::object states_of(batch_column const& column) {
    std::map<std::string_view, std::uint64_t> counts;
    if (column.values.valid != nullptr || !column.states.empty())
        for (std::size_t row = 0; row < column.values.size; ++row)
            if (auto const s = column.state(row); s != status::ok) ++counts[to_string(s)];
    json::object out;
    for (auto const& [state, n] : counts) out[state] = n;
    return out;
}

/// JSON has no infinities: a rule that divides by zero may well give some, and then they are words.
json::value number_json(double v) {
    if (std::isfinite(v)) return v;
    return v != v ? "not a number" : v > 0 ? "infinity" : "-infinity";
}

/// Count, sum and extremes of the present values; in the order of ids, so the same for any order of input.
template <class T, class Sum>
struct statistics {
    std::uint64_t present = 0;
    Sum sum = 0;
    T least{};
    T most{};

    explicit statistics(column_view const& values) {
        auto const data = values.as<T>();
        for (std::size_t row = 0; row < data.size(); ++row) {
            if (values.valid != nullptr && !values.is_present(row)) continue;
            if (present++ == 0) least = most = data[row];
            sum += static_cast<Sum>(data[row]);
            least = std::min(least, data[row]);
            most = std::max(most, data[row]);
        }
    }
};

json::object number_statistics(column_view const& values) {
    json::object out;
    if (values.what.base == kind::float64) {
        statistics<double, double> const s(values);
        out["present"] = s.present;
        if (s.present == 0) return out;
        exact_sum sum; // correctly rounded, and the same in any order
        auto const data = values.as<double>();
        for (std::size_t row = 0; row < data.size(); ++row)
            if (values.is_present(row) && std::isfinite(data[row])) sum.add(data[row]);
        bool const finite = std::isfinite(s.least) && std::isfinite(s.most);
        double const total = finite ? sum.value() : s.sum;
        out["sum"] = number_json(total);
        out["mean"] = number_json(total / static_cast<double>(s.present));
        out["minimum"] = number_json(s.least);
        out["maximum"] = number_json(s.most);
        return out;
    }
    statistics<std::int64_t, wide> const s(values);
    out["present"] = s.present;
    if (s.present == 0) return out;
    // Exact numbers are written as text: JSON readers turn numbers into doubles.
    unsigned const scale = values.what.scale;
    out["sum"] = exact_text(s.sum, scale);
    double unit = 1;
    for (unsigned i = 0; i < scale; ++i) unit *= 10;
    out["mean"] = static_cast<double>(s.sum) / unit / static_cast<double>(s.present);
    out["minimum"] = exact_text(s.least, scale);
    out["maximum"] = exact_text(s.most, scale);
    return out;
}

json::object text_statistics(column_view const& values) {
    std::map<std::string_view, std::uint64_t> counts;
    std::uint64_t present = 0;
    for (std::size_t row = 0; row < values.size; ++row) {
        if (!values.is_present(row)) continue;
        ++present;
        ++counts[values.text(row)];
    }
    json::object out{{"present", present}, {"distinct", counts.size()}};
    if (counts.size() > 100) return out; // ids and free text: a list would help nobody
    json::object list;
    for (auto const& [text, n] : counts) list[text] = n;
    out["values"] = std::move(list);
    return out;
}

json::object other_statistics(column_view const& values) {
    json::object out;
    std::uint64_t present = 0;
    std::uint64_t yes = 0;
    std::optional<value> least;
    std::optional<value> most;
    for (std::size_t row = 0; row < values.size; ++row) {
        if (!values.is_present(row)) continue;
        ++present;
        if (values.what.base == kind::boolean) {
            yes += values.as<std::uint8_t>()[row];
            continue;
        }
        if (values.what.base == kind::category_set) continue;
        value const v = cell(values, row);
        if (!least || compare(v, *least) < 0) least = v;
        if (!most || compare(v, *most) > 0) most = v;
    }
    out["present"] = present;
    if (values.what.base == kind::boolean) {
        out["true"] = yes;
        out["false"] = present - yes;
    }
    if (least) {
        out["minimum"] = to_string(*least);
        out["maximum"] = to_string(*most);
    }
    return out;
}

/// Realised edges and bin sizes: what a quantile score really cut, which ties can make uneven.
json::object score_summary(score_report const& report) {
    json::object out{{"edges", json::array(report.edges.begin(), report.edges.end())},
                     {"sizes", json::array(report.sizes.begin(), report.sizes.end())}};
    if (!report.empty_scores.empty())
        out["empty_scores"] = json::array(report.empty_scores.begin(), report.empty_scores.end());
    if (report.split_values > 0) out["split_values"] = report.split_values;
    return out;
}

json::object column_summary(batch_column const& column, any_strategy const* made) {
    json::object out{{"type", to_string(column.values.what)}};
    auto const* const score = made == nullptr ? nullptr : made->target<quantile_score>();
    if (score != nullptr) out["fit"] = score_summary(score->report());
    json::object details;
    if (!column.segments.empty()) {
        json::object counts;
        auto const n = segment_counts(column);
        std::uint64_t present = 0;
        for (std::size_t i = 0; i < n.size(); ++i) {
            counts[local_id(column.segments[i].id)] = n[i];
            present += n[i];
        }
        details["present"] = present;
        details["segments"] = std::move(counts);
    } else if (column.values.what.is_numeric()) {
        details = number_statistics(column.values);
    } else if (column.values.what.is_text()) {
        details = text_statistics(column.values);
    } else {
        details = other_statistics(column.values);
    }
    for (auto& member : details) out[member.key()] = std::move(member.value());
    auto states = states_of(column);
    if (!states.empty()) out["without_answer"] = std::move(states);
    return out;
}

json::object counts_json(std::vector<std::pair<std::string, std::uint64_t>> const& counts) {
    json::object out;
    for (auto const& [name, n] : counts)
        out[name] = n;
    return out;
}

json::object identity_summary(identity_quality const& identity) {
    return {{"links", identity.links},
            {"merged_ids", identity.merged},
            {"customers_with_several_ids", identity.customers},
            {"shared_values", counts_json(identity.shared)},
            {"conflicts", counts_json(identity.conflicts)}};
}

json::object source_summary(source_quality const& source) {
    json::object reasons;
    for (auto const& reason : source.reasons) reasons[reason.reason] = reason.rows;
    json::object out{{"rows", source.rows}, {"counted", source.counted}, {"customers", source.customers}};
    out["not_counted"] = std::move(reasons);
    if (!source.missing.empty()) {
        json::object missing;
        for (auto const& [field, n] : source.missing) missing[field] = n;
        out["missing_values"] = std::move(missing);
    }
    if (!source.failed.empty()) {
        json::object failed;
        for (auto const& feature : source.failed)
            failed[feature.feature] = feature.customers;
        out["failed_features"] = std::move(failed);
    }
    return out;
}

} // namespace

/// How many customers the tags reach that were put out; nothing when none was.
static std::optional<coverage_report> coverage_of_tags(segmenter const& with, batch_result const& result) {
    tag_set answers(result.rows());
    for (auto const& column : result.columns())
        if (column.name.starts_with(tag_prefix) && column.values.what.base == kind::boolean)
            answers.add(column.name.substr(tag_prefix.size()), column.values);
    if (answers.names().empty()) return std::nullopt;
    return coverage_of(answers, with.definition().tag_taxonomy());
}

std::string summary_json(segmenter const& with, fitted_plan const& fitted, ingest_result const& read,
                         batch_result const& result, instant as_of, std::vector<watched_column> const& drift) {
    plan const& definition = with.definition();
    json::object out;
    out["segmenta"] = std::string(version_string);
    out["plan"] = {{"id", definition.id()}, {"hash", definition.hash()}};
    out["fitted_hash"] = with.hash();
    out["as_of"] = to_string(as_of, zone::parse(definition.zone()));
    out["zone"] = definition.zone();
    out["customers"] = result.rows();
    if (read.identity) out["identity"] = identity_summary(*read.identity);
    if (!read.left_out.empty()) {
        json::object left_out;
        for (auto const& part : read.left_out)
            left_out[part.reason] = part.customers;
        out["left_out"] = std::move(left_out);
    }
    if (!result.imputed().empty()) {
        json::object imputed;
        for (auto const& count : result.imputed())
            imputed[count.attribute] = count.rows;
        out["imputed"] = std::move(imputed);
    }
    json::object sources;
    for (auto const& source : read.sources) sources[source.source] = source_summary(source);
    out["sources"] = std::move(sources);
    json::object columns;
    for (auto const& column : result.columns())
        columns[column.name] = column_summary(column, with.strategy_of(with.output(column.name)));
    out["columns"] = std::move(columns);
    if (!drift.empty()) out["drift"] = drift_json(drift);
    if (auto const coverage = coverage_of_tags(with, result)) out["tags"] = detail::parse_json(to_json(*coverage));
    json::object parameters;
    for (auto const& column : fitted.columns()) parameters[column.name] = detail::parse_json(column.parameters);
    out["fitted"] = std::move(parameters);
    return detail::write_json(out, 2) + "\n";
}

namespace {

std::string segments_text(segmenter const& with, batch_column const& column, std::string_view locale) {
    auto const counts = segment_counts(column);
    std::uint64_t const most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
    text_table table({column.name, "customers", "share", ""});
    table.left_from(3);
    auto const handle = with.output(column.name);
    auto const share = [&](std::uint64_t n) {
        return static_cast<double>(n) / static_cast<double>(column.values.size);
    };
    for (std::size_t i = 0; i < counts.size(); ++i)
        table.row({with.label(handle, local_id(column.segments[i].id), locale), grouped(counts[i]),
                   percent(share(counts[i])),
                   bar(most == 0 ? 0 : static_cast<double>(counts[i]) / static_cast<double>(most), 30)});
    for (auto const& state : states_of(column))
        table.row({"(" + std::string(state.key()) + ")", grouped(state.value().to_number<std::uint64_t>()),
                   percent(share(state.value().to_number<std::uint64_t>())), ""});
    return table.text();
}

std::string numbers_text(batch_result const& result) {
    text_table table({"column", "present", "sum", "mean", "minimum", "maximum"});
    bool any = false;
    for (auto const& column : result.columns()) {
        if (!column.values.what.is_numeric()) continue;
        auto const s = number_statistics(column.values);
        auto const shown = [&](char const* key) -> std::string {
            auto const* const found = s.if_contains(key);
            if (found == nullptr) return "";
            if (found->is_string()) return std::string(found->get_string());
            return fmt::format("{:.2f}", found->to_number<double>());
        };
        table.row({column.name, grouped(s.at("present").to_number<std::uint64_t>()), shown("sum"), shown("mean"),
                   shown("minimum"), shown("maximum")});
        any = true;
    }
    return any ? table.text() : std::string();
}

std::string tags_text(batch_result const& result) {
    text_table table({"tag", "yes", "no", "no answer", ""});
    table.left_from(4);
    bool any = false;
    for (auto const& column : result.columns()) {
        if (column.values.what.base != kind::boolean || column.name.starts_with(tag_prefix)) continue;
        auto const s = other_statistics(column.values);
        std::uint64_t const present = s.at("present").to_number<std::uint64_t>();
        std::string why;
        for (auto const& state : states_of(column))
            why += (why.empty() ? "" : ", ") + grouped(state.value().to_number<std::uint64_t>()) + " " +
                   std::string(state.key());
        table.row({column.name, grouped(s.at("true").to_number<std::uint64_t>()),
                   grouped(s.at("false").to_number<std::uint64_t>()), grouped(column.values.size - present), why});
        any = true;
    }
    return any ? table.text() : std::string();
}

std::string quality_text(source_quality const& source) {
    std::string out = fmt::format("  {}: {} of {} {}, {}\n", source.source, grouped(source.counted),
                                  counted(source.rows, "row", "rows"), source.counted == 1 ? "counts" : "count",
                                  counted(source.customers, "customer", "customers"));
    if (!source.reasons.empty()) {
        text_table table({"not counted", "rows", "first"});
        table.left_from(2);
        for (auto const& reason : source.reasons)
            table.row({reason.reason, grouped(reason.rows),
                       reason.first.place + (reason.first.message.empty() ? "" : "  ") + reason.first.message});
        out += table.text();
    }
    for (auto const& [field, n] : source.missing)
        out += fmt::format("  {} without {}: it is left out of {}\n", counted(n, "row counts", "rows count"), field,
                           n == 1 ? "its sums" : "their sums");
    for (auto const& failed : source.failed)
        out +=
            fmt::format("  {}: the sum of {} (first {}) leaves its range; the answer is `error`. Reject the rows with "
                        "impossible amounts, or sum a field with fewer decimals.\n",
                        failed.feature, counted(failed.customers, "customer", "customers"), failed.first);
    return out;
}

} // namespace

std::string summary_text(segmenter const& with, ingest_result const& read, batch_result const& result,
                         std::vector<watched_column> const& drift, std::string_view locale) {
    std::string out;
    for (auto const& source : read.sources) out += quality_text(source) + "\n";
    if (read.identity) {
        out += fmt::format("  {} ids are one customer with another id; {} customers have several\n",
                           grouped(read.identity->merged), grouped(read.identity->customers));
        for (auto const& [key, n] : read.identity->shared)
            if (n > 0)
                out += fmt::format("  {} values of {} are shared by too many, or listed, and link nobody\n", grouped(n),
                                   key);
        for (auto const& [attribute, n] : read.identity->conflicts)
            out += fmt::format("  {} of these customers have different values of {}\n", grouped(n), attribute);
    }
    for (auto const& part : read.left_out)
        out += fmt::format("  {} customers are left out: {} (first {})\n", grouped(part.customers), part.reason,
                           part.first);
    for (auto const& count : result.imputed())
        if (count.rows > 0)
            out += fmt::format("  {} customers without {}: another value stands in\n", grouped(count.rows),
                               count.attribute);
    auto const part = [&](std::string const& text) {
        if (!text.empty()) out += text + "\n";
    };
    part(numbers_text(result));
    for (auto const& column : result.columns())
        if (!column.segments.empty()) part(segments_text(with, column, locale));
    part(tags_text(result));
    part(drift_text(drift));
    if (auto const coverage = coverage_of_tags(with, result))
        part(to_table(*coverage, with.definition().tag_taxonomy(), locale));
    return out;
}

} // namespace segmenta::cli

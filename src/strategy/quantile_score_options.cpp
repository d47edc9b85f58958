// SPDX-License-Identifier: Apache-2.0
#include "strategy/quantile_score.hpp"

#include "strategy/kinds.hpp"
#include "strategy/scheme.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view own_kind = "quantile_score";

using closed_names = std::initializer_list<object_reader::named<closed_side>>;
using method_names = std::initializer_list<object_reader::named<cut_method>>;
using tie_names = std::initializer_list<object_reader::named<tie_policy>>;

const closed_names closed_list{{"left", closed_side::left}, {"right", closed_side::right}};
const method_names method_list{{"quantiles", cut_method::quantiles},
                               {"fixed", cut_method::fixed},
                               {"mean", cut_method::mean},
                               {"median", cut_method::median}};
const tie_names tie_list{
    {"same_score", tie_policy::same_score}, {"rank_first", tie_policy::rank_first}, {"midrank", tie_policy::midrank}};

/// Keys that the method leaves without meaning are refused rather than ignored.
void refuse_idle_keys(object_reader& reader, cut_method method) {
    bool const quantiles = method == cut_method::quantiles;
    if (!quantiles) {
        reader.refuse("bins", "with this method: the cuts say how many scores there are");
        reader.refuse("offset", "with this method");
        reader.refuse("ties", "with this method: a cut never splits equal values");
    }
    if (method == cut_method::fixed || method == cut_method::mean) reader.refuse("type", "without quantiles");
    if (method != cut_method::fixed) reader.refuse("cuts", "unless the method is fixed");
}

} // namespace

void read_quantile_keys(object_reader& reader, quantile_spec& spec) {
    int type = static_cast<int>(spec.type);
    reader.read_whole("type", type, 1, 9);
    spec.type = static_cast<quantile_type>(type);
    reader.read("offset", spec.offset);
}

void read_ties(object_reader& reader, tie_policy& ties) { reader.read_choice("ties", ties, tie_list); }

void read_direction(object_reader& reader, std::string_view key, score_direction& direction) {
    reader.read_choice(key, direction,
                       {{"ascending", score_direction::ascending}, {"descending", score_direction::descending}});
}

std::string_view direction_name(score_direction direction) noexcept {
    return direction == score_direction::ascending ? "ascending" : "descending";
}

void write_quantile_keys(boost::json::object& out, quantile_spec const& spec, tie_policy ties) {
    out["type"] = static_cast<std::int64_t>(spec.type);
    out["closed"] = name_of(spec.closed, closed_list);
    if (ties == tie_policy::same_score) out["offset"] = spec.offset;
    out["ties"] = name_of(ties, tie_list);
}

void check_offset(std::string_view kind, quantile_spec const& spec, tie_policy ties, std::string_view place,
                  issue_list& issues) {
    bool const meaningless = ties != tie_policy::same_score && spec.offset != 0;
    if (std::isfinite(spec.offset) && !meaningless) return;
    issues.error(code_of(kind, "offset"), std::string(place) + "/offset",
                 meaningless ? "an offset moves edges of values and has no meaning for ranks"
                             : "the offset is not finite",
                 std::to_string(spec.offset), meaningless ? "0" : "a finite number");
}

std::size_t bins_of(quantile_score_options const& options) noexcept {
    if (options.method == cut_method::quantiles) return options.bins;
    return options.method == cut_method::fixed ? options.cuts.size() + 1 : 2;
}

void check_options(quantile_score_options const& options, std::string_view place, issue_list& issues) {
    std::string const where(place);
    auto const locals = options.segments;
    std::vector<std::string> const reads{options.reads};
    check_scheme(own_kind, options.id, reads, 1, locals, place, issues);
    if (options.reads.empty())
        issues.error("quantile_score.reads", where, "no column to score", {}, {}, "Name the column in `of`");
    if (options.method == cut_method::quantiles && (options.bins < 2 || options.bins > 10))
        issues.error("quantile_score.bins", where + "/bins", "scores come in other numbers",
                     std::to_string(options.bins), "2 to 10");
    if (options.method == cut_method::quantiles) check_offset(own_kind, options.quantiles, options.ties, place, issues);
    if (options.method == cut_method::fixed) {
        bool good = !options.cuts.empty() && options.cuts.size() <= 9;
        for (std::size_t i = 0; i < options.cuts.size(); ++i)
            good = good && std::isfinite(options.cuts[i]) && (i == 0 || options.cuts[i] > options.cuts[i - 1]);
        if (!good)
            issues.error("quantile_score.cuts", where + "/cuts", "cuts must ascend, each larger than the one before",
                         std::to_string(options.cuts.size()) + " cuts", "1 to 9 finite numbers");
    }
    if (!options.segments.empty() && options.segments.size() != bins_of(options))
        issues.error("quantile_score.segments", where + "/segments", "there must be one id per score",
                     std::to_string(options.segments.size()), std::to_string(bins_of(options)));
}

std::optional<quantile_score_options> parse_quantile_score(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    quantile_score_options out;
    out.id = use.scheme;
    if (use.reads.size() == 1) out.reads = use.reads.front();
    if (use.reads.size() > 1)
        found.error("quantile_score.reads", use.place, "one column is scored", std::to_string(use.reads.size()), "1",
                    "Use nested_score for several columns");
    reader.read_choice("method", out.method, method_list);
    refuse_idle_keys(reader, out.method);
    if (out.method == cut_method::quantiles) {
        reader.read_whole("bins", out.bins, 2, 10);
        read_quantile_keys(reader, out.quantiles);
        read_ties(reader, out.ties);
        reader.read_choice("closed", out.quantiles.closed, closed_list);
    } else {
        if (out.method == cut_method::median) {
            int type = static_cast<int>(out.quantiles.type);
            reader.read_whole("type", type, 1, 9);
            out.quantiles.type = static_cast<quantile_type>(type);
        }
        if (out.method == cut_method::fixed) {
            reader.need("cuts");
            reader.read("cuts", out.cuts);
        }
        reader.read_choice("closed", out.closed, closed_list);
    }
    read_direction(reader, "direction", out.direction);
    reader.read("segments", out.segments);
    reader.finish();
    if (!found.has_errors()) check_options(out, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(quantile_score_options const& options) {
    boost::json::object out;
    out["method"] = name_of(options.method, method_list);
    if (options.method == cut_method::quantiles) {
        out["bins"] = static_cast<std::int64_t>(options.bins);
        write_quantile_keys(out, options.quantiles, options.ties);
    } else {
        if (options.method == cut_method::fixed) out["cuts"] = to_array(options.cuts);
        if (options.method == cut_method::median) out["type"] = static_cast<std::int64_t>(options.quantiles.type);
        if (options.closed) out["closed"] = name_of(*options.closed, closed_list);
    }
    out["direction"] = direction_name(options.direction);
    if (!options.segments.empty()) out["segments"] = to_array(options.segments);
    return out;
}

} // namespace detail

strategy_use use_of(quantile_score_options const& options) {
    return detail::make_use(detail::own_kind, options.id, {options.reads}, detail::parameters_of(options));
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/weighted_score.hpp>

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "weighted_score";
constexpr std::int64_t version = 1;

std::optional<weighted_score_options> parse_weighted_score(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    weighted_score_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    reader.need("weights");
    reader.read("weights", out.weights);
    reader.read("constant", out.constant);
    reader.read("cuts", out.cuts);
    reader.read("segments", out.segments);
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(weighted_score_options const& options) {
    boost::json::object out;
    out["weights"] = detail::to_array(options.weights);
    out["constant"] = options.constant;
    if (!options.cuts.empty()) out["cuts"] = detail::to_array(options.cuts);
    if (!options.segments.empty()) out["segments"] = detail::to_array(options.segments);
    return out;
}

bool all_finite(std::vector<double> const& numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](double v) { return std::isfinite(v); });
}

} // namespace

struct weighted_score::contents {
    detail::scheme names;
    weighted_score_options options;
};

std::optional<weighted_score> weighted_score::make(weighted_score_options const& options, issue_list& issues,
                                                   std::string_view place) {
    issue_list found;
    std::string const where(place);
    std::vector<std::string> locals = options.segments;
    if (locals.empty() && options.cuts.empty()) locals = {"all"};
    detail::check_scheme(own_kind, options.id, options.reads, options.weights.size(), locals, place, found);
    if (options.weights.empty()) found.error("weighted_score.sizes", where + "/weights", "there is no weight");
    if (!all_finite(options.weights) || !all_finite(options.cuts) || !std::isfinite(options.constant))
        found.error("weighted_score.number", where, "a weight, cut or constant is not a finite number");
    if (std::adjacent_find(options.cuts.begin(), options.cuts.end(), std::greater_equal<>{}) != options.cuts.end())
        found.error("weighted_score.cuts", where + "/cuts", "cuts must ascend, each larger than the one before");
    if (locals.size() != options.cuts.size() + 1)
        found.error("weighted_score.sizes", where + "/segments", "there must be one id more than cuts",
                    std::to_string(options.segments.size()), std::to_string(options.cuts.size() + 1));
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    auto made = std::make_shared<contents>();
    made->options = options;
    made->names.set(options.id, options.reads, locals);
    return weighted_score(made);
}

weighted_score::weighted_score(weighted_score_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string weighted_score::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, o.reads, {}, parameters_of(o), {}});
}

weighted_score weighted_score::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_weighted_score(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return weighted_score(*options);
}

std::string_view weighted_score::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> weighted_score::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> weighted_score::segments() const noexcept { return contents_->names.segments; }

std::string weighted_score::describe(std::uint32_t reason) const {
    auto const& o = contents_->options;
    if (reason > o.cuts.size()) return {};
    if (o.cuts.empty()) return "a score without cuts";
    if (reason == 0) return "score < " + std::to_string(o.cuts.front());
    return "score >= " + std::to_string(o.cuts[reason - 1]);
}

void weighted_score::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& o = contents_->options;
    bool const fits = rows.columns.size() == o.weights.size() &&
                      std::all_of(rows.columns.begin(), rows.columns.end(), [](column_view const& c) {
                          return c.what.is_numeric() || c.what.base == kind::boolean;
                      });
    if (!fits) return detail::fill_status(out, status::error);
    for (std::size_t row = 0; row < rows.size; ++row) {
        double score = o.constant;
        bool known = true;
        for (std::size_t i = 0; i < o.weights.size() && known; ++i) {
            known = rows.columns[i].is_present(row);
            if (known) score += o.weights[i] * detail::number_at(rows.columns[i], row);
        }
        if (!known || !std::isfinite(score)) {
            out[row] = no_answer(known ? status::error : status::unknown);
            continue;
        }
        auto const above = std::upper_bound(o.cuts.begin(), o.cuts.end(), score) - o.cuts.begin();
        out[row] = assignment{};
        out[row].score = score;
        out[row].segment = static_cast<std::uint16_t>(above);
        out[row].reason = static_cast<std::uint32_t>(above);
    }
}

strategy_use use_of(weighted_score_options const& options) {
    return detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
}

namespace detail {

strategy_kind weighted_score_kind() {
    return plain_kind<weighted_score>(std::string(own_kind), "a weighted sum of columns, with segments cut from it",
                                      parse_weighted_score, [](weighted_score_options const& options) {
                                          strategy_outline out;
                                          out.inputs.assign(options.reads.size(), input_kind::number);
                                          out.scores = true;
                                          return out;
                                      });
}

} // namespace detail

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/best_of.hpp>

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

constexpr std::string_view own_kind = "best_of";
constexpr std::int64_t version = 1;

std::optional<best_of_options> parse_best_of(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    best_of_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    out.segments = use.reads; // columns are often named as the segments are
    reader.read("segments", out.segments);
    reader.read("least", out.least);
    reader.read("fallback", out.fallback);
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(best_of_options const& options) {
    boost::json::object out;
    out["segments"] = detail::to_array(options.segments);
    if (options.least) out["least"] = *options.least;
    if (!options.fallback.empty()) out["fallback"] = options.fallback;
    return out;
}

} // namespace

struct best_of::contents {
    detail::scheme names;
    best_of_options options;
};

std::optional<best_of> best_of::make(best_of_options const& options, issue_list& issues, std::string_view place) {
    issue_list found;
    std::string const where(place);
    auto locals = options.segments;
    if (!options.fallback.empty()) locals.push_back(options.fallback);
    detail::check_scheme(own_kind, options.id, options.reads, options.segments.size(), locals, place, found);
    if (options.segments.empty() || options.segments.size() > 64)
        found.error("best_of.sizes", where, "that many columns cannot compete", std::to_string(options.segments.size()),
                    "1 to 64");
    if (options.least.has_value() != !options.fallback.empty())
        found.error("best_of.fallback", where, "`least` and `fallback` belong together: whose is a score below it?", {},
                    {}, "Give both or neither");
    if (options.least && !std::isfinite(*options.least))
        found.error("best_of.fallback", where + "/least", "not a finite number");
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    auto made = std::make_shared<contents>();
    made->options = options;
    made->names.set(options.id, options.reads, locals);
    return best_of(made);
}

best_of::best_of(best_of_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string best_of::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, o.reads, {}, parameters_of(o), {}});
}

best_of best_of::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_best_of(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return best_of(*options);
}

std::string_view best_of::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> best_of::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> best_of::segments() const noexcept { return contents_->names.segments; }

std::string best_of::describe(std::uint32_t reason) const {
    auto const& c = *contents_;
    if (reason < c.options.reads.size()) return c.options.reads[reason] + " is highest";
    if (reason == c.options.reads.size() && c.options.least)
        return "no score reaches " + std::to_string(*c.options.least);
    return {};
}

void best_of::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& o = contents_->options;
    bool const fits =
        rows.columns.size() == o.reads.size() &&
        std::all_of(rows.columns.begin(), rows.columns.end(), [](column_view const& c) { return c.what.is_numeric(); });
    if (!fits) return detail::fill_status(out, status::error);
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    for (std::size_t row = 0; row < rows.size; ++row) {
        std::size_t best = none;
        std::size_t second = none;
        double best_score = 0;
        double second_score = 0;
        for (std::size_t i = 0; i < rows.columns.size(); ++i) {
            if (!rows.columns[i].is_present(row)) continue;
            double const score = detail::number_at(rows.columns[i], row);
            if (best == none || score > best_score) {
                second = best;
                second_score = best_score;
                best = i;
                best_score = score;
            } else if (second == none || score > second_score) {
                second = i;
                second_score = score;
            }
        }
        if (best == none) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        out[row] = assignment{};
        out[row].segment = static_cast<std::uint16_t>(best);
        out[row].score = second == none ? best_score : best_score - second_score;
        if (second != none) out[row].also_matched = std::uint64_t{1} << second;
        if (o.least && !(best_score >= *o.least)) { // the fallback comes last
            out[row].segment = static_cast<std::uint16_t>(o.reads.size());
            out[row].also_matched = 0;
        }
        out[row].reason = out[row].segment;
    }
}

strategy_use use_of(best_of_options const& options) {
    return detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
}

namespace detail {

strategy_kind best_of_kind() {
    return plain_kind<best_of>(std::string(own_kind), "the segment whose score is highest", parse_best_of,
                               [](best_of_options const& options) {
                                   strategy_outline out;
                                   out.inputs.assign(options.reads.size(), input_kind::number);
                                   return out;
                               });
}

} // namespace detail

} // namespace v0
} // namespace segmenta

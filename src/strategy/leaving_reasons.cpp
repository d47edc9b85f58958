// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/leaving_reasons.hpp>

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "leaving_reasons";
constexpr std::int64_t version = 1;

std::size_t columns_of(leaving_reasons_options const& o) { return 1 + o.reasons.size() + (o.survey ? 1 : 0); }

std::optional<leaving_reasons_options> parse_leaving_reasons(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    leaving_reasons_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    reader.read("reasons", out.reasons);
    reader.read_whole("within_days", out.within_days, 0, 100'000);
    if (auto const* survey = reader.find("survey")) {
        if (survey->is_bool())
            out.survey = survey->get_bool();
        else
            reader.bad_value("survey", *survey, "true or false");
    }
    reader.read("fallback", out.fallback);
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(leaving_reasons_options const& options) {
    boost::json::object out;
    out["reasons"] = detail::to_array(options.reasons);
    out["within_days"] = options.within_days;
    out["survey"] = options.survey;
    out["fallback"] = options.fallback;
    return out;
}

} // namespace

struct leaving_reasons::contents {
    detail::scheme names;
    leaving_reasons_options options;

    [[nodiscard]] bool fits(block const& rows) const noexcept {
        if (rows.columns.size() != columns_of(options)) return false;
        for (std::size_t i = 0; i <= options.reasons.size(); ++i)
            if (rows.columns[i].what.base != kind::date) return false;
        return !options.survey || rows.columns.back().what.is_text();
    }

    [[nodiscard]] assignment answer(block const& rows, std::size_t row) const noexcept {
        if (!rows.columns[0].is_present(row)) return no_answer(status::unknown);
        std::int64_t const last = rows.columns[0].as<std::int32_t>()[row];
        assignment out;
        std::int64_t nearest = 0;
        std::uint64_t fitting = 0;
        for (std::size_t i = 0; i < options.reasons.size(); ++i) {
            auto const& events = rows.columns[i + 1];
            if (!events.is_present(row)) continue;
            std::int64_t const distance = std::abs(std::int64_t{events.as<std::int32_t>()[row]} - last);
            if (distance > options.within_days) continue;
            fitting |= std::uint64_t{1} << i;
            if (out.segment == no_segment || distance < nearest) {
                out.segment = static_cast<std::uint16_t>(i);
                nearest = distance;
            }
        }
        bool answered = false;
        if (options.survey && rows.columns.back().is_present(row)) {
            auto const text = rows.columns.back().text(row);
            auto const at = std::find(options.reasons.begin(), options.reasons.end(), text);
            answered = at != options.reasons.end();
            if (answered) {
                out.segment = static_cast<std::uint16_t>(at - options.reasons.begin());
                nearest = 0;
            }
        }
        if (out.segment == no_segment) out.segment = static_cast<std::uint16_t>(options.reasons.size());
        out.score = static_cast<double>(nearest);
        out.also_matched = fitting & ~(std::uint64_t{1} << out.segment);
        out.reason = out.segment | (answered ? 0x100U : 0U);
        return out;
    }
};

std::optional<leaving_reasons> leaving_reasons::make(leaving_reasons_options const& options, issue_list& issues,
                                                     std::string_view place) {
    issue_list found;
    auto locals = options.reasons;
    locals.push_back(options.fallback);
    detail::check_scheme(own_kind, options.id, options.reads, columns_of(options), locals, place, found);
    if (options.reasons.empty() || options.reasons.size() > 63)
        found.error("leaving_reasons.sizes", std::string(place) + "/reasons", "that many reasons cannot be ranked",
                    std::to_string(options.reasons.size()), "1 to 63");
    if (options.within_days < 0)
        found.error("leaving_reasons.value", std::string(place) + "/within_days", "a number of days is not negative",
                    std::to_string(options.within_days), "0 or more");
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    auto made = std::make_shared<contents>();
    made->options = options;
    made->names.set(options.id, options.reads, locals);
    return leaving_reasons(made);
}

leaving_reasons::leaving_reasons(leaving_reasons_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string leaving_reasons::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, o.reads, {}, parameters_of(o), {}});
}

leaving_reasons leaving_reasons::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_leaving_reasons(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return leaving_reasons(*options);
}

std::string_view leaving_reasons::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> leaving_reasons::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> leaving_reasons::segments() const noexcept { return contents_->names.segments; }

std::string leaving_reasons::describe(std::uint32_t reason) const {
    auto const& o = contents_->options;
    std::size_t const i = reason & 0xFFU;
    if (i > o.reasons.size()) return {};
    if (i == o.reasons.size()) return "nothing known around the last order";
    if ((reason & 0x100U) != 0) return "the customer said: " + o.reasons[i];
    return o.reads[i + 1] + " within " + std::to_string(o.within_days) + " days of the last order";
}

void leaving_reasons::assign(block const& rows, std::span<assignment> out) const noexcept {
    if (!contents_->fits(rows)) return detail::fill_status(out, status::error);
    for (std::size_t row = 0; row < rows.size; ++row)
        out[row] = contents_->answer(rows, row);
}

strategy_use use_of(leaving_reasons_options const& options) {
    return detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
}

namespace detail {

strategy_kind leaving_reasons_kind() {
    return plain_kind<leaving_reasons>(std::string(own_kind), "why a customer may have left", parse_leaving_reasons,
                                       [](leaving_reasons_options const& options) {
                                           strategy_outline out;
                                           out.inputs.assign(1 + options.reasons.size(), input_kind::date);
                                           if (options.survey) out.inputs.push_back(input_kind::text);
                                           return out;
                                       });
}

} // namespace detail

} // namespace v0
} // namespace segmenta

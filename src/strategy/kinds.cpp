// SPDX-License-Identifier: Apache-2.0
#include "strategy/kinds.hpp"

#include "base/json.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<boost::json::object> parameters_of(strategy_use const& use, issue_list& issues) {
    try {
        auto const value = parse_json(use.parameters);
        if (value.is_object()) return value.get_object();
        issues.error(code_of(use.kind, "value"), use.place, "the parameters of a mechanism are a JSON object",
                     shown(value));
    } catch (issue_error const& e) {
        for (auto problem : e.issues()) {
            problem.place = use.place + " " + problem.place;
            issues.add(std::move(problem));
        }
    }
    return std::nullopt;
}

strategy_use make_use(std::string_view kind, std::string const& scheme, std::vector<std::string> const& reads,
                      boost::json::object const& parameters) {
    strategy_use out;
    out.kind = std::string(kind);
    out.scheme = scheme;
    out.reads = reads;
    out.parameters = write_json(boost::json::value(parameters));
    return out;
}

strategy_use use_of_body(std::string_view kind, fitted_body const& body) {
    auto out = make_use(kind, body.scheme, body.reads, body.parameters);
    out.place = "fitted/" + std::string(kind);
    if (!body.zone.empty()) out.days_in = zone::parse(body.zone);
    return out;
}

void check_same_use(std::string_view kind, std::string_view id, std::span<std::string_view const> reads,
                    strategy_use const& use) {
    bool const same_reads =
        use.reads.empty() || std::equal(reads.begin(), reads.end(), use.reads.begin(), use.reads.end());
    if (id == use.scheme && same_reads) return;
    bad_content(kind, "it was fitted for another use: scheme `" + std::string(id) + "`, not `" + use.scheme + "`" +
                          (same_reads ? "" : ", or other columns"));
}

void check_same_zone(std::string_view kind, fitted_body const& body, strategy_use const& use) {
    if (!body.zone.empty() && body.zone != use.days_in.name())
        bad_content(kind, "it was fitted for the zone " + body.zone + ", not " + use.days_in.name());
}

column_view const& only_column(block const& everyone, strategy_use const& use, std::string_view what) {
    if (everyone.columns.size() != 1)
        throw issue_error("fit.columns", use.place, "the fit needs " + std::string(what),
                          std::to_string(everyone.columns.size()), "1");
    return everyone.columns[0];
}

} // namespace detail
} // namespace v0
} // namespace segmenta

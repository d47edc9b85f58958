// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_MODEL_STRATEGY_USE_HPP
#define SEGMENTA_TESTS_MODEL_STRATEGY_USE_HPP

// Mechanisms of models as a plan writes them.

#include <segmenta/model/model_strategies.hpp>

#include <string>
#include <utility>
#include <vector>

namespace segmenta::test {

inline strategy_use use(std::string kind, std::vector<std::string> reads, std::string parameters) {
    strategy_use out;
    out.kind = std::move(kind);
    out.scheme = "s";
    out.reads = std::move(reads);
    out.parameters = std::move(parameters);
    out.place = "plan.json:1 /columns/s";
    return out;
}

inline std::string code_of(strategy_use const& what) {
    issue_list issues;
    (void)registry_with_models().check(what, issues);
    return issues.empty() ? "none" : issues[0].code;
}

} // namespace segmenta::test

#endif

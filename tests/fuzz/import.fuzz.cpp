// SPDX-License-Identifier: Apache-2.0
// Any bytes as a condition of another builder: it is refused with an issue, or it is a rule whose text is canonical
// and, where names were given, compiles. The first byte chooses dialect and options.
#include "fuzz/replay.hpp"

#include <segmenta/rule/import.hpp>
#include <segmenta/rule/program.hpp>

#include <cstdlib>
#include <string_view>

using namespace segmenta;

namespace {

environment make_names() {
    environment names;
    names.variable("age", int64_type);
    names.variable("spent", float64_type);
    names.variable("city", string_type);
    names.variable("vip", boolean_type);
    names.variable("tags", category_set_type);
    names.variable("born", date_type);
    names.variable("seen", instant_type);
    names.variable("income", money_type(currency("CNY"), 2));
    names.variable("price", decimal_type(2));
    names.variable("stay", duration_type);
    return names;
}

void demand(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static environment const names = make_names();
    if (size == 0) return 0;
    unsigned const choice = bytes[0];
    std::string_view const json(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    auto const dialect = static_cast<rule_dialect>(choice % 3);
    import_options options;
    options.names = (choice & 4U) != 0 ? &names : nullptr;
    options.missing = (choice & 8U) != 0 ? imported_missing::as_source : imported_missing::unknown;
    options.allow_empty_groups = (choice & 16U) != 0;
    options.limits.max_bytes = 4'096;

    issue_list issues;
    auto const rule = import_rule(json, dialect, issues, "fuzz", options);
    demand(rule.has_value() != issues.has_errors());
    if (!rule) return 0;
    demand(to_string(*rule) == rule->text());
    if (options.names == nullptr) return 0;
    issue_list compiling;
    demand(compile_rule(*rule, names, compiling).has_value());
    return 0;
}

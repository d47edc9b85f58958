// SPDX-License-Identifier: Apache-2.0
// Calls: overloads from the table, and the functions whose types depend on scales, currencies or constants.
#include "rule/checker.hpp"
#include "rule/exact.hpp"
#include "rule/functions.hpp"
#include "rule/text_functions.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/money.hpp>
#include <segmenta/record/phone.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr rule_type boolean{rule_kind::boolean, 0, {}};
constexpr rule_type integer{rule_kind::int64, 0, {}};

// `money(GBP)` in plan types has the currency's usual digits (record/type.hpp).
std::optional<unsigned> minor_digits(currency unit) {
    auto const known = parse_type("money(" + std::string(unit.name()) + ")");
    if (!known) return std::nullopt;
    return known->scale;
}

unsigned digits_after_point(std::string_view number) noexcept {
    auto const point = number.find('.');
    return point == std::string_view::npos
               ? 0
               : static_cast<unsigned>(std::min<std::size_t>(255, number.size() - point - 1));
}

} // namespace

typed_id checker::no_overload(std::string_view name, bool method, std::span<typed_id const> arguments,
                              std::uint32_t position, std::string remedy) {
    auto const forms = signatures(name, method);
    if (forms.empty()) {
        auto const other = signatures(name, !method);
        if (!other.empty())
            remedy = method ? "Write it as a function: " + other[0] : "Write it behind a value: " + other[0];
        auto const nearest = nearest_function(name);
        if (other.empty() && is_known_elsewhere(name)) {
            return unsupported(position, "the function '" + std::string(name) + "' is not taken here");
        }
        if (other.empty() && !nearest.empty()) remedy = "Did you mean " + std::string(nearest) + "?";
        return fail(position, "rule.unknown_function", "there is no such function", quoted(name), {}, remedy);
    }
    std::string seen;
    bool numbers = true;
    bool exact = false;
    bool inexact = false;
    for (typed_id const argument : arguments) {
        seen += (seen.empty() ? "" : ", ") + to_string(what(argument));
        numbers &= what(argument).is_numeric();
        exact |= what(argument).base != rule_kind::float64;
        inexact |= what(argument).base == rule_kind::float64;
    }
    if (remedy.empty() && numbers && exact && inexact && arguments.size() == 2) {
        remedy = "Write double(...) around the exact number, or a literal as 2.0 instead of 2";
    }
    return fail(position, "rule.type", "'" + std::string(name) + "' does not take these types", seen,
                join_names(forms, 12), remedy);
}

typed_id checker::call(std::string_view name, bool method, std::vector<typed_id>& arguments, std::uint32_t position) {
    std::vector<rule_kind> kinds;
    for (typed_id const argument : arguments)
        kinds.push_back(what(argument).base);
    if (overload const* const found = find_overload(name, method, kinds)) {
        return operation(found->code, {found->result, 0, {}}, position, arguments);
    }
    bool handled = false;
    typed_id made = call_collection(name, method, arguments, position, handled);
    if (!handled) made = call_special(name, method, arguments, position, handled);
    return handled ? made : no_overload(name, method, arguments, position);
}

typed_id checker::check_call(node_id node) {
    syntax_node const& here = tree_[node];
    auto children = tree_.children_of(node);
    std::string name = here.text;
    bool method = here.flag;
    if (method) {
        syntax_node const& receiver = tree_[children[0]];
        if (auto const field = record_field(children[0]); field && is_optional_call(node, *field)) {
            return check_optional_call(node, *field);
        }
        // math.abs(x): a receiver that is no column but a known family of functions.
        std::string const qualified = receiver.kind == syntax_kind::name ? receiver.text + "." + name : std::string();
        bool const family = !qualified.empty() && !names_.find(receiver.text) && local(receiver.text) == nullptr &&
                            (!signatures(qualified, false).empty() || is_known_elsewhere(qualified) ||
                             receiver.text == "math" || receiver.text == "geo" || receiver.text == "sets");
        if (family) {
            name = qualified;
            method = false;
            children = children.subspan(1);
        }
    }
    if (name.starts_with('.')) name.erase(0, 1);
    std::vector<typed_id> arguments;
    bool failed = false;
    for (node_id const child : children) {
        arguments.push_back(check(child));
        failed |= arguments.back() == no_node;
    }
    if (failed) {
        // An unknown function is worth saying even when an argument is wrong too.
        if (signatures(name, method).empty()) no_overload(name, method, {}, here.position);
        return no_node;
    }
    return call(name, method, arguments, here.position);
}

// Whether the code for single values can do it: a set's other value is a list.
bool checker::is_optional_call(node_id node, std::uint32_t variable) const {
    syntax_node const& here = tree_[node];
    std::size_t const arguments = tree_.children_of(node).size() - 1;
    if (arguments == 0) return here.text == "value" || here.text == "hasValue";
    bool const set = names_.what(variable).base == kind::category_set;
    return here.text == "orValue" && arguments == 1 && !set;
}

// record.?name.orValue(x), .hasValue(), .value()
typed_id checker::check_optional_call(node_id node, std::uint32_t variable) {
    syntax_node const& here = tree_[node];
    auto const children = tree_.children_of(node);
    typed_node made;
    made.kind = typed_kind::variable;
    made.what = rule_type_of(names_.what(variable));
    made.position = tree_[children[0]].position;
    made.payload = variable;
    if (here.text == "value") return add(made, {});
    if (here.text == "hasValue") {
        made.kind = typed_kind::presence;
        made.what = boolean;
        return add(made, {});
    }
    typed_id present = add(made, {});
    typed_id otherwise = check(children[1]);
    if (otherwise == no_node || !join(present, otherwise, here.position)) return no_node;
    typed_node choice;
    choice.kind = typed_kind::coalesce;
    choice.what = what(present);
    choice.position = here.position;
    typed_id const parts[] = {present, otherwise};
    return add(choice, parts);
}

typed_id checker::call_special(std::string_view name, bool method, std::vector<typed_id>& arguments,
                               std::uint32_t position, bool& handled) {
    if (name == "matches") return match(arguments, position, handled);
    if (name == "phoneKey" || name == "isPhone") return phone(name, arguments, position, handled);
    if (name == "geo.distance") return distance(arguments, position, handled);
    if (!method && (name == "age" || name == "daysUntilAnniversary"))
        return anniversary(name, arguments, position, handled);
    if (method) return time_part(name, arguments, position, handled);
    if (name.starts_with("math.")) return math(name, arguments, position, handled);
    if (name == "decimal") return make_decimal(arguments, position, handled);
    if (name == "money") return make_money(arguments, position, handled);
    return convert(name, arguments, position, handled);
}

// --- conversions -----------------------------------------------------------------------------------------------------
typed_id checker::convert(std::string_view target, std::vector<typed_id>& arguments, std::uint32_t position,
                          bool& handled) {
    if (arguments.empty() || arguments.size() > 2) return no_node;
    typed_id const argument = arguments[0];
    rule_type const from = what(argument);
    if (from.is_collection()) return no_node;
    bool const zoned = (target == "date" && from.base == rule_kind::instant) ||
                       (target == "timestamp" && from.base == rule_kind::date);
    if (zoned) {
        handled = true;
        std::size_t const zone = zone_argument(arguments, 1, position);
        if (zone == std::string_view::npos) return no_node;
        bool const to_date = target == "date";
        return operation(to_date ? opcode::instant_to_date : opcode::date_to_instant,
                         {to_date ? rule_kind::date : rule_kind::instant, 0, {}}, position, {argument}, zone);
    }
    if (arguments.size() != 1) return no_node;
    if (target == to_string(rule_type{from.base, 0, {}})) return handled = true, argument; // int(1), string('a')
    if (target == "bytes" && from.base == rule_kind::string) {
        handled = true;
        return retype(argument, {rule_kind::bytes, 0, {}});
    }
    if (from.base != rule_kind::decimal) return no_node;
    handled = true;
    if (target == "double") return to_real(argument);
    if (target == "string") {
        return operation(opcode::decimal_to_text, {rule_kind::string, 0, {}}, position, {argument}, from.scale);
    }
    if (target == "int" || target == "uint") {
        typed_id const whole = operation(opcode::decimal_to_integer, integer, position, {argument}, from.scale);
        if (target == "int") return whole;
        return operation(opcode::integer_to_natural, {rule_kind::uint64, 0, {}}, position, {whole});
    }
    handled = false;
    return no_node;
}

typed_id checker::decimal_from_text(std::string_view number, std::uint32_t position, currency unit) {
    unsigned scale = digits_after_point(number);
    if (!unit.empty()) scale = std::max(scale, minor_digits(unit).value_or(0));
    if (scale > largest_scale) {
        return fail(position, "rule.scale", "this number has too many digits after the point", quoted(number),
                    "at most " + std::to_string(largest_scale));
    }
    typed_id const text = text_constant(number, {rule_kind::string, 0, {}}, position);
    return operation(opcode::text_to_decimal, {rule_kind::decimal, static_cast<std::uint8_t>(scale), unit}, position,
                     {text}, scale);
}

typed_id checker::make_decimal(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled) {
    if (arguments.empty() || arguments.size() > 2) return no_node;
    rule_type const from = what(arguments[0]);
    if (from.base != rule_kind::string && !from.is_exact()) return no_node;
    handled = true;
    std::optional<std::int64_t> digits;
    if (arguments.size() == 2) {
        slot const* const asked = what(arguments[1]).base == rule_kind::int64 ? known(arguments[1]) : nullptr;
        if (asked == nullptr || asked->integer < 0 || asked->integer > std::int64_t{largest_scale}) {
            return fail(out_.tree[arguments[1]].position, "rule.scale",
                        "the digits after the point are no constant in range", {},
                        "0 to " + std::to_string(largest_scale));
        }
        digits = asked->integer;
    }
    if (from.base == rule_kind::string) {
        slot const* const text = known(arguments[0]);
        if (!digits && text != nullptr) return decimal_from_text(text->text, out_.tree[arguments[0]].position, {});
        if (!digits) {
            return fail(position, "rule.scale", "the digits after the point must be said for text that is no constant",
                        {}, {}, "Write decimal(text, 2)");
        }
        auto const scale = static_cast<std::uint8_t>(*digits);
        return operation(opcode::text_to_decimal, {rule_kind::decimal, scale, {}}, position, {arguments[0]}, scale);
    }
    auto const scale = static_cast<std::uint8_t>(digits.value_or(from.scale));
    if (scale < from.scale) {
        return fail(position, "rule.scale", "this would drop digits after the point", std::to_string(from.scale),
                    "at least " + std::to_string(from.scale), "Use math.round(...) for whole units");
    }
    typed_id const scaled = to_scale(arguments[0], scale);
    return scaled == no_node ? no_node : retype(scaled, {rule_kind::decimal, scale, {}});
}

// Reported when it is none of ISO 4217, with the one that may be meant.
bool checker::is_currency(currency unit, std::uint32_t position) {
    issue_list found;
    if (parse_currency(unit.name(), {}, found)) return true;
    issue const& why = found[0];
    fail(position, "rule.bad_constant", why.message, why.seen, why.allowed, why.remedy);
    return false;
}

typed_id checker::make_money(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled) {
    auto const constant_text = [&](std::size_t i) -> slot const* {
        return i < arguments.size() && what(arguments[i]).base == rule_kind::string ? known(arguments[i]) : nullptr;
    };
    if (arguments.size() == 1 && constant_text(0) != nullptr) {
        handled = true;
        auto const text = constant_text(0)->text;
        auto const blank = text.find(' ');
        currency const unit(blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1));
        if (unit.empty()) {
            return fail(out_.tree[arguments[0]].position, "rule.bad_constant", "this text is no amount of money",
                        quoted(text), "'500 CNY', '12.50 GBP': a number, a blank, an ISO 4217 code");
        }
        if (!is_currency(unit, out_.tree[arguments[0]].position)) return no_node;
        return decimal_from_text(text.substr(0, blank), out_.tree[arguments[0]].position, unit);
    }
    if (arguments.size() != 2 || !what(arguments[0]).is_exact() || constant_text(1) == nullptr) return no_node;
    handled = true;
    rule_type const from = what(arguments[0]);
    currency const unit(constant_text(1)->text);
    std::uint32_t const place = out_.tree[arguments[1]].position;
    if (unit.empty()) {
        return fail(place, "rule.bad_constant", "this is no currency", quoted(constant_text(1)->text),
                    "an ISO 4217 code such as 'CNY'");
    }
    if (!is_currency(unit, place)) return no_node;
    if (from.is_money() && from.unit != unit) {
        return fail(position, "rule.currency", "two currencies never mix",
                    to_string(from) + " and " + std::string(unit.name()), {}, "Convert with a dated rate before");
    }
    return retype(arguments[0], {rule_kind::decimal, from.scale, unit});
}

// --- times -----------------------------------------------------------------------------------------------------------
// The number of the zone named by a constant argument, or of the environment's; npos after an issue.
std::size_t checker::zone_argument(std::vector<typed_id> const& arguments, std::size_t at, std::uint32_t position) {
    if (arguments.size() <= at) return zone_number(names_.zone_name(), position);
    slot const* const name = what(arguments[at]).base == rule_kind::string ? known(arguments[at]) : nullptr;
    if (name == nullptr) {
        unsupported(out_.tree[arguments[at]].position, "a zone must be a constant text",
                    "Write 'Asia/Shanghai' or '+08:00'");
        return std::string_view::npos;
    }
    return zone_number(name->text, out_.tree[arguments[at]].position);
}

typed_id checker::time_part(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                            bool& handled) {
    auto const field = time_field_of(name);
    if (!field || arguments.empty()) return no_node;
    bool const of_day = *field < time_field::hours;
    switch (what(arguments[0]).base) {
    case rule_kind::instant: {
        if (arguments.size() > 2) return no_node;
        handled = true;
        std::size_t const zone = zone_argument(arguments, 1, position);
        if (zone == std::string_view::npos) return no_node;
        return operation(opcode::instant_field, integer, position, {arguments[0]}, field_immediate(*field, zone));
    }
    case rule_kind::date:
        if (!of_day || arguments.size() != 1) return no_node;
        handled = true;
        return operation(opcode::date_field, integer, position, arguments, field_immediate(*field, 0));
    case rule_kind::duration:
        if (of_day || arguments.size() != 1) return no_node;
        handled = true;
        return operation(opcode::duration_field, integer, position, arguments, field_immediate(*field, 0));
    default: return no_node;
    }
}

// --- numbers ---------------------------------------------------------------------------------------------------------
typed_id checker::math(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled) {
    if (arguments.empty()) return no_node;
    rule_type const first = what(arguments[0]);
    if (name == "math.least" || name == "math.greatest") {
        bool const least = name == "math.least";
        typed_id best = arguments[0];
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            if (!what(arguments[i]).is_numeric()) return no_node;
            if (i == 0) continue;
            if (!what(best).is_exact() && what(best).base != what(arguments[i]).base) return no_node;
            if (what(best).is_exact() != what(arguments[i]).is_exact()) return no_node;
            if (!join(best, arguments[i], position)) return handled = true, no_node;
            lane const where = lane_of(what(best).base);
            opcode code = least ? opcode::least_integer : opcode::greatest_integer;
            if (where == lane::natural) code = least ? opcode::least_natural : opcode::greatest_natural;
            if (where == lane::real) code = least ? opcode::least_real : opcode::greatest_real;
            best = operation(code, what(best), position, {best, arguments[i]});
        }
        handled = true;
        return best;
    }
    if (arguments.size() != 1 || first.base != rule_kind::decimal) return no_node;
    handled = true;
    if (name == "math.abs") return operation(opcode::absolute_integer, first, position, arguments);
    if (name == "math.sign") return operation(opcode::sign_integer, integer, position, arguments);
    std::optional<rounding> way;
    if (name == "math.ceil") way = rounding::ceil;
    if (name == "math.floor") way = rounding::floor;
    if (name == "math.round") way = rounding::half_away;
    if (name == "math.trunc") way = rounding::truncate;
    if (!way) return handled = false, no_node;
    return operation(opcode::round_decimal, {rule_kind::decimal, 0, first.unit}, position, arguments,
                     rounding_immediate(*way, first.scale));
}

typed_id checker::match(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled) {
    if (arguments.size() != 2 || what(arguments[0]).base != rule_kind::string ||
        what(arguments[1]).base != rule_kind::string) {
        return no_node;
    }
    handled = true;
    std::uint32_t const place = out_.tree[arguments[1]].position;
    slot const* const text = known(arguments[1]);
    if (text == nullptr) {
        return unsupported(place, "a pattern must be a constant text", "Write it out, or compare with contains(...)");
    }
    std::string problem;
    auto compiled = compile_pattern(text->text, problem);
    if (compiled == nullptr) {
        return fail(place, "rule.bad_constant", "this pattern is no regular expression: " + problem, quoted(text->text),
                    "RE2 syntax, without back-references and look-around");
    }
    out_.tables.patterns.push_back(std::move(compiled));
    return operation(opcode::matches, boolean, position, {arguments[0]}, out_.tables.patterns.size() - 1);
}

// geo.distance(latitude, longitude, latitude, longitude)
typed_id checker::distance(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled) {
    if (arguments.size() != 4) return no_node;
    for (typed_id& argument : arguments) {
        if (!what(argument).is_numeric() || what(argument).is_money()) return no_node;
        argument = to_real(argument);
    }
    handled = true;
    return operation(opcode::geo_distance, {rule_kind::float64, 0, {}}, position, arguments);
}

// age(birthday, day), daysUntilAnniversary(birthday, day); a third argument says what 29 February is in other years.
typed_id checker::anniversary(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                              bool& handled) {
    bool const dates = arguments.size() >= 2 && arguments.size() <= 3 && what(arguments[0]).base == rule_kind::date &&
                       what(arguments[1]).base == rule_kind::date;
    if (!dates) return no_node;
    handled = true;
    auto policy = leap_day_policy::clamp_to_28;
    if (arguments.size() == 3) {
        slot const* const asked = what(arguments[2]).base == rule_kind::string ? known(arguments[2]) : nullptr;
        bool const march = asked != nullptr && asked->text == "march_1";
        if (!march && (asked == nullptr || asked->text != "february_28")) {
            return fail(out_.tree[arguments[2]].position, "rule.bad_constant",
                        "this is no policy for 29 February", asked == nullptr ? std::string() : quoted(asked->text),
                        "'february_28', 'march_1'");
        }
        if (march) policy = leap_day_policy::march_1;
    }
    return operation(name == "age" ? opcode::full_years : opcode::days_until_anniversary, integer, position,
                     {arguments[0], arguments[1]}, static_cast<std::uint64_t>(policy));
}

// text.phoneKey('CN'), text.isPhone('CN')
typed_id checker::phone(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                        bool& handled) {
    if (arguments.size() != 2 || what(arguments[0]).base != rule_kind::string ||
        what(arguments[1]).base != rule_kind::string) {
        return no_node;
    }
    handled = true;
    std::uint32_t const place = out_.tree[arguments[1]].position;
    slot const* const country = known(arguments[1]);
    if (country == nullptr) return unsupported(place, "the country must be a constant text", "Write 'CN'");
    phone_plan const* const plan = find_phone_plan(country->text);
    if (plan == nullptr) {
        std::vector<std::string_view> countries;
        for (auto const& known_plan : phone_plans())
            countries.push_back(known_plan.country);
        return fail(place, "rule.bad_constant", "no numbering plan of this country is known", quoted(country->text),
                    join_names(countries, 30));
    }
    auto const number = static_cast<std::uint64_t>(plan - phone_plans().data());
    if (name == "isPhone") return operation(opcode::is_phone, boolean, position, {arguments[0]}, number);
    return operation(opcode::phone_key, {rule_kind::string, 0, {}}, position, {arguments[0]}, number);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

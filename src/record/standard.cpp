// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/money.hpp>
#include <segmenta/record/standard.hpp>

#include <array>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::array<std::string_view, 9> account_kinds{
    "consumer", "enterprise", "dealer", "retailer", "integrator", "channel", "medical_institution", "school", "home"};

field open(char const* name, type what) { return {name, what, sensitivity::open, {}}; }
field internal(char const* name, type what) { return {name, what, sensitivity::internal, {}}; }
field personal(char const* name, type what) { return {name, what, sensitivity::personal, {}}; }

struct section {
    char letter;
    int first; ///< division
    int last;
    std::string_view id;
};

// GB/T 4754-2017, table 1: sections and their divisions.
constexpr std::array<section, 20> sections{{
    {'A', 1, 5, "agriculture"},
    {'B', 6, 12, "mining"},
    {'C', 13, 43, "manufacturing"},
    {'D', 44, 46, "utilities"},
    {'E', 47, 50, "construction"},
    {'F', 51, 52, "wholesale_and_retail"},
    {'G', 53, 60, "transport_and_storage"},
    {'H', 61, 62, "hotels_and_catering"},
    {'I', 63, 65, "information_technology"},
    {'J', 66, 69, "finance"},
    {'K', 70, 70, "real_estate"},
    {'L', 71, 72, "leasing_and_business_services"},
    {'M', 73, 75, "research_and_technical_services"},
    {'N', 76, 79, "water_environment_and_public_facilities"},
    {'O', 80, 82, "resident_services"},
    {'P', 83, 83, "education"},
    {'Q', 84, 85, "health_and_social_work"},
    {'R', 86, 90, "culture_sports_and_entertainment"},
    {'S', 91, 96, "public_administration"},
    {'T', 97, 97, "international_organisations"},
}};

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The section of a division (the first two digits of `digits`).
section const* of_division(std::string_view digits) noexcept {
    int const division = (digits[0] - '0') * 10 + (digits[1] - '0');
    for (auto const& s : sections)
        if (division >= s.first && division <= s.last) return &s;
    return nullptr;
}

} // namespace

std::span<std::string_view const> standard_account_kinds() noexcept { return account_kinds; }

schema standard_customer() {
    schema made;
    for (auto& f : std::vector<field>{
             open("account_kind", category_type),
             personal("name", string_type),
             personal("gender", category_type),
             personal("birth_date", date_type),
             personal("education", category_type),
             personal("occupation", category_type),
             personal("income_band", category_type),
             personal("household", category_type),
             personal("life_stage", category_type),
             personal("children", int64_type),
             open("industry_code", category_type),
             open("company_size", category_type),
             open("employees", int64_type),
             open("founded_on", date_type),
             personal("region_code", category_type),
             open("province_code", category_type),
             open("province", string_type),
             open("province_en", string_type),
             personal("city", string_type),
             personal("city_en", string_type),
             open("region", category_type),
             open("city_tier", int64_type),
             open("urban_rural_code", category_type),
             open("mountain", boolean_type),
             personal("ip_region_code", category_type),
             open("registered_at", instant_type),
             open("first_seen_at", instant_type),
             open("first_channel", category_type),
             open("lead_source", category_type),
             open("landing_page", category_type),
             open("free_offer", boolean_type),
             open("entry_need", category_type),
             open("source", category_type),
             open("consent_marketing", boolean_type),
             open("consent_profiling", boolean_type),
         })
        made.attribute(std::move(f));
    return made;
}

history_schema standard_orders(currency unit) {
    auto const exponent = currency_exponent(unit);
    if (exponent) return standard_orders(unit, *exponent);
    issue_list issues;
    (void)parse_currency(unit.name(), "standard_orders", issues);
    throw issue_error(issues);
}

history_schema standard_orders(currency unit, std::uint8_t scale) {
    type const amount = money_type(unit, scale);
    return {
        "orders",
        "paid_at",
        {
            open("order_id", string_type),          open("line", int64_type),         open("kind", category_type),
            open("status", category_type),          open("created_at", instant_type), open("paid_at", instant_type),
            open("finished_at", instant_type),      open("channel", category_type),   open("pay_method", category_type),
            personal("region_code", category_type), open("sku", category_type),       open("category", category_type),
            open("brand", category_type),           open("list_price", amount),       open("unit_price", amount),
            open("quantity", int64_type),           open("discount", amount),         open("coupon", amount),
            open("coupon_code", category_type),     open("amount", amount),           internal("unit_cost", amount),
            open("currency", category_type),        open("refund_of", string_type),   open("refund_line", int64_type),
            open("refund_reason", category_type),
        }};
}

history_schema standard_events() {
    return {"events",
            "occurred_at",
            {
                open("event_id", string_type),
                personal("device_id", string_type),
                open("occurred_at", instant_type),
                open("type", category_type),
                open("session_id", string_type),
                open("page", category_type),
                open("dwell_ms", int64_type),
                open("referrer", category_type),
                open("device", category_type),
                open("format", category_type),
                open("sku", category_type),
                open("order_id", string_type),
                open("rating", int64_type),
                open("topic", category_type),
                open("sentiment", decimal_type(2)),
                personal("text", string_type),
            }};
}

schema standard_shop(currency unit) {
    schema made = standard_customer();
    made.history(standard_orders(unit));
    made.history(standard_events());
    return made;
}

std::vector<std::string_view> category_ancestors(std::string_view path, char separator) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; at < path.size(); ++at) {
        bool const ends_step = path[at] != separator && (at + 1 == path.size() || path[at + 1] == separator);
        if (ends_step) found.push_back(path.substr(0, at + 1));
    }
    return found;
}

std::optional<char> industry_section(std::string_view code) noexcept {
    if (code.empty()) return std::nullopt;
    bool const lettered = code[0] >= 'A' && code[0] <= 'T';
    std::string_view const digits = code.substr(lettered ? 1 : 0);
    if (digits.size() > 4 || digits.size() == 1) return std::nullopt;
    for (char const c : digits)
        if (!is_digit(c)) return std::nullopt;
    if (digits.empty()) return code[0];
    section const* const found = of_division(digits);
    // A letter that contradicts its digits is a slip in one of the two: no guess.
    if (found == nullptr || (lettered && found->letter != code[0])) return std::nullopt;
    return found->letter;
}

std::string_view industry_section_id(char letter) noexcept {
    for (auto const& s : sections)
        if (s.letter == letter) return s.id;
    return {};
}

} // namespace v0
} // namespace segmenta

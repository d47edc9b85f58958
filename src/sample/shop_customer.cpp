// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_customer.hpp"

#include "sample/shop_names.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t kinds = 9;
constexpr std::array<std::string_view, kinds> kind_names{
    "consumer", "enterprise", "retailer", "dealer", "school", "medical_institution", "integrator", "channel", "home"};
constexpr std::array<std::uint16_t, kinds> kind_weights{9180, 300, 140, 100, 80, 60, 50, 40, 50};
constexpr std::array<std::string_view, kinds> word_zh{
    "", "科技有限公司", "超市", "商贸有限公司", "实验学校", "医院", "系统集成有限公司", "供应链有限公司", "工作室"};
constexpr std::array<std::string_view, kinds> word_en{"",        "Technology", "Retail",       "Trading", "Education",
                                                      "Medical", "Systems",    "Supply Chain", "Studio"};
constexpr std::array<std::string_view, 12> enterprise_industries{"J66", "J67", "I65", "I64", "C39", "C26",
                                                                 "F51", "K70", "L72", "M74", "G59", "H62"};
constexpr std::array<std::string_view, kinds> kind_industries{"", "", "F52", "F51", "P83", "Q84", "I65", "G59", ""};

// Departments in the order of the enum: beauty apparel baby food home digital appliance sports pet office health.
using taste_row = std::array<std::uint32_t, department_count>;
constexpr std::array<taste_row, kinds> base_taste{{
    {140, 160, 80, 210, 130, 45, 40, 60, 40, 12, 45},
    {0, 4, 0, 60, 60, 130, 60, 4, 0, 400, 30},
    {150, 60, 90, 330, 180, 10, 20, 20, 50, 20, 40},
    {180, 120, 120, 180, 120, 50, 60, 60, 60, 20, 40},
    {0, 10, 0, 50, 60, 110, 30, 140, 0, 420, 30},
    {0, 10, 10, 40, 70, 50, 30, 0, 0, 120, 600},
    {0, 0, 0, 10, 10, 420, 60, 0, 0, 420, 0},
    {120, 120, 120, 160, 120, 60, 80, 80, 60, 20, 60},
    {20, 30, 10, 100, 120, 160, 100, 20, 20, 260, 20},
}};

constexpr std::array<std::string_view, 6> educations{"junior_high", "high_school", "college",
                                                     "bachelor",    "master",      "doctor"};
constexpr std::array<std::string_view, 14> occupations{
    "student", "office_worker", "civil_servant", "teacher",        "medical_staff", "engineer",  "manager",
    "worker",  "service_staff", "freelancer",    "business_owner", "farmer",        "homemaker", "retired"};
constexpr std::array<std::string_view, 6> incomes{"below_5k", "5k_10k", "10k_20k", "20k_30k", "30k_50k", "above_50k"};
constexpr std::array<std::string_view, 5> channel_names{"app", "mini_program", "web", "marketplace", "store"};

struct person {
    bool female = false;
    int age = 30; // on the day before as_of
    int education = 3;
    std::size_t occupation = 1;
    int income = 1;
    std::string_view household, life_stage;
    int children = 0;
};

constexpr std::array<std::uint16_t, 7> age_weights{210, 200, 180, 130, 150, 85, 45};
constexpr std::array<int, 8> age_edges{18, 25, 30, 35, 40, 50, 60, 76};
constexpr std::array<std::array<std::uint16_t, 6>, 3> education_weights{{
    {60, 180, 260, 400, 90, 10}, // under 35
    {140, 260, 270, 270, 50, 10},
    {320, 330, 210, 120, 18, 2}, // 50 and older
}};
constexpr std::array<std::uint16_t, 14> occupation_weights{0, 260, 60, 55, 45, 90, 60, 130, 120, 60, 45, 30, 45, 0};
// Income as points; education, tier of the city and chance are added.
constexpr std::array<int, 14> occupation_points{-2, 2, 2, 2, 3, 4, 5, 1, 0, 2, 5, -1, 0, 0};

void draw_household(dice& chance, person& one) {
    bool const partner = one.age >= 27 ? chance.chance(7200) : chance.chance(900);
    bool const parent = partner && one.age >= 28 ? chance.chance(7800) : one.age >= 30 && chance.chance(600);
    bool const children_at_home = parent && one.age < 55;
    if (children_at_home) one.children = chance.chance(2800) ? 2 : 1;
    bool const grandparents = children_at_home && chance.chance(2500);
    one.household = !partner           ? (children_at_home ? "single_parent" : "single")
                    : grandparents     ? "three_generations"
                    : children_at_home ? "couple_with_children"
                    : one.age >= 50    ? "empty_nest"
                                       : "couple";
    one.life_stage = one.occupation == 13  ? "retired"
                     : one.occupation == 0 ? "student"
                     : children_at_home    ? (one.age < 36 ? "young_children" : "school_children")
                     : one.age >= 50       ? "empty_nest"
                     : partner             ? "young_couple"
                                           : "young_single";
}

person draw_person(dice& chance, city const& home) {
    person one;
    one.female = chance.chance(5600);
    auto const band = chance.pick_from(age_weights);
    one.age = chance.between_int(age_edges[band], age_edges[band + 1] - 1);
    auto const generation = one.age < 35 ? 0U : one.age < 50 ? 1U : 2U;
    one.education = static_cast<int>(chance.pick_from(education_weights[generation]));
    one.occupation = chance.pick_from(occupation_weights);
    if (one.age < 23 && chance.chance(7500)) one.occupation = 0;
    if (one.age >= 60 || (one.age >= 55 && chance.chance(5000))) one.occupation = 13;
    if (one.occupation == 0) one.education = one.age < 22 ? 3 : 4;
    int const points = occupation_points[one.occupation] + one.education + (3 - home.tier) + chance.between_int(-2, 2);
    one.income = std::clamp((points + 1) / 2 - 1, 0, 5);
    draw_household(chance, one);
    return one;
}

void multiply(taste_row& taste, department what, std::uint32_t tenths) {
    auto& weight = taste[static_cast<std::size_t>(what)];
    weight = weight * tenths / 10;
}

taste_row person_taste(dice& chance, person const& one) {
    taste_row taste = base_taste[0];
    multiply(taste, department::beauty, one.female ? 19 : 3);
    multiply(taste, department::apparel, one.female ? 14 : 8);
    multiply(taste, department::digital, one.female ? 6 : 18);
    multiply(taste, department::sports, one.female ? 7 : 16);
    bool const small_children = one.children > 0 && one.age < 42;
    multiply(taste, department::baby, small_children ? 40 : one.children > 0 ? 6 : 1);
    multiply(taste, department::health, one.age >= 50 ? 40 : 8);
    multiply(taste, department::food, one.age >= 50 ? 15 : 10);
    multiply(taste, department::pet, chance.chance(2400) ? 60 : 1);
    multiply(taste, department::home, one.household == "single" ? 7 : 13);
    return taste;
}

// Two departments become favourites: most customers buy in a few departments, not a little of everything.
void add_favourites(dice& chance, taste_row& taste) {
    for (int i = 0; i < 2; ++i) {
        auto const favourite = chance.pick_from(taste);
        taste[favourite] *= 3;
    }
}

void draw_mind(dice& chance, customer_traits& traits) {
    auto const strongest = chance.below(4);
    for (std::size_t i = 0; i < traits.mind.size(); ++i) {
        double const one = chance.unit();
        double const noise = one + chance.unit() - 1.0;
        traits.mind[i] = std::clamp(0.55 * noise + (i == strongest ? 0.55 : -0.15), -1.0, 1.0);
    }
}

customer_traits consumer_traits(dice& chance, person const& one) {
    customer_traits traits;
    draw_mind(chance, traits);
    traits.buys = chance.chance(8300);
    traits.rate = std::min(chance.gamma(0.75, 9.5) + 0.25, 110.0);
    traits.satisfaction = chance.beta(5.0, 2.2);
    traits.dropout = chance.beta(0.9, 5.0) * (1.5 - 0.8 * traits.satisfaction);
    bool const cyclic = chance.chance(1800);
    if (cyclic) {
        traits.regularity = 4.0;
        traits.habit = chance.between(4500, 7500);
    } else {
        traits.habit = chance.between(400, 2600);
    }
    double const income = one.income / 5.0;
    double const fancy = 0.12 * traits.mind[3];
    traits.level = std::clamp(0.10 + 0.55 * income + 0.30 * chance.unit() + fancy, 0.02, 0.98);
    double const thrift = 0.12 * traits.mind[0];
    traits.sensitivity = std::clamp(0.70 - 0.45 * income + 0.5 * (chance.unit() - 0.5) + thrift, 0.02, 0.98);
    traits.pace = traits.sensitivity > 0.55 ? rhythm::bargain : rhythm::steady;
    traits.returns = chance.gamma(1.5, 0.6);
    traits.visits = chance.gamma(0.9, 0.45) + 0.03;
    traits.social =
        std::min<std::int64_t>(static_cast<std::int64_t>(chance.gamma(0.5, one.age < 36 ? 1000.0 : 450.0)), 6000);
    traits.taste = person_taste(chance, one);
    add_favourites(chance, traits.taste);
    traits.channels = one.age < 36 ? std::array<std::uint16_t, 5>{50, 25, 5, 15, 8}
                                   : std::array<std::uint16_t, 5>{30, 28, 10, 12, 22};
    traits.channels[chance.below(5)] *= 5;
    constexpr std::array<std::uint16_t, 4> risks{780, 130, 60, 30};
    traits.risk = static_cast<std::int64_t>(chance.pick_from(risks));
    return traits;
}

customer_traits organisation_traits(dice& chance, account_kind kind, int size) {
    customer_traits traits;
    draw_mind(chance, traits);
    traits.pace = rhythm::business;
    traits.buys = chance.chance(8800);
    traits.rate = std::min(chance.gamma(1.3, kind == account_kind::home ? 4.0 : 6.0) + 0.3, 80.0);
    traits.satisfaction = chance.beta(6.0, 2.4);
    traits.dropout = chance.beta(0.8, 9.0) * (1.5 - 0.8 * traits.satisfaction);
    traits.regularity = 2.0;
    traits.level = 0.15 + 0.5 * chance.unit();
    traits.sensitivity = 0.15 + 0.4 * chance.unit();
    traits.returns = chance.gamma(1.5, 0.35);
    traits.visits = chance.gamma(0.9, 0.35) + 0.02;
    traits.habit = chance.between(3000, 7000);
    traits.social = chance.between(0, 120);
    constexpr std::array<double, 4> scale{0.0, 0.35, 0.7, 1.1};
    traits.bulk =
        kind == account_kind::home ? 1.0 : chance.lognormal(0.55 + scale[static_cast<std::size_t>(size)], 0.6);
    traits.taste = base_taste[static_cast<std::size_t>(kind)];
    add_favourites(chance, traits.taste);
    traits.channels = {10, 5, 60, 15, 10};
    constexpr std::array<std::uint16_t, 4> risks{700, 170, 90, 40};
    traits.risk = static_cast<std::int64_t>(chance.pick_from(risks));
    return traits;
}

void write_person(dice& chance, csv_row& row, shop_customer& customer, person const& one, shop_counts& counts) {
    bool const english = chance.chance(800);
    std::string const name = person_name(chance, one.female, english);
    row.code(name_of(customer.kind)).text(name);
    bool const gender_known = !chance.chance(400);
    if (!gender_known) counts.add(counted::gender_missing);
    row.code(!gender_known ? "" : one.female ? "female" : "male");
    auto const birthday = add_months(shop_as_of, -12 * one.age) - 1 - chance.between_int(0, 364);
    auto const fate = chance.below(1000);
    if (fate < 60) counts.add(counted::birth_date_missing);
    if (fate >= 60 && fate < 64) counts.add(counted::birth_date_placeholder);
    if (fate < 60)
        row.empty();
    else
        row.date(fate < 64 ? civil_date::of(1900, 1, 1) : birthday);
    bool const education_known = !chance.chance(1500);
    if (!education_known) counts.add(counted::education_missing);
    row.code(education_known ? educations[static_cast<std::size_t>(one.education)] : "");
    row.code(chance.chance(60) ? "other" : occupations[one.occupation]);
    customer.income_known = !chance.chance(1200);
    if (!customer.income_known) counts.add(counted::income_missing);
    row.code(customer.income_known ? incomes[static_cast<std::size_t>(one.income)] : "");
    row.code(one.household).code(one.life_stage).number(one.children);
    row.empty().empty().empty().empty(); // industry, size, employees, founded
}

int write_organisation(dice& chance, csv_row& row, shop_customer const& customer, shop_counts& counts) {
    auto const k = static_cast<std::size_t>(customer.kind);
    bool const english = chance.chance(1400);
    std::string const name = company_name(chance, *customer.home, word_zh[k], word_en[k], english);
    bool const kind_known = !chance.chance(100);
    if (!kind_known) counts.add(counted::kind_unknown);
    row.code(kind_known ? name_of(customer.kind) : "unknown").text(name);
    for (int i = 0; i < 8; ++i)
        row.empty(); // what only people have
    constexpr std::array<std::uint16_t, 4> size_weights{45, 32, 17, 6};
    constexpr std::array<std::string_view, 4> size_names{"micro", "small", "medium", "large"};
    constexpr std::array<int, 5> size_edges{1, 10, 100, 300, 3000};
    auto const size = customer.kind == account_kind::home ? 0U : chance.pick_from(size_weights);
    auto const industry =
        customer.kind == account_kind::enterprise ? chance.one_of(enterprise_industries) : kind_industries[k];
    bool const industry_known = !chance.chance(500);
    if (!industry_known && !industry.empty()) counts.add(counted::industry_missing);
    row.code(industry_known ? industry : "").code(size_names[size]);
    row.number(chance.between(size_edges[size], size_edges[size + 1] - 1));
    row.date(civil_date::of(2021, 12, 1) - chance.between_int(0, size == 0 ? 2500 : 9000));
    counts.add(counted::organisations);
    return static_cast<int>(size);
}

void write_place(dice& chance, csv_row& row, city const& home, shop_counts& counts) {
    row.number(home.code).number(home.code / 10000 * 10000).code(home.province).code(home.province_en);
    row.code(home.name).code(home.name_en).code(home.region).number(home.tier);
    // By the tier of the city: 主城区 111, 城乡结合区 112, 镇中心区 121, 镇乡结合区 122, 特殊区域 123, 乡中心区 210,
    // 村庄 220.
    constexpr std::array<int, 7> urban_codes{111, 112, 121, 122, 123, 210, 220};
    constexpr std::array<std::array<std::uint16_t, 7>, 3> weights{
        {{780, 120, 40, 15, 15, 10, 20}, {540, 150, 130, 50, 20, 35, 75}, {330, 120, 210, 90, 20, 70, 160}}};
    auto const code = urban_codes[chance.pick_from(weights[home.tier <= 1 ? 0U : home.tier <= 3 ? 1U : 2U])];
    bool const unknown = chance.chance(50);
    if (unknown) counts.add(counted::urban_rural_unknown);
    row.number(unknown ? 999 : code);
    row.flag(code >= 200 && chance.below(100) < static_cast<std::size_t>(home.mountain));
    bool const elsewhere = chance.chance(450);
    auto const& other = chance.one_of(cities());
    if (elsewhere && other.code != home.code) counts.add(counted::ip_elsewhere);
    row.number(elsewhere ? other.code : home.code);
}

void write_contact(dice& chance, csv_row& row, std::string& out, shop const& in, shop_customer& customer) {
    auto const channel = chance.pick_from(customer.traits.channels);
    shop_time const seen = chance.chance(6000) ? customer.registered - chance.between(20, 900)
                                               : customer.registered - chance.between(3'600, 20 * day_seconds);
    in.calendar.append_time(out, customer.registered);
    in.calendar.append_time(out, std::max<shop_time>(seen, 0));
    constexpr std::array<std::string_view, 7> leads{"search",      "social_media", "advertisement", "referral",
                                                    "marketplace", "store",        "direct"};
    constexpr std::array<std::uint16_t, 7> lead_weights{18, 26, 16, 10, 14, 8, 8};
    constexpr std::array<std::string_view, 5> pages{"home", "promotion", "product", "article", "live_room"};
    constexpr std::array<std::uint16_t, 5> page_weights{30, 25, 25, 12, 8};
    constexpr std::array<std::string_view, 5> needs{"price", "quality", "service", "brand", "convenience"};
    row.code(name_of(static_cast<sales_channel>(channel)));
    row.code(leads[chance.pick_from(lead_weights)]).code(pages[chance.pick_from(page_weights)]);
    row.flag(chance.chance(1800));
    // The question asked at the entry: price first for the thrifty, and often not answered.
    auto const thrift = static_cast<std::uint16_t>(10 + 50 * customer.traits.sensitivity);
    std::array<std::uint16_t, 5> const need_weights{thrift, 28, 14, 12, 16};
    auto const need = chance.pick_from(need_weights);
    row.code(chance.chance(5500) ? "" : needs[need]);
    row.code(channel == 4 ? "offline_store" : chance.chance(600) ? "third_party" : "online");
    customer.consent = chance.chance(8800);
    row.flag(customer.consent).flag(chance.chance(9300)).end();
}

} // namespace

std::string_view name_of(account_kind kind) noexcept { return kind_names[static_cast<std::size_t>(kind)]; }
std::string_view name_of(sales_channel channel) noexcept { return channel_names[static_cast<std::size_t>(channel)]; }

shop_time registration_time(shop const& in, std::uint64_t number) noexcept {
    dice chance = in.chance(number, purpose_stream::registration);
    // A little more in the first year, and never in the last two days, so that everybody has some history.
    std::int64_t const all = in.calendar.busy_before(rhythm::steady, shop_days - 2);
    std::int64_t const one = chance.between(0, all - 1);
    std::int64_t const two = chance.between(0, all - 1);
    bool const early = chance.chance(3500);
    std::int32_t const day = in.calendar.day_at(rhythm::steady, early ? std::min(one, two) : one);
    return start_of(day) + shop_calendar::time_of_day(chance, rhythm::steady);
}

shop_customer make_customer(shop const& in, std::uint64_t number, std::string& row_text, shop_counts& counts) {
    dice chance = in.chance(number, purpose_stream::profile);
    shop_customer customer;
    customer.number = number;
    customer.registered = registration_time(in, number);
    customer.kind = static_cast<account_kind>(chance.pick_from(kind_weights));
    std::uint64_t draw = 0;
    for (auto const& one : cities())
        draw += static_cast<std::uint64_t>(one.weight);
    draw = chance.below(static_cast<std::size_t>(draw));
    for (auto const& one : cities()) {
        customer.home = &one;
        if (draw < static_cast<std::uint64_t>(one.weight)) break;
        draw -= static_cast<std::uint64_t>(one.weight);
    }
    customer.device = chance.below(10) < 8 ? chance.below(2) : 2 + chance.below(2);
    csv_row row(row_text);
    row.id('C', number);
    if (customer.kind == account_kind::consumer) {
        person const one = draw_person(chance, *customer.home);
        customer.income = one.income;
        customer.traits = consumer_traits(chance, one);
        write_person(chance, row, customer, one, counts);
    } else {
        int const size = write_organisation(chance, row, customer, counts);
        customer.traits = organisation_traits(chance, customer.kind, size);
        customer.device = 2;
    }
    write_place(chance, row, *customer.home, counts);
    write_contact(chance, row, row_text, in, customer);
    return customer;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

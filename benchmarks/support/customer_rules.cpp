// SPDX-License-Identifier: Apache-2.0
#include "support/customer_rules.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace segmenta::bench {

namespace {

constexpr std::size_t quantile_count = 65'536;

// mulberry32 (T. Ettinger, public domain).
class mulberry {
public:
    explicit mulberry(std::uint32_t seed) noexcept : state_(seed) {}
    std::uint32_t operator()() noexcept {
        state_ += 0x6D2B79F5U;
        std::uint32_t z = state_;
        z = (z ^ z >> 15) * (z | 1U);
        z ^= z + (z ^ z >> 7) * (z | 61U);
        return z ^ z >> 14;
    }
    std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>((std::uint64_t{(*this)()} * n) >> 32); }

private:
    std::uint32_t state_;
};

// The finaliser of MurmurHash3 (A. Appleby, public domain).
std::uint32_t mixed(std::uint32_t h) noexcept {
    h = (h ^ h >> 16) * 0x85EBCA6BU;
    h = (h ^ h >> 13) * 0xC2B2AE35U;
    return h ^ h >> 16;
}

// Standard normal quantile from the tail of the logistic: near enough for a workload.
double normal_at(double u) { return std::log(u / (1 - u)) / 1.702; }
double bell(double u) { return normal_at(u); }
double geometric(double u) { return -std::log(1 - u); }
double lognormal(double u) { return std::exp(1.6 * normal_at(u)); }
double uniform(double u) { return u; }

} // namespace

std::string_view to_string(rule_mode mode) noexcept {
    switch (mode) {
    case rule_mode::pooled: return "pooled";
    case rule_mode::wide: return "wide";
    case rule_mode::selective: return "selective";
    }
    return "?";
}

void customer_rules::add_number(std::string name, unsigned weight, double (*value_at)(double), double scale) {
    attribute made;
    made.name = std::move(name);
    made.what = kind::int64;
    made.weight = weight;
    for (std::size_t i = 0; i < quantile_count; ++i) {
        double const u = (static_cast<double>(i) + 0.5) / static_cast<double>(quantile_count);
        made.quantiles.push_back(static_cast<std::int64_t>(std::min(value_at(u) * scale, 6e7)));
    }
    names_.variable(made.name, int64_type);
    attributes_.push_back(std::move(made));
}

void customer_rules::add_text(std::string name, unsigned weight, std::size_t texts) {
    attribute made;
    made.name = std::move(name);
    made.what = kind::string;
    made.weight = weight;
    double total = 0;
    for (std::size_t i = 0; i < texts; ++i) {
        made.texts.push_back(made.name + '_' + std::to_string(i));
        made.codes.push_back(pool_.intern(made.texts.back()));
        total += 1.0 / static_cast<double>(i + 1);
    }
    double met = 0;
    for (std::size_t i = 0; i < texts; ++i) { // Zipf 1
        met += 1.0 / static_cast<double>(i + 1);
        auto const end = static_cast<std::size_t>(met / total * static_cast<double>(quantile_count));
        made.quantiles.resize(i + 1 == texts ? quantile_count : end, static_cast<std::int64_t>(i));
    }
    names_.variable(made.name, string_type);
    attributes_.push_back(std::move(made));
}

void customer_rules::add_flag(std::string name, unsigned weight, double share) {
    attribute made;
    made.name = std::move(name);
    made.what = kind::boolean;
    made.weight = weight;
    made.quantiles.assign(quantile_count, 0);
    std::fill_n(made.quantiles.begin(), static_cast<std::size_t>(share * static_cast<double>(quantile_count)), 1);
    names_.variable(made.name, boolean_type);
    attributes_.push_back(std::move(made));
}

customer_rules::customer_rules() {
    add_number("age", 10, [](double u) { return std::clamp(38 + 12 * bell(u), 16.0, 90.0); }, 1);
    add_number("level", 5, geometric, 2);
    add_number("orders_7d", 5, geometric, 0.6);
    add_number("orders_30d", 6, geometric, 2);
    add_number("orders_90d", 9, geometric, 5);
    add_number("orders_365d", 6, geometric, 14);
    add_number("visits_30d", 5, geometric, 9);
    add_number("refunds_90d", 4, geometric, 0.7);
    add_number("coupons_90d", 4, geometric, 3);
    add_number("spend_7d", 5, lognormal, 3'000);
    add_number("spend_30d", 6, lognormal, 12'000);
    add_number("spend_90d", 9, lognormal, 30'000);
    add_number("spend_365d", 6, lognormal, 90'000);
    add_number("days_last", 8, geometric, 60);
    add_number("days_reg", 5, uniform, 3'000);
    add_number("churn", 5, uniform, 1'000);
    add_text("city", 8, 50);
    add_text("province", 5, 31);
    add_text("gender", 4, 3);
    add_text("channel", 5, 8);
    add_text("device", 4, 6);
    add_text("pref_cat", 6, 40);
    add_flag("opted_out", 5, 0.08);
    add_flag("has_app", 5, 0.6);
}

class customer_rules::maker {
public:
    maker(std::vector<attribute> const& attributes, rule_mode mode)
        : attributes_(attributes), mode_(mode), random_(0x12345678U) {
        for (auto const& a : attributes_)
            weights_ += a.weight;
    }

    customer_rule rule() {
        customer_rule made;
        bool const selective = mode_ == rule_mode::selective;
        if (selective) add(made, {texts(random_.below(2) == 0 ? "city" : "pref_cat", 1 + random_.below(2), false)});
        std::size_t const clauses = selective ? 3 + random_.below(4) : 2 + random_.below(5);
        for (std::size_t i = 0; i < clauses; ++i) {
            std::size_t const draw = random_.below(100);
            if (draw < 60)
                add(made, {leaf(false)});
            else if (draw < 72)
                between(made);
            else if (draw < 90)
                add(made, draw % 2 == 0 ? both{leaf(false), leaf(false)} : both{leaf(false), leaf(false), leaf(false)});
            else
                add(made, {leaf(true)});
        }
        return made;
    }

private:
    struct written {
        rule_leaf leaf;
        std::string text;
    };
    using both = std::vector<written>;

    static void add(customer_rule& to, both const& leaves) {
        std::string text;
        rule_clause made;
        for (auto const& [leaf, words] : leaves) {
            text += (made.empty() ? "" : " || ") + words;
            made.push_back(leaf);
        }
        to.text += (to.clauses.empty() ? "" : " && ") + (made.size() > 1 ? '(' + text + ')' : text);
        to.clauses.push_back(std::move(made));
    }

    std::uint32_t number_of(std::string_view name) const {
        auto const found =
            std::find_if(attributes_.begin(), attributes_.end(), [&](auto const& a) { return a.name == name; });
        return static_cast<std::uint32_t>(found - attributes_.begin());
    }
    std::uint32_t any_attribute() {
        std::size_t left = random_.below(weights_);
        std::uint32_t at = 0;
        for (; left >= attributes_[at].weight; ++at)
            left -= attributes_[at].weight;
        return at;
    }
    std::int64_t threshold(attribute const& of) {
        std::size_t const step = mode_ == rule_mode::wide ? 1 : quantile_count / 16;
        return of.quantiles[random_.below(quantile_count / step) * step + step / 2];
    }

    written leaf(bool negated) {
        std::uint32_t const at = any_attribute();
        attribute const& of = attributes_[at];
        if (of.what == kind::int64) return number(at, negated);
        if (of.what == kind::boolean) {
            bool const plain = random_.below(2) == 0;
            std::uint64_t const codes = plain != negated ? 2 : 1;
            std::string const name = plain ? of.name : '!' + of.name;
            return {{at, true, 0, 0, codes}, negated ? "!(" + name + ')' : name};
        }
        std::size_t const draw = random_.below(10);
        bool const inverse = draw == 9;
        std::size_t const values = draw < 5 ? 1 : (inverse && random_.below(2) == 0 ? 1 : 2 + random_.below(4));
        written made = texts(of.name, values, inverse != negated);
        return made;
    }
    written number(std::uint32_t at, bool negated) {
        constexpr std::int64_t smallest = INT64_MIN + 1;
        attribute const& of = attributes_[at];
        std::size_t const draw = random_.below(10);
        std::int64_t const t = threshold(of);
        auto const sign = draw < 5 ? " >= " : (draw < 8 ? " < " : (draw == 8 ? " > " : " <= "));
        rule_leaf made{at, false, smallest, INT64_MAX, 0};
        bool const upward = (draw < 5 || draw == 8) != negated; // and negated: the other side of the same bound
        bool const from_t = draw < 8;                           // >= and <
        if (upward)
            made.low = from_t ? t : t + 1;
        else
            made.high = from_t ? t - 1 : t;
        std::string const text = of.name + sign + std::to_string(t);
        return {made, negated ? "!(" + text + ')' : text};
    }
    void between(customer_rule& to) {
        std::uint32_t at = any_attribute();
        while (attributes_[at].what != kind::int64)
            at = any_attribute();
        std::int64_t low = threshold(attributes_[at]);
        std::int64_t high = threshold(attributes_[at]);
        if (low > high) std::swap(low, high);
        std::string const& name = attributes_[at].name;
        add(to, {{{at, false, low, high, 0},
                  name + " >= " + std::to_string(low) + " && " + name + " <= " + std::to_string(high)}});
    }
    written texts(std::string_view name, std::size_t count, bool negated) {
        std::uint32_t const at = number_of(name);
        attribute const& of = attributes_[at];
        std::uint64_t codes = 0;
        std::string list;
        for (std::size_t i = 0; i < count; ++i) {
            auto const code = static_cast<std::size_t>(of.quantiles[random_.below(quantile_count)]);
            codes |= std::uint64_t{1} << code;
            list += (i == 0 ? "'" : ", '") + of.texts[code] + '\'';
        }
        std::string const text = count == 1 ? of.name + " == " + list : of.name + " in [" + list + ']';
        std::uint64_t const known = (std::uint64_t{1} << of.texts.size()) - 1;
        return {{at, true, 0, 0, negated ? known & ~codes : codes}, negated ? "!(" + text + ')' : text};
    }

    std::vector<attribute> const& attributes_;
    rule_mode mode_;
    mulberry random_;
    std::size_t weights_ = 0;
};

std::vector<customer_rule> customer_rules::make(rule_mode mode, std::size_t rules) const {
    maker of(attributes_, mode);
    std::vector<customer_rule> out;
    for (std::size_t i = 0; i < rules; ++i)
        out.push_back(of.rule());
    return out;
}

customer_codes customer_rules::customer(std::uint32_t number, unsigned missing_percent) const {
    customer_codes out{};
    for (std::uint32_t a = 0; a < attribute_count; ++a) {
        std::uint32_t const drawn = mixed(number * 0x9E3779B1U + a * 0x85EBCA77U + 1);
        attribute const& of = attributes_[a];
        bool const missing = mixed(drawn ^ 0x51ED270BU) % 100 < missing_percent;
        out[a] = missing ? (of.what == kind::int64 ? no_number : no_code) : of.quantiles[drawn % quantile_count];
    }
    return out;
}

std::vector<value> customer_rules::values_of(customer_codes const& codes) const {
    std::vector<value> out;
    for (std::size_t a = 0; a < attribute_count; ++a) {
        attribute const& of = attributes_[a];
        if (codes[a] == (of.what == kind::int64 ? no_number : no_code))
            out.emplace_back();
        else if (of.what == kind::int64)
            out.push_back(value::of_int(codes[a]));
        else if (of.what == kind::boolean)
            out.push_back(value::of_bool(codes[a] != 0));
        else
            out.push_back(value::of_string(pool_, of.codes[static_cast<std::size_t>(codes[a])]));
    }
    return out;
}

std::vector<column> customer_rules::columns_of(std::uint32_t customers, unsigned missing_percent) const {
    std::vector<column> out;
    for (attribute const& of : attributes_) {
        out.emplace_back(of.what == kind::string ? category_type : type{of.what}, customers);
        if (of.what != kind::string) continue;
        auto const pool = std::make_shared<string_pool>();
        for (std::string const& text : of.texts)
            (void)pool->intern(text);
        out.back().set_pool(pool);
    }
    for (std::uint32_t c = 0; c < customers; ++c) {
        customer_codes const codes = customer(c, missing_percent);
        for (std::size_t a = 0; a < attribute_count; ++a) {
            kind const what = attributes_[a].what;
            if (codes[a] == (what == kind::int64 ? no_number : no_code))
                out[a].set_missing(c);
            else if (what == kind::int64)
                out[a].data<std::int64_t>()[c] = codes[a];
            else if (what == kind::boolean)
                out[a].data<std::uint8_t>()[c] = static_cast<std::uint8_t>(codes[a]);
            else
                out[a].data<std::uint32_t>()[c] = static_cast<std::uint32_t>(codes[a]);
        }
    }
    return out;
}

std::vector<std::string> customer_rules::attribute_names() const {
    std::vector<std::string> out;
    for (attribute const& of : attributes_)
        out.push_back(of.name);
    return out;
}

std::string customer_rules::text_of(std::size_t at, std::int64_t code) const {
    attribute const& of = attributes_[at];
    if (code == (of.what == kind::int64 ? no_number : no_code)) return {};
    if (of.what == kind::boolean) return code != 0 ? "true" : "false";
    return of.what == kind::int64 ? std::to_string(code) : of.texts[static_cast<std::size_t>(code)];
}

} // namespace segmenta::bench

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_RANDOM_SCHEMA_HPP
#define SEGMENTA_TESTS_SEGMENTER_RANDOM_SCHEMA_HPP

// Random schemas with attributes of every type and one to four histories, and customers of them: as a host's own rows,
// with prepared histories, and as columns of sources.

#include "rule/random_rule.hpp"
#include "rule/support.hpp"

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/history.hpp>
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace segmenta::test {

/// Rows of a history as a host may have them; the first field is the time. Text lives as long as the program.
struct random_event {
    std::vector<value> fields;
};

struct random_customer {
    std::int64_t id = 0;
    std::vector<value> attributes;
    std::vector<std::vector<random_event>> histories; ///< each sorted by time
};

struct prepared_customer {
    random_customer const* base = nullptr;
    std::vector<history> histories;
};

class random_schema {
public:
    /// `from_files`: names that a plan's sources can have; else any that a host may choose.
    random_schema(random_values& random, bool from_files) : random_(random), from_files_(from_files) {
        add_attributes();
        for (std::size_t n = 1 + random.below(4); n > 0; --n)
            add_history();
        if (!from_files) return;
        for (auto const& h : what_.histories()) // which field names the order of a row only a source says
            if (h.fields.size() > 2 && random.chance(50)) order_[h.name] = random.one_of(orderable(h));
    }

    [[nodiscard]] schema const& what() const noexcept { return what_; }
    [[nodiscard]] bool from_files() const noexcept { return from_files_; }
    /// The field that names the order of a row; past the fields: none.
    [[nodiscard]] std::optional<std::size_t> order_of(history_schema const& h) const {
        auto const at = order_.find(h.name);
        return at == order_.end() ? std::nullopt : h.find(at->second);
    }
    /// Whether numbers of this field may be of any size.
    [[nodiscard]] bool is_wild(std::string const& history, std::string const& field) const {
        return wild_.count({history, field}) > 0;
    }

    /// The sources of a plan whose files would hold such customers.
    [[nodiscard]] std::vector<source_definition> sources() const {
        source_definition customers;
        customers.name = "everybody";
        customers.kind = source_kind::customers;
        customers.customer = "key_of_customer";
        customers.fields = fields_of(what_.attributes());
        std::vector<source_definition> out{customers};
        for (auto const& h : what_.histories()) {
            source_definition s;
            s.name = h.name;
            s.customer = "key_of_customer";
            s.time = h.time;
            s.fields = fields_of(h.fields);
            if (auto const order = order_.find(h.name); order != order_.end()) s.order = order->second;
            out.push_back(std::move(s));
        }
        return out;
    }

    /// Up to twelve rows in each history, most of them before `as_of`.
    random_customer customer(std::int64_t id, instant as_of, zone const& where) {
        random_customer out;
        out.id = id;
        for (auto const& a : what_.attributes())
            out.attributes.push_back(near(random_.any(a.what), as_of, where));
        for (auto const& h : what_.histories()) {
            auto& rows = out.histories.emplace_back();
            for (std::size_t n = random_.chance(15) ? 0 : random_.below(13); n > 0; --n) {
                random_event const* const before = rows.empty() ? nullptr : &rows.back();
                rows.push_back(event(h, as_of, where, before));
            }
            std::stable_sort(rows.begin(), rows.end(),
                             [&](auto const& a, auto const& b) { return a.fields[0].as_int() < b.fields[0].as_int(); });
        }
        return out;
    }

    /// How customers are read from a host's own rows, and with prepared histories.
    [[nodiscard]] detail::customer_binding rows_binding() const {
        auto out =
            attributes_binding<random_customer>([](random_customer const& c) -> random_customer const& { return c; });
        std::size_t index = 0;
        for (auto const& h : what_.histories()) {
            auto reader = detail::make_range_reader<random_customer>(
                h.name,
                [i = index++](random_customer const& c) -> std::vector<random_event> const& { return c.histories[i]; });
            reader.what.time = h.time;
            for (std::size_t f = 0; f < h.fields.size(); ++f)
                detail::add_row_field<random_event>(
                    reader, row_field(
                                h.fields[f].name, [f](random_event const& e) -> value { return e.fields[f]; },
                                h.fields[f].what));
            out.add_history(std::move(reader));
        }
        return out;
    }
    [[nodiscard]] detail::customer_binding prepared_binding() const {
        auto out = attributes_binding<prepared_customer>(
            [](prepared_customer const& c) -> random_customer const& { return *c.base; });
        std::size_t index = 0;
        for (auto const& h : what_.histories())
            out.add_history(detail::make_prepared_reader<prepared_customer>(
                h, [i = index++](prepared_customer const& c) -> history const& { return c.histories[i]; }));
        return out;
    }
    [[nodiscard]] prepared_customer prepare(random_customer const& from, zone const& where) const {
        prepared_customer out{&from, {}};
        for (std::size_t h = 0; h < what_.histories().size(); ++h) {
            history_builder made(what_.histories()[h], where);
            for (auto const& e : from.histories[h])
                made.add(e.fields);
            out.histories.push_back(made.finish());
        }
        return out;
    }

private:
    // --- names and types ---

    std::string fresh_name() {
        std::string name;
        do {
            name = random_.pick({"spent", "Toba", "x", "kanal", "is_new", "Q", "last_", "value", "level"}) +
                   std::to_string(random_.below(400));
            if (!from_files_ && random_.chance(40))
                name = random_.pick({"\xE5\x9F\x8E\xE5\xB8\x82 ", "Customer ID ", "x-y.", "a/b ", "'it' ", "100% "}) +
                       name;
        } while (!taken_.insert(name).second);
        return name;
    }
    type any_type() {
        static type const types[] = {boolean_type,  int64_type,  float64_type,  date_type,        instant_type,
                                     duration_type, string_type, category_type, category_set_type};
        return random_.chance(30) ? amount_type() : random_.one_of(types);
    }
    type amount_type() {
        static type const money[] = {money_type(currency("CNY"), 2), money_type(currency("GBP"), 2),
                                     money_type(currency("JPY"), 0), money_type(currency("KWD"), 3),
                                     money_type(currency("CNY"), 4)};
        return random_.chance(50) ? random_.one_of(money) : decimal_type(static_cast<std::uint8_t>(random_.below(7)));
    }

    void add_attributes() {
        std::vector<type> types{boolean_type, int64_type,    float64_type, amount_type(), date_type,
                                instant_type, duration_type, string_type,  category_type, category_set_type};
        for (std::size_t more = random_.below(6); more > 0; --more)
            types.push_back(any_type());
        while (!types.empty()) {
            std::size_t const at = random_.below(types.size());
            what_.attribute(fresh_name(), types[at]);
            types.erase(types.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    void add_history() {
        history_schema h;
        do
            h.name = random_.pick({"orders", "visits", "calls", "Lines", "e"}) + std::to_string(random_.below(100));
        while (!taken_.insert(h.name).second);
        h.time = fresh_name();
        h.fields.push_back({h.time, random_.chance(30) ? date_type : instant_type, sensitivity::open, {}});
        std::vector<type> types{random_.chance(50) ? int64_type : amount_type(),
                                random_.chance(50) ? string_type : category_type};
        for (std::size_t more = random_.below(7); more > 0; --more)
            types.push_back(any_type());
        for (type const t : types) {
            h.fields.push_back({fresh_name(), t, sensitivity::open, {}});
            // A table of customers that is made of rows of a host refuses sums past 64 bits: only files have them.
            bool const whole = t.base == kind::int64 || t.base == kind::decimal;
            bool const wild = random_.chance(15) && (whole ? from_files_ : t.base == kind::float64);
            if (wild) wild_.insert({h.name, h.fields.back().name});
        }
        what_.history(std::move(h));
    }
    static std::vector<std::string> orderable(history_schema const& h) {
        std::vector<std::string> out;
        for (auto const& f : h.fields)
            if (f.what.is_text() || f.what.base == kind::int64) out.push_back(f.name);
        return out;
    }
    template <class Fields>
    static std::vector<field_definition> fields_of(Fields const& from) {
        std::vector<field_definition> out(1);
        out[0].name = "key_of_customer";
        out[0].what = int64_type;
        for (field const& f : from) {
            auto& made = out.emplace_back();
            made.name = f.name;
            made.what = f.what;
        }
        return out;
    }
    template <class Object, class Base>
    [[nodiscard]] detail::customer_binding attributes_binding(Base base) const {
        detail::customer_binding out;
        std::size_t index = 0;
        for (auto const& a : what_.attributes())
            out.add_attribute(a, detail::make_reader<Object>(
                                     [i = index++, base](Object const& o) -> value { return base(o).attributes[i]; },
                                     a.what, a.name));
        return out;
    }

    // --- values ---

    /// Dates and instants near the moment asked about as often as anywhere; no double that a host could not store.
    value near(value v, instant as_of, zone const& where) {
        if (v.missing() || random_.chance(50)) return v;
        if (v.base() == kind::date)
            return value::of_date(where.civil_day_of(as_of) - static_cast<std::int32_t>(random_.between(-3, 40)));
        if (v.base() == kind::instant) return value::of_instant(as_of - duration::hours(random_.between(-3, 400)));
        return v;
    }
    instant moment(instant as_of) {
        if (random_.chance(3)) return instant{random_.between(-60'000'000'000'000'000, 250'000'000'000'000'000)};
        std::int64_t const hour = 3'600'000'000;
        std::int64_t const hours = random_.chance(50) ? random_.between(-100, 24 * 40) : random_.between(0, 24 * 700);
        return as_of - duration{hours * hour + (random_.chance(30) ? 0 : random_.between(0, hour - 1))};
    }
    random_event event(history_schema const& h, instant as_of, zone const& where, random_event const* before) {
        random_event out;
        instant const t = moment(as_of);
        bool const again = before != nullptr && random_.chance(20);
        out.fields.push_back(again                                 ? before->fields[0]
                             : h.fields[0].what.base == kind::date ? value::of_date(where.civil_day_of(t))
                                                                   : value::of_instant(t));
        for (std::size_t f = 1; f < h.fields.size(); ++f)
            out.fields.push_back(cell_of(h, h.fields[f], as_of, where));
        return out;
    }
    value cell_of(history_schema const& h, field const& f, instant as_of, zone const& where) {
        value const v = near(random_.any(f.what), as_of, where);
        if (v.missing()) return {};
        bool const wild = is_wild(h.name, f.name);
        switch (f.what.base) {
        case kind::int64: return wild ? v : value::of_int(small());
        case kind::decimal: return wild ? v : value::of_decimal(f.what, small());
        case kind::float64: {
            if (!wild || v.as_double() == 0 || !std::isfinite(v.as_double()))
                return value::of_double(static_cast<double>(random_.between(-40, 90)) / 4);
            return v;
        }
        default: return v;
        }
    }
    std::int64_t small() {
        return random_.chance(70)   ? random_.between(-5, 9)
               : random_.chance(70) ? random_.between(-5'000, 30'000)
                                    : random_.between(-1'000'000'000'000, 9'000'000'000'000);
    }

    random_values& random_;
    bool from_files_;
    schema what_;
    std::set<std::string> taken_;
    std::map<std::string, std::string> order_;
    std::set<std::pair<std::string, std::string>> wild_;
};

/// Customers as columns in memory, their rows in any order: what files would hold.
class random_sources {
public:
    random_sources(random_values& random, schema const& what, std::vector<random_customer> const& customers) {
        std::vector<std::vector<value>> rows;
        for (auto const& c : customers)
            rows.push_back(with_id(c.id, c.attributes));
        add(random, "everybody", what.attributes(), std::move(rows));
        for (std::size_t h = 0; h < what.histories().size(); ++h) {
            rows.clear();
            for (auto const& c : customers)
                for (auto const& e : c.histories[h])
                    rows.push_back(with_id(c.id, e.fields));
            add(random, what.histories()[h].name, what.histories()[h].fields, std::move(rows));
        }
    }
    [[nodiscard]] std::span<memory_source const> all() const noexcept { return sources_; }

private:
    static std::vector<value> with_id(std::int64_t id, std::vector<value> const& fields) {
        std::vector<value> out{value::of_int(id)};
        out.insert(out.end(), fields.begin(), fields.end());
        return out;
    }
    template <class Fields>
    void add(random_values& random, std::string name, Fields const& fields, std::vector<std::vector<value>> rows) {
        for (std::size_t i = rows.size(); i > 1; --i)
            std::swap(rows[i - 1], rows[random.below(i)]);
        environment names;
        names.variable("key_of_customer", int64_type);
        for (field const& f : fields)
            names.variable(f.name, f.what);
        auto& table = *tables_.emplace_back(std::make_unique<table_of_values>(names, rows));
        memory_source made{std::move(name), {}, table.views()};
        for (std::size_t f = 0; f < names.size(); ++f)
            made.names.emplace_back(names.name(f));
        sources_.push_back(std::move(made));
    }

    std::vector<std::unique_ptr<table_of_values>> tables_;
    std::vector<memory_source> sources_;
};

} // namespace segmenta::test

#endif

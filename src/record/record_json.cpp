// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/record/money.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/period.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <deque>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

std::string_view text_of(json::value const& node) noexcept {
    auto const& text = node.get_string();
    return {text.data(), text.size()};
}

class record_reader {
public:
    record_reader(std::string_view text, std::string_view source, customer_record const& like)
        : text_(text), source_(source), what_(like.what()), where_(like.where()) {}

    /// Reads into `fresh`, which is empty.
    void read(customer_record& fresh) {
        json::value const root = detail::parse_json(text_, {.source = source_});
        if (!root.is_object()) {
            wrong_kind("", root, "object");
            return issues_.throw_if_errors();
        }
        for (std::size_t i = 0; i < what_.attributes().size(); ++i) {
            field const& f = what_.attributes()[i];
            auto const* node = root.get_object().if_contains(f.name);
            if (node != nullptr) fresh.set(i, read_value(*node, f.what, detail::pointer_append("", f.name)));
        }
        for (std::size_t i = 0; i < what_.histories().size(); ++i)
            if (auto const* node = root.get_object().if_contains(what_.histories()[i].name)) read_rows(*node, i, fresh);
        issues_.throw_if_errors();
    }

private:
    void error(char const* code, std::string const& at, std::string message, std::string seen, std::string allowed) {
        issues_.error(code, detail::place_of(source_, text_, at), std::move(message), std::move(seen),
                      std::move(allowed));
    }
    void wrong_kind(std::string const& at, json::value const& node, std::string allowed) {
        error("record.type", at, "a value of another type is needed", std::string(detail::kind_name(node)),
              std::move(allowed));
    }
    value wrong_value(std::string const& at, json::value const& node, std::string allowed) {
        std::string seen = node.is_string() ? quoted(text_of(node)) : detail::write_json(node);
        error("record.value", at, "this cannot be read", std::move(seen), std::move(allowed));
        return {};
    }

    void read_rows(json::value const& node, std::size_t history, customer_record& fresh) {
        auto const& what = what_.histories()[history];
        std::string const at = detail::pointer_append("", what.name);
        if (node.is_null()) return;
        if (!node.is_array()) return wrong_kind(at, node, "array of objects");
        for (std::size_t row = 0; row < node.get_array().size(); ++row) {
            auto const& object = node.get_array()[row];
            std::string const here = detail::pointer_append(at, row);
            if (!object.is_object()) {
                wrong_kind(here, object, "object");
                continue;
            }
            std::vector<value> values;
            std::size_t const before = issues_.size();
            for (auto const& f : what.fields) {
                auto const* v = object.get_object().if_contains(f.name);
                values.push_back(v == nullptr ? value{} : read_value(*v, f.what, detail::pointer_append(here, f.name)));
            }
            if (issues_.size() != before) continue;
            if (values[*what.find(what.time)].missing())
                error("history.missing_time", here, "a row without a time has no place in a history", {}, what.time);
            else
                fresh.insert(history, values);
            members_.clear();
        }
    }

    value read_value(json::value const& node, type what, std::string const& at) {
        if (node.is_null()) return {};
        switch (what.base) {
        case kind::boolean:
            if (node.is_bool()) return value::of_bool(node.get_bool());
            break;
        case kind::int64:
            if (node.is_int64()) return value::of_int(node.get_int64());
            if (node.is_uint64()) return wrong_value(at, node, "an integer of 64 bits");
            break;
        case kind::float64:
            if (node.is_number()) return value::of_double(node.to_number<double>());
            break;
        case kind::decimal:
            if (node.is_number() || node.is_string()) return read_decimal(node, what, at);
            break;
        case kind::category_set: return read_set(node, at);
        default:
            if (node.is_string()) return read_text(node, what, at);
        }
        wrong_kind(at, node, allowed_for(what));
        return {};
    }

    static std::string allowed_for(type what) {
        switch (what.base) {
        case kind::boolean: return "true, false, null";
        case kind::int64: return "integer, null";
        case kind::float64: return "number, null";
        case kind::decimal: return "number, string, null";
        default: return "string, null";
        }
    }

    /// A JSON number was read as the nearest double; its shortest text is what was written as long as that had 15
    /// digits at most.
    static std::optional<decimal> decimal_of(double number, std::uint8_t scale) {
        std::string const text = detail::format_double(number);
        auto const first = text.find_first_of("123456789");
        std::size_t digits = 0;
        for (std::size_t i = first; i < text.size(); ++i)
            digits += text[i] >= '0' && text[i] <= '9' ? 1U : 0U;
        return digits <= 15 ? parse_decimal(text, scale) : std::nullopt;
    }

    value read_decimal(json::value const& node, type what, std::string const& at) {
        std::optional<decimal> number;
        if (node.is_string()) {
            std::string_view text = text_of(node);
            if (auto const amount = parse_money(text); amount && what.is_money() && amount->unit == what.unit)
                number = rescale(amount->amount, what.scale);
            else
                number = parse_decimal(text, what.scale);
        } else if (node.is_double()) {
            number = decimal_of(node.get_double(), what.scale);
        } else if (node.is_int64()) {
            number = rescale({node.get_int64(), 0}, what.scale);
        }
        if (!number)
            return wrong_value(at, node,
                               to_string(what) + ": at most " + std::to_string(static_cast<unsigned>(what.scale)) +
                                   " digits after the point, and as a string when it has more than 15 digits");
        return value::of_decimal(what, number->units);
    }

    value read_text(json::value const& node, type what, std::string const& at) {
        std::string_view const text = text_of(node);
        if (what.is_text()) return value::of_string(text);
        if (what.base == kind::date) {
            auto const date = parse_date(text);
            return date ? value::of_date(*date) : wrong_value(at, node, "a date as 2024-06-30");
        }
        if (what.base == kind::instant) {
            auto const when = parse_instant(text, where_);
            return when ? value::of_instant(*when) : wrong_value(at, node, "a time as 2024-06-30T12:00:00+08:00");
        }
        issue_list unused;
        auto const length = parse_period(text, {}, unused);
        if (!length || !length->is_exact()) return wrong_value(at, node, "an exact length as PT36H");
        return value::of_duration_us(length->length().microseconds());
    }

    value read_set(json::value const& node, std::string const& at) {
        if (!node.is_array()) {
            wrong_kind(at, node, "array of strings, null");
            return {};
        }
        auto& members = members_.emplace_back();
        for (std::size_t i = 0; i < node.get_array().size(); ++i) {
            auto const& member = node.get_array()[i];
            if (member.is_string())
                members.push_back(text_of(member));
            else
                wrong_kind(detail::pointer_append(at, i), member, "string");
        }
        return value::of_set(std::span<std::string_view const>(members));
    }

    std::string_view text_;
    std::string_view source_;
    schema const& what_;
    zone const& where_;
    issue_list issues_;
    std::deque<std::vector<std::string_view>> members_; ///< of sets, until the row is stored
};

} // namespace

void read_json(std::string_view text, customer_record& into, std::string_view source) {
    customer_record fresh = into;
    fresh.clear();
    record_reader(text, source, fresh).read(fresh);
    into = std::move(fresh);
}

} // namespace v0
} // namespace segmenta

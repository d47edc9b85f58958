// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <segmenta/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace json = boost::json;

class json_writer {
public:
    explicit json_writer(std::size_t indent) : indent_(indent) {}

    void write(json::value const& value, std::size_t depth) {
        switch (value.kind()) {
        case json::kind::null: out_ += "null"; return;
        case json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; return;
        case json::kind::int64: out_ += std::to_string(value.get_int64()); return;
        case json::kind::uint64: out_ += std::to_string(value.get_uint64()); return;
        case json::kind::double_: write_double(value.get_double()); return;
        case json::kind::string: write_string({value.get_string().data(), value.get_string().size()}); return;
        case json::kind::array: write_array(value.get_array(), depth); return;
        case json::kind::object: write_object(value.get_object(), depth); return;
        }
    }

    std::string take() { return std::move(out_); }

private:
    void write_double(double value) {
        if (!std::isfinite(value))
            throw issue_error("json.not_finite", "json", "JSON has no such number",
                              std::isnan(value) ? "NaN" : "infinity", "finite numbers or null");
        out_ += format_double(value);
    }

    void write_string(std::string_view text) {
        constexpr std::string_view digits = "0123456789abcdef";
        out_ += '"';
        for (char const c : text) {
            switch (c) {
            case '"': out_ += "\\\""; continue;
            case '\\': out_ += "\\\\"; continue;
            case '\n': out_ += "\\n"; continue;
            case '\r': out_ += "\\r"; continue;
            case '\t': out_ += "\\t"; continue;
            case '\b': out_ += "\\b"; continue;
            case '\f': out_ += "\\f"; continue;
            default: break;
            }
            auto const code = static_cast<unsigned char>(c);
            if (code >= 0x20) {
                out_ += c;
                continue;
            }
            out_ += "\\u00";
            out_ += digits[code >> 4];
            out_ += digits[code & 15U];
        }
        out_ += '"';
    }

    void new_line(std::size_t depth) {
        if (indent_ == 0) return;
        out_ += '\n';
        out_.append(indent_ * depth, ' ');
    }

    void write_array(json::array const& array, std::size_t depth) {
        // a list of numbers or names is easier to read on one line
        bool const flat = std::none_of(array.begin(), array.end(), [](auto const& v) { return v.is_structured(); });
        out_ += '[';
        for (std::size_t i = 0; i < array.size(); ++i) {
            if (i != 0) out_ += flat && indent_ != 0 ? ", " : ",";
            if (!flat) new_line(depth + 1);
            write(array[i], depth + 1);
        }
        if (!flat) new_line(depth);
        out_ += ']';
    }

    void write_object(json::object const& object, std::size_t depth) {
        out_ += '{';
        bool first = true;
        for (auto const& member : object) {
            if (!first) out_ += ',';
            first = false;
            new_line(depth + 1);
            write_string({member.key().data(), member.key().size()});
            out_ += indent_ == 0 ? ":" : ": ";
            write(member.value(), depth + 1);
        }
        if (!first) new_line(depth);
        out_ += '}';
    }

    std::string out_;
    std::size_t indent_;
};

} // namespace

std::string format_double(double value) {
    std::array<char, 32> buffer{};
    auto const [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    (void)status; // 24 characters are enough for every double
    std::string text(buffer.data(), end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string write_json(json::value const& value, std::size_t indent) {
    json_writer writer(indent);
    writer.write(value, 0);
    return writer.take();
}

std::string_view kind_name(json::value const& value) noexcept {
    switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "boolean";
    case json::kind::int64:
    case json::kind::uint64: return "integer";
    case json::kind::double_: return "number";
    case json::kind::string: return "string";
    case json::kind::array: return "array";
    case json::kind::object: break;
    }
    return "object";
}

} // namespace detail
} // namespace v0
} // namespace segmenta

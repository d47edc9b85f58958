// SPDX-License-Identifier: Apache-2.0
#include "evaluate/csv_text.hpp"

#include <charconv>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {

void append_csv(std::string& text, std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        text += field;
        return;
    }
    text += '"';
    for (char const c : field) {
        if (c == '"') text += '"';
        text += c;
    }
    text += '"';
}

std::string csv_number(double value) {
    if (std::isnan(value)) return {};
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    char buffer[32];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, end.ptr};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include "rule/dynamic_overloads.hpp"

#include <algorithm>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// cel-spec doc/langdef.md, "List of Standard Definitions"; cel-go ext/strings.go, ext/math.go, ext/sets.go; optional
// values as cel-go cel/library.go; halfWidth, normalized and geo.distance are this library's own. math.greatest and
// math.least take any number of arguments and are in dynamic_check.cpp.
constexpr standard_overload overloads[] = {
    // clang-format off
    {"+", false, "ii", "i"},
    {"+", false, "uu", "u"},
    {"+", false, "dd", "d"},
    {"+", false, "ss", "s"},
    {"+", false, "yy", "y"},
    {"+", false, "LALA", "LA"},
    {"+", false, "tr", "t"},
    {"+", false, "rt", "t"},
    {"+", false, "rr", "r"},
    {"-", false, "ii", "i"},
    {"-", false, "uu", "u"},
    {"-", false, "dd", "d"},
    {"-", false, "tr", "t"},
    {"-", false, "tt", "r"},
    {"-", false, "rr", "r"},
    {"*", false, "ii", "i"},
    {"*", false, "uu", "u"},
    {"*", false, "dd", "d"},
    {"/", false, "ii", "i"},
    {"/", false, "uu", "u"},
    {"/", false, "dd", "d"},
    {"%", false, "ii", "i"},
    {"%", false, "uu", "u"},
    {"-_", false, "i", "i"},
    {"-_", false, "d", "d"},
    {"!", false, "b", "b"},
    {"<", false, "ii", "b"},
    {"<", false, "uu", "b"},
    {"<", false, "dd", "b"},
    {"<", false, "ss", "b"},
    {"<", false, "yy", "b"},
    {"<", false, "bb", "b"},
    {"<", false, "tt", "b"},
    {"<", false, "rr", "b"},
    {"<", false, "iu", "b"},
    {"<", false, "id", "b"},
    {"<", false, "ui", "b"},
    {"<", false, "ud", "b"},
    {"<", false, "di", "b"},
    {"<", false, "du", "b"},
    {"<=", false, "ii", "b"},
    {"<=", false, "uu", "b"},
    {"<=", false, "dd", "b"},
    {"<=", false, "ss", "b"},
    {"<=", false, "yy", "b"},
    {"<=", false, "bb", "b"},
    {"<=", false, "tt", "b"},
    {"<=", false, "rr", "b"},
    {"<=", false, "iu", "b"},
    {"<=", false, "id", "b"},
    {"<=", false, "ui", "b"},
    {"<=", false, "ud", "b"},
    {"<=", false, "di", "b"},
    {"<=", false, "du", "b"},
    {">", false, "ii", "b"},
    {">", false, "uu", "b"},
    {">", false, "dd", "b"},
    {">", false, "ss", "b"},
    {">", false, "yy", "b"},
    {">", false, "bb", "b"},
    {">", false, "tt", "b"},
    {">", false, "rr", "b"},
    {">", false, "iu", "b"},
    {">", false, "id", "b"},
    {">", false, "ui", "b"},
    {">", false, "ud", "b"},
    {">", false, "di", "b"},
    {">", false, "du", "b"},
    {">=", false, "ii", "b"},
    {">=", false, "uu", "b"},
    {">=", false, "dd", "b"},
    {">=", false, "ss", "b"},
    {">=", false, "yy", "b"},
    {">=", false, "bb", "b"},
    {">=", false, "tt", "b"},
    {">=", false, "rr", "b"},
    {">=", false, "iu", "b"},
    {">=", false, "id", "b"},
    {">=", false, "ui", "b"},
    {">=", false, "ud", "b"},
    {">=", false, "di", "b"},
    {">=", false, "du", "b"},
    {"==", false, "AA", "b"},
    {"!=", false, "AA", "b"},
    {"in", false, "ALA", "b"},
    {"in", false, "AMAB", "b"},
    {"[]", false, "LAi", "A"},
    {"[]", false, "MABA", "B"},
    {"[]", false, "OLAi", "OA"},
    {"[]", false, "OMABA", "OB"},
    {"[?]", false, "LAi", "OA"},
    {"[?]", false, "MABA", "OB"},
    {"[?]", false, "OLAi", "OA"},
    {"[?]", false, "OMABA", "OB"},
    {"size", false, "s", "i"},
    {"size", false, "y", "i"},
    {"size", false, "LA", "i"},
    {"size", false, "MAB", "i"},
    {"size", true, "s", "i"},
    {"size", true, "y", "i"},
    {"size", true, "LA", "i"},
    {"size", true, "MAB", "i"},
    {"int", false, "i", "i"},
    {"int", false, "u", "i"},
    {"int", false, "d", "i"},
    {"int", false, "s", "i"},
    {"int", false, "t", "i"},
    {"uint", false, "u", "u"},
    {"uint", false, "i", "u"},
    {"uint", false, "d", "u"},
    {"uint", false, "s", "u"},
    {"double", false, "d", "d"},
    {"double", false, "i", "d"},
    {"double", false, "u", "d"},
    {"double", false, "s", "d"},
    {"bool", false, "b", "b"},
    {"bool", false, "s", "b"},
    {"bytes", false, "y", "y"},
    {"bytes", false, "s", "y"},
    {"string", false, "s", "s"},
    {"string", false, "i", "s"},
    {"string", false, "u", "s"},
    {"string", false, "d", "s"},
    {"string", false, "b", "s"},
    {"string", false, "y", "s"},
    {"string", false, "t", "s"},
    {"string", false, "r", "s"},
    {"timestamp", false, "t", "t"},
    {"timestamp", false, "s", "t"},
    {"timestamp", false, "i", "t"},
    {"duration", false, "r", "r"},
    {"duration", false, "s", "r"},
    {"duration", false, "i", "r"},
    {"type", false, "A", "T"},
    {"dyn", false, "A", "*"},
    {"startsWith", true, "ss", "b"},
    {"endsWith", true, "ss", "b"},
    {"contains", true, "ss", "b"},
    {"matches", true, "ss", "b"},
    {"matches", false, "ss", "b"},
    {"charAt", true, "si", "s"},
    {"indexOf", true, "ss", "i"},
    {"indexOf", true, "ssi", "i"},
    {"lastIndexOf", true, "ss", "i"},
    {"lastIndexOf", true, "ssi", "i"},
    {"substring", true, "si", "s"},
    {"substring", true, "sii", "s"},
    {"replace", true, "sss", "s"},
    {"replace", true, "sssi", "s"},
    {"split", true, "ss", "Ls"},
    {"split", true, "ssi", "Ls"},
    {"join", true, "Ls", "s"},
    {"join", true, "Lss", "s"},
    {"lowerAscii", true, "s", "s"},
    {"upperAscii", true, "s", "s"},
    {"trim", true, "s", "s"},
    {"reverse", true, "s", "s"},
    {"halfWidth", true, "s", "s"},
    {"normalized", true, "s", "s"},
    {"format", true, "sL*", "s"},
    {"strings.quote", false, "s", "s"},
    {"getFullYear", true, "t", "i"},
    {"getFullYear", true, "ts", "i"},
    {"getMonth", true, "t", "i"},
    {"getMonth", true, "ts", "i"},
    {"getDate", true, "t", "i"},
    {"getDate", true, "ts", "i"},
    {"getDayOfMonth", true, "t", "i"},
    {"getDayOfMonth", true, "ts", "i"},
    {"getDayOfWeek", true, "t", "i"},
    {"getDayOfWeek", true, "ts", "i"},
    {"getDayOfYear", true, "t", "i"},
    {"getDayOfYear", true, "ts", "i"},
    {"getHours", true, "t", "i"},
    {"getHours", true, "ts", "i"},
    {"getHours", true, "r", "i"},
    {"getMinutes", true, "t", "i"},
    {"getMinutes", true, "ts", "i"},
    {"getMinutes", true, "r", "i"},
    {"getSeconds", true, "t", "i"},
    {"getSeconds", true, "ts", "i"},
    {"getSeconds", true, "r", "i"},
    {"getMilliseconds", true, "t", "i"},
    {"getMilliseconds", true, "ts", "i"},
    {"getMilliseconds", true, "r", "i"},
    {"math.abs", false, "i", "i"},
    {"math.abs", false, "u", "u"},
    {"math.abs", false, "d", "d"},
    {"math.sign", false, "i", "i"},
    {"math.sign", false, "u", "u"},
    {"math.sign", false, "d", "d"},
    {"math.ceil", false, "d", "d"},
    {"math.floor", false, "d", "d"},
    {"math.round", false, "d", "d"},
    {"math.trunc", false, "d", "d"},
    {"math.sqrt", false, "d", "d"},
    {"math.sqrt", false, "i", "d"},
    {"math.sqrt", false, "u", "d"},
    {"math.isNaN", false, "d", "b"},
    {"math.isInf", false, "d", "b"},
    {"math.isFinite", false, "d", "b"},
    {"math.bitAnd", false, "ii", "i"},
    {"math.bitAnd", false, "uu", "u"},
    {"math.bitOr", false, "ii", "i"},
    {"math.bitOr", false, "uu", "u"},
    {"math.bitXor", false, "ii", "i"},
    {"math.bitXor", false, "uu", "u"},
    {"math.bitNot", false, "i", "i"},
    {"math.bitNot", false, "u", "u"},
    {"math.bitShiftLeft", false, "ii", "i"},
    {"math.bitShiftLeft", false, "ui", "u"},
    {"math.bitShiftRight", false, "ii", "i"},
    {"math.bitShiftRight", false, "ui", "u"},
    {"optional.of", false, "A", "OA"},
    {"optional.none", false, "", "O*"},
    {"optional.ofNonZeroValue", false, "A", "OA"},
    {"optional.unwrap", false, "LOA", "LA"},
    {"unwrapOpt", true, "LOA", "LA"},
    {"hasValue", true, "OA", "b"},
    {"value", true, "OA", "A"},
    {"or", true, "OAOA", "OA"},
    {"orValue", true, "OAA", "A"},
    {"sets.contains", false, "LALA", "b"},
    {"sets.equivalent", false, "LALA", "b"},
    {"sets.intersects", false, "LALA", "b"},
    {"geo.distance", false, "****", "d"},
    // clang-format on
};

declared_kind kind_of(char letter) noexcept {
    switch (letter) {
    case 'b': return declared_kind::boolean;
    case 'i': return declared_kind::int64;
    case 'u': return declared_kind::uint64;
    case 'd': return declared_kind::float64;
    case 's': return declared_kind::string;
    case 'y': return declared_kind::bytes;
    case 't': return declared_kind::timestamp;
    case 'r': return declared_kind::duration;
    case 'n': return declared_kind::null;
    case 'T': return declared_kind::type;
    case 'L': return declared_kind::list;
    case 'M': return declared_kind::map;
    case 'O': return declared_kind::optional;
    case 'A':
    case 'B': return declared_kind::parameter;
    default: return declared_kind::dynamic;
    }
}

} // namespace

bool is_type_name(std::string_view name) noexcept {
    constexpr std::string_view names[] = {"bool",
                                          "int",
                                          "uint",
                                          "double",
                                          "string",
                                          "bytes",
                                          "list",
                                          "map",
                                          "null_type",
                                          "type",
                                          "optional_type",
                                          "google.protobuf.Timestamp",
                                          "google.protobuf.Duration"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::span<standard_overload const> standard_overloads() noexcept { return overloads; }

declared_type read_type(std::string_view& letters) {
    char const letter = letters.front();
    letters.remove_prefix(1);
    declared_type made{kind_of(letter)};
    if (made.kind == declared_kind::parameter) made.name = letter;
    std::size_t const inner = letter == 'M' ? 2 : letter == 'L' || letter == 'O' ? 1 : 0;
    for (std::size_t i = 0; i < inner; ++i)
        made.parameters.push_back(read_type(letters));
    return made;
}

std::vector<declared_type> read_types(std::string_view letters) {
    std::vector<declared_type> made;
    while (!letters.empty())
        made.push_back(read_type(letters));
    return made;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

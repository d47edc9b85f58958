// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_ORACLE_FUNCTIONS_HPP
#define SEGMENTA_TESTS_RULE_ORACLE_FUNCTIONS_HPP

// What the operators and functions of rules do with known values, the plain way. Unknown arguments and errors are
// the walker's: none comes here.

#include "rule/oracle.hpp"

#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace segmenta::test::naive {

using arguments = std::vector<datum>;

datum failure();
/// Boolean, integer, date, instant, duration.
datum of(datum::family what, std::int64_t v);
datum of_bool(bool v);
datum of_real(double v);
datum of_text(std::string v);
datum natural_of(std::uint64_t v);
datum decimal_of(std::int64_t units, unsigned scale, std::string unit);

/// -1, 0, 1; 2 when one is NaN.
int order_of(datum const& a, datum const& b);
datum negated(datum const& v);
/// `op`: one of `+ - * / %`.
datum arithmetic(char op, datum const& a, datum const& b);
/// `getHours` and its like; `usual`: the zone where the rule names none.
datum time_part(std::string const& name, arguments const& a, zone const& usual);
/// `decimal`, `money`.
datum make_decimal(std::string const& name, arguments const& a);
/// `int`, `uint`, `double`, `string`, `date`, `timestamp`.
datum convert(std::string const& name, arguments const& a, zone const& usual);
datum text_function(std::string const& name, arguments const& a);
/// Of `math.`, without the prefix.
datum math(std::string const& name, arguments const& a);
/// Of `sets.`, without the prefix.
datum set_function(std::string const& name, arguments const& a);

} // namespace segmenta::test::naive

#endif

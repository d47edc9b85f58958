// SPDX-License-Identifier: Apache-2.0
#include "ingest/customer_rows.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace {

column spread_sets(column const& from, std::span<std::uint32_t const> rows) {
    column out(from.what());
    out.set_pool(from.pool());
    out.reserve(rows.size());
    auto const source = from.view();
    for (auto const row : rows) {
        if (row != none && source.is_present(row))
            out.push_set(source.codes(row));
        else
            out.push_missing();
    }
    return out;
}

} // namespace

column spread(column const& from, std::span<std::uint32_t const> rows, feature_value const& empty) {
    if (from.what().base == kind::category_set) return spread_sets(from, rows);
    column out(from.what(), rows.size());
    if (from.pool()) out.set_pool(from.pool());
    auto const source = from.view();
    auto const copy = [&]<class T>(T fill) {
        auto const to = out.data<T>();
        auto const data = source.as<T>();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            bool const has = rows[i] != none;
            to[i] = has ? data[rows[i]] : fill;
            if (has ? !source.is_present(rows[i]) : empty.result.missing()) out.set_missing(i);
        }
    };
    switch (element_size(from.what().base)) {
    case 1: copy(std::uint8_t{0}); break;
    case 4: copy(std::uint32_t{0}); break;
    default:
        copy(empty.result.missing() || from.what().base == kind::float64
                 ? std::uint64_t{0}
                 : static_cast<std::uint64_t>(empty.result.as_int()));
    }
    return out;
}

std::string id_text(customer_columns const& customers, std::size_t row) {
    return customers.integer_ids ? std::to_string(customers.ids[row]) : std::string(customers.text_ids[row]);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

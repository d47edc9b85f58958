// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_ingest.hpp"

#include "ingest/sort_rows.hpp"
#include "ingest/source_reader.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Whether values are gathered as codes of a pool.
constexpr bool is_pooled(type what) noexcept { return what.is_text() || what.base == kind::category_set; }

/// A set as one text, its members in their order: each behind its length.
std::string text_of_set(column_view const& from, std::uint32_t row) {
    std::string out;
    for (auto const code : from.codes(row)) {
        std::string_view const member = from.pool->view(code);
        out += std::to_string(member.size()) + ':';
        out += member;
    }
    return out;
}

/// The members of such a text, as codes of `pool`.
std::vector<std::uint32_t> members_of(std::string_view text, string_pool& pool) {
    std::vector<std::uint32_t> out;
    while (!text.empty()) {
        std::size_t size = 0;
        for (; text.front() != ':'; text.remove_prefix(1))
            size = size * 10 + static_cast<std::size_t>(text.front() - '0');
        out.push_back(pool.intern(text.substr(1, size)));
        text.remove_prefix(1 + size);
    }
    return out;
}

/// One column as it is gathered: 64 bits a row, texts and sets as codes of the pool.
struct gathered_column {
    std::vector<std::uint64_t> bits;
    std::vector<bool> present;
    string_pool pool;

    void append(column_view const& from, std::uint32_t row) {
        bool const has = from.is_present(row);
        present.push_back(has);
        bits.push_back(!has ? 0 : bits_at(from, row));
    }
    std::uint64_t bits_at(column_view const& from, std::uint32_t row) {
        if (from.what.is_text()) return pool.intern(from.text(row));
        if (from.what.base == kind::category_set) return pool.intern(text_of_set(from, row));
        switch (element_size(from.what.base)) {
        case 1: return from.as<std::uint8_t>()[row];
        case 4: return static_cast<std::uint64_t>(static_cast<std::int64_t>(from.as<std::int32_t>()[row]));
        default: return from.as<std::uint64_t>()[row];
        }
    }
    void append(gathered_column const& other, bool pooled) {
        for (std::size_t i = 0; i < other.bits.size(); ++i) {
            bool const has = other.present[i];
            present.push_back(has);
            bits.push_back(!has || !pooled ? other.bits[i]
                                           : pool.intern(other.pool.view(static_cast<std::uint32_t>(other.bits[i]))));
        }
    }
};

/// Gathers the rows of one thread.
class customer_sink final : public row_sink {
public:
    explicit customer_sink(std::size_t columns) : columns_(columns) {}

    void take(judged_block const& judged, std::int64_t const*, row_origin const& origin) override {
        for (auto const row : judged.counting) {
            for (std::size_t c = 0; c < columns_.size(); ++c)
                columns_[c].append(judged.columns[c], row);
            places_.push_back(row_place(origin.file, origin.line(row)));
        }
    }
    std::vector<gathered_column> columns_;
    std::vector<std::uint64_t> places_; ///< file and line of each row
};

/// Codes that sort like their texts: the pool in byte order, whatever order rows came in.
std::shared_ptr<string_pool const> sort_codes(gathered_column& of) {
    auto sorted = std::make_shared<string_pool>();
    std::vector<std::uint32_t> rank(of.pool.size());
    for (auto const code : of.pool.sorted_codes())
        rank[code] = sorted->intern(of.pool.view(code));
    for (std::size_t i = 0; i < of.bits.size(); ++i)
        if (of.present[i]) of.bits[i] = rank[of.bits[i]];
    of.pool = {};
    return sorted;
}

column set_column(gathered_column const& from, std::span<std::uint32_t const> order, string_pool const& texts) {
    column out(category_set_type);
    auto members = std::make_shared<string_pool>();
    out.reserve(order.size());
    for (auto const row : order) {
        if (from.present[row])
            out.push_set(members_of(texts.view(static_cast<std::uint32_t>(from.bits[row])), *members));
        else
            out.push_missing();
    }
    out.set_pool(std::move(members));
    return out;
}

column typed_column(type what, gathered_column const& from, std::span<std::uint32_t const> order,
                    std::shared_ptr<string_pool const> pool) {
    if (what.base == kind::category_set) return set_column(from, order, *pool);
    if (what.is_text()) what = category_type;
    column out(what, order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::uint64_t const bits = from.bits[order[i]];
        switch (element_size(what.base)) {
        case 1: out.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(bits); break;
        case 4: out.data<std::uint32_t>()[i] = static_cast<std::uint32_t>(bits); break;
        default: out.data<std::uint64_t>()[i] = bits;
        }
        if (!from.present[order[i]]) out.set_missing(i);
    }
    if (pool) out.set_pool(std::move(pool));
    return out;
}

} // namespace

source_columns ingest_customers(plan const& definition, source_definition const& source, source_input const& input,
                                ingest_options const& options, ordered_quarantine* quarantined) {
    issue_list issues;
    source_program const what = compile_source(source, definition, issues);
    issues.throw_if_errors();
    std::size_t const columns = what.names.size();
    unsigned const threads = usable_threads(options.threads);
    std::vector<std::unique_ptr<row_sink>> sinks;
    auto const own = add_sinks<customer_sink>(sinks, threads, columns);
    read_outcome outcome = read_source(what, input, options, sinks, quarantined);

    std::vector<gathered_column> all = std::move(own[0]->columns_);
    std::vector<std::uint64_t> places = std::move(own[0]->places_);
    for (std::size_t t = 1; t < own.size(); ++t) {
        for (std::size_t c = 0; c < columns; ++c)
            all[c].append(own[t]->columns_[c], is_pooled(what.what(c)));
        places.insert(places.end(), own[t]->places_.begin(), own[t]->places_.end());
    }
    std::vector<std::shared_ptr<string_pool const>> pools(columns);
    for (std::size_t c = 0; c < columns; ++c)
        if (is_pooled(what.what(c))) pools[c] = sort_codes(all[c]);

    // By id, then by every value: which of two rows with one id counts must not depend on where they stand.
    std::vector<std::uint32_t> order(places.size());
    std::iota(order.begin(), order.end(), 0U);
    auto const signed_id = [&](std::uint32_t row) { return static_cast<std::int64_t>(all[what.id].bits[row]); };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (signed_id(a) != signed_id(b)) return signed_id(a) < signed_id(b);
        for (auto const& c : all) {
            if (c.present[a] != c.present[b]) return static_cast<bool>(c.present[a]);
            if (c.bits[a] != c.bits[b]) return c.bits[a] < c.bits[b];
        }
        return places[a] < places[b];
    });
    std::vector<std::uint32_t> kept;
    std::vector<std::uint64_t> dropped;
    for (auto const row : order) {
        if (!kept.empty() && signed_id(kept.back()) == signed_id(row))
            dropped.push_back(places[row]);
        else
            kept.push_back(row);
    }

    source_columns out;
    customer_columns& customers = out.customers;
    customers.integer_ids = !what.what(what.id).is_text();
    customers.id_owner = pools[what.id];
    for (auto const row : kept) {
        if (customers.integer_ids)
            customers.ids.push_back(signed_id(row));
        else
            customers.text_ids.push_back(pools[what.id]->view(static_cast<std::uint32_t>(all[what.id].bits[row])));
    }
    for (std::size_t c = 0; c < columns; ++c) {
        if (c == what.id) continue;
        customers.names.emplace_back(what.names.name(c));
        customers.columns.push_back(typed_column(what.what(c), all[c], kept, pools[c]));
        all[c] = {};
    }
    if (!dropped.empty()) {
        auto const reason = outcome.reasons.number("duplicate");
        outcome.reasons.add(reason, dropped.size());
        auto const first = *std::min_element(dropped.begin(), dropped.end());
        std::uint64_t const line = line_of(first);
        std::string const name =
            input.columns != nullptr ? input.columns->source : shown_name(input.files, file_of(first));
        outcome.reasons.set_first(
            reason, file_of(first), line,
            {name + ":" + std::to_string(line), {}, "a row with this customer id counts already"});
        if (quarantined != nullptr && quarantined->writes())
            quarantine_rows(what, input.files, std::move(dropped), *quarantined,
                            "a row with this customer id counts already");
    }
    out.quality = {source.name, outcome.rows, kept.size(), kept.size(), outcome.reasons.entries(), {}, {}};
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

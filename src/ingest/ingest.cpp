// SPDX-License-Identifier: Apache-2.0
#include <segmenta/ingest/ingest.hpp>

#include "ingest/history_ingest.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/feature/feature_set.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace segmenta {
inline namespace v0 {

column const* customer_columns::find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return &columns[i];
    return nullptr;
}

namespace detail {
namespace {

void check_files(plan const& definition, std::span<source_file const> files, issue_list& issues) {
    std::vector<std::string> names;
    for (auto const& source : definition.sources()) names.push_back(source.name);
    for (auto const& file : files) {
        if (definition.find_source(file.source) != nullptr) continue;
        auto const near = nearest_name(file.source, names);
        issues.error("ingest.unknown_source", file.path.string(), "the plan has no such source", file.source,
                     join_names(names), near.empty() ? "" : "Did you mean " + std::string(near) + "?");
    }
    for (auto const& name : names) {
        if (std::any_of(files.begin(), files.end(), [&](auto const& file) { return file.source == name; })) continue;
        issues.error("ingest.no_file", name, "no file is given for this source of the plan", {}, {},
                     "Name one: --source " + name + "=FILE");
    }
}

/// Row of each id of `all` in `part`, or `none`. Both are sorted.
constexpr std::uint32_t none = 0xFFFF'FFFFU;

template <class Ids>
std::vector<std::uint32_t> positions(Ids const& all, Ids const& part) {
    std::vector<std::uint32_t> out(all.size(), none);
    std::size_t at = 0;
    for (std::size_t i = 0; i < all.size() && at < part.size(); ++i)
        if (all[i] == part[at]) out[i] = static_cast<std::uint32_t>(at++);
    return out;
}

/// The column with its rows spread over more customers; those without a row get `empty`, or are missing.
column spread(column const& from, std::span<std::uint32_t const> rows, feature_value const& empty) {
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
    default: copy(empty.result.missing() || from.what().base == kind::float64
                      ? std::uint64_t{0}
                      : static_cast<std::uint64_t>(empty.result.as_int()));
    }
    return out;
}

template <class Ids>
Ids union_of(Ids const& a, Ids const& b) {
    Ids out;
    out.reserve(std::max(a.size(), b.size()));
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

/// What a customer without any row in the history gets.
feature_value of_no_rows(feature_request const* request, type result) {
    if (request == nullptr) return {};
    return read_aggregate(request->what, result, history_summary{}, feature_moment{});
}

struct part {
    source_columns read;
    std::vector<feature_request const*> requests; ///< per column; null for attributes
};

customer_columns join(std::vector<part>& parts) {
    if (parts.size() == 1) return std::move(parts[0].read.customers);
    customer_columns out;
    out.integer_ids = parts[0].read.customers.integer_ids;
    for (auto& p : parts) {
        if (out.integer_ids)
            out.ids = union_of(out.ids, p.read.customers.ids);
        else
            out.text_ids = union_of(out.text_ids, p.read.customers.text_ids);
    }
    if (!out.integer_ids) { // the views must outlive the pools of the parts
        auto pool = std::make_shared<string_pool>();
        pool->reserve(out.text_ids.size());
        std::vector<std::string_view> own;
        own.reserve(out.text_ids.size());
        for (auto const id : out.text_ids) own.push_back(pool->view(pool->intern(id)));
        out.text_ids = std::move(own);
        out.id_pool = std::move(pool);
    }
    for (auto& p : parts) {
        auto& from = p.read.customers;
        auto const rows = out.integer_ids ? positions(out.ids, from.ids) : positions(out.text_ids, from.text_ids);
        for (std::size_t c = 0; c < from.columns.size(); ++c) {
            out.names.push_back(from.names[c]);
            out.columns.push_back(spread(from.columns[c], rows, of_no_rows(p.requests[c], from.columns[c].what())));
            from.columns[c] = {};
        }
    }
    return out;
}

void refuse_mixed_ids(std::vector<part> const& parts) {
    for (auto const& p : parts) {
        if (p.read.customers.integer_ids == parts[0].read.customers.integer_ids) continue;
        throw issue_error("ingest.mixed_ids", p.read.quality.source + ", " + parts[0].read.quality.source,
                          "one source has numbers as customer ids and the other has text", {}, {},
                          "Give the customer fields of all sources the same type.");
    }
}

void refuse_nothing(std::vector<part> const& parts) {
    if (std::any_of(parts.begin(), parts.end(), [](auto const& p) { return p.read.customers.size() > 0; })) return;
    issue_list issues;
    for (auto const& p : parts) {
        if (p.read.quality.rows == 0) {
            issues.error("ingest.no_rows", p.read.quality.source, "there is no row", {}, {}, "Is it the right file?");
            continue;
        }
        std::string why;
        for (auto const& r : p.read.quality.reasons)
            why += (why.empty() ? "" : ", ") + std::to_string(r.rows) + " " + r.reason +
                   (r.first.place.empty() ? "" : " (first " + r.first.place + ": " + r.first.message + ")");
        issues.error("ingest.no_rows", p.read.quality.source, "not one row counts", why, {},
                     "Compare the plan's fields, formats and reject rules with the file, and --as-of with its dates.");
    }
    issues.throw_if_errors();
}

} // namespace
} // namespace detail

ingest_result ingest(plan const& definition, std::span<source_file const> files, ingest_options const& options) {
    issue_list issues;
    detail::check_files(definition, files, issues);
    issues.throw_if_errors();
    detail::ordered_quarantine quarantined(options.quarantine);
    std::vector<detail::part> parts;
    for (auto const& source : definition.sources()) {
        std::vector<source_file> own;
        std::copy_if(files.begin(), files.end(), std::back_inserter(own),
                     [&](source_file const& file) { return file.source == source.name; });
        detail::part p;
        if (source.kind == source_kind::history) {
            std::vector<feature_request> requests;
            std::vector<std::string> names;
            for (auto const& column : definition.columns()) {
                auto const* const feature = column.feature();
                if (feature == nullptr || feature->history != source.name) continue;
                requests.push_back(*feature);
                names.push_back(column.name);
                p.requests.push_back(feature);
            }
            p.read = detail::ingest_history(definition, source, requests, names, own, options, &quarantined);
        } else {
            p.read = detail::ingest_customers(definition, source, own, options, &quarantined);
            p.requests.resize(p.read.customers.columns.size(), nullptr);
        }
        parts.push_back(std::move(p));
    }
    quarantined.commit();
    ingest_result out;
    for (auto const& p : parts) out.sources.push_back(p.read.quality);
    if (parts.empty()) return out;
    detail::refuse_mixed_ids(parts);
    detail::refuse_nothing(parts);
    out.customers = detail::join(parts);
    return out;
}

} // namespace v0
} // namespace segmenta

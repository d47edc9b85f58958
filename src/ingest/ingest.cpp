// SPDX-License-Identifier: Apache-2.0
#include <segmenta/ingest/ingest.hpp>

#include "ingest/customer_rows.hpp"
#include "ingest/history_ingest.hpp"
#include "ingest/identity.hpp"

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

void check_inputs(plan const& definition, std::span<std::string const> given, issue_list& issues) {
    std::vector<std::string> names;
    for (auto const& source : definition.sources())
        names.push_back(source.name);
    for (auto const& name : given) {
        if (definition.find_source(name) != nullptr) continue;
        auto const near = nearest_name(name, names);
        issues.error("ingest.unknown_source", name, "the plan has no such source", name, join_names(names),
                     near.empty() ? "" : "Did you mean " + std::string(near) + "?");
    }
    for (auto const& name : names) {
        if (std::find(given.begin(), given.end(), name) != given.end()) continue;
        issues.error("ingest.no_file", name, "nothing is given for this source of the plan", {}, {},
                     "Name a file: --source " + name + "=FILE");
    }
}

/// Row of each id of `all` in `part`, or `none`. Both are sorted.
template <class Ids>
std::vector<std::uint32_t> positions(Ids const& all, Ids const& part) {
    std::vector<std::uint32_t> out(all.size(), none);
    std::size_t at = 0;
    for (std::size_t i = 0; i < all.size() && at < part.size(); ++i)
        if (all[i] == part[at]) out[i] = static_cast<std::uint32_t>(at++);
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
        for (auto const id : out.text_ids)
            own.push_back(pool->view(pool->intern(id)));
        out.text_ids = std::move(own);
        out.id_owner = std::move(pool);
    }
    for (auto& p : parts) {
        auto& from = p.read.customers;
        auto const rows = out.integer_ids ? positions(out.ids, from.ids) : positions(out.text_ids, from.text_ids);
        for (auto const& [column, row] :
             from.failed) // a row of a part is one of the union, at the same or a later place
            out.failed.push_back(
                {static_cast<std::uint32_t>(out.columns.size()) + column,
                 static_cast<std::uint32_t>(std::find(rows.begin() + row, rows.end(), row) - rows.begin())});
        for (std::size_t c = 0; c < from.columns.size(); ++c) {
            out.names.push_back(from.names[c]);
            out.columns.push_back(spread(from.columns[c], rows, of_no_rows(p.requests[c], from.columns[c].what())));
            from.columns[c] = {};
        }
    }
    return out;
}

/// The reason for which each customer is left out for want of an attribute: an index into the plan's policies, or
/// `none`.
std::vector<std::uint32_t> wanting(customer_columns const& customers, std::span<missing_policy const> policies) {
    std::vector<std::uint32_t> out(customers.size(), none);
    for (std::uint32_t i = 0; i < policies.size(); ++i) {
        column const* const from =
            policies[i].what == missing_action::drop ? customers.find(policies[i].attribute) : nullptr;
        if (from == nullptr) continue;
        auto const view = from->view();
        for (std::size_t row = 0; row < out.size(); ++row)
            if (out[row] == none && !view.is_present(row)) out[row] = i;
    }
    return out;
}

/// Leaves out those who lack an attribute that the plan says they must have, each under the first such one.
void drop_wanting(customer_columns& customers, plan const& definition, std::vector<left_out_customers>& left_out) {
    auto const why = wanting(customers, definition.when_missing());
    if (std::all_of(why.begin(), why.end(), [](std::uint32_t reason) { return reason == none; })) return;
    std::vector<left_out_customers> counts;
    for (auto const& policy : definition.when_missing())
        counts.push_back({"missing:" + policy.attribute, 0, {}});
    std::vector<std::uint32_t> kept;
    for (std::uint32_t row = 0; row < why.size(); ++row) {
        if (why[row] == none) {
            kept.push_back(row);
            continue;
        }
        auto& count = counts[why[row]];
        if (count.customers++ == 0) count.first = id_text(customers, row); // sorted by id, so the least
    }
    for (auto& count : counts)
        if (count.customers > 0) left_out.push_back(std::move(count));
    for (auto& column : customers.columns)
        column = spread(column, kept, {});
    std::vector<customer_columns::failure> failed; // of the kept, at their new rows
    for (auto const& [column, row] : customers.failed)
        if (why[row] == none)
            failed.push_back(
                {column, static_cast<std::uint32_t>(std::lower_bound(kept.begin(), kept.end(), row) - kept.begin())});
    customers.failed = std::move(failed);
    auto const keep = [&](auto& ids) {
        for (std::size_t i = 0; i < kept.size(); ++i)
            ids[i] = ids[kept[i]];
        ids.resize(kept.size());
    };
    if (customers.integer_ids)
        keep(customers.ids);
    else
        keep(customers.text_ids);
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

namespace detail {
namespace {

/// Reads the sources of one plan, each from the input that `input_of(name)` gives.
template <class InputOf>
class plan_reader {
public:
    plan_reader(plan const& definition, ingest_options const& options, ordered_quarantine* quarantined,
                InputOf input_of)
        : definition_(definition), options_(options), quarantined_(quarantined), input_of_(std::move(input_of)),
          parts_(definition.sources().size()) {}

    ingest_result run() {
        bool const merges = definition_.merges_ids();
        if (merges) { // who is who must be known before the rows of histories count for somebody
            read([](source_kind kind) { return kind != source_kind::history; });
            find_customers();
            read([](source_kind kind) { return kind == source_kind::history; });
        } else {
            read([](source_kind) { return true; });
        }
        if (quarantined_ != nullptr) quarantined_->commit();
        return joined();
    }

private:
    template <class Which>
    void read(Which which) {
        for (std::size_t i = 0; i < parts_.size(); ++i)
            if (which(definition_.sources()[i].kind)) read_part(definition_.sources()[i], parts_[i]);
    }

    void read_part(source_definition const& source, part& p) {
        source_input const input = input_of_(source.name);
        switch (source.kind) {
        case source_kind::history: return read_history(source, input, p);
        case source_kind::customers:
            p.read = ingest_customers(definition_, source, input, options_, quarantined_);
            p.requests.resize(p.read.customers.columns.size(), nullptr);
            return;
        case source_kind::links: {
            auto links = ingest_links(definition_, source, input, options_, quarantined_);
            p.read.quality = std::move(links.quality);
            std::move(links.pairs.begin(), links.pairs.end(), std::back_inserter(links_));
        }
        }
    }

    void read_history(source_definition const& source, source_input const& input, part& p) {
        std::vector<feature_request> requests;
        std::vector<std::string> names;
        for (auto const& column : definition_.columns()) {
            auto const* const feature = column.feature();
            if (feature == nullptr || feature->history != source.name) continue;
            requests.push_back(*feature);
            names.push_back(column.name);
            p.requests.push_back(feature);
        }
        p.read = ingest_history(definition_, source, requests, names, input, options_, quarantined_, who_);
    }

    void find_customers() {
        std::vector<known_customers> known;
        for (std::size_t i = 0; i < parts_.size(); ++i)
            if (definition_.sources()[i].kind == source_kind::customers)
                known.push_back({definition_.sources()[i].name, &parts_[i].read.customers});
        who_ = merge_ids(definition_.identity(), known, links_, result_.identity.emplace());
        for (auto& p : parts_)
            p.read.quality.customers = p.read.customers.size();
    }

    ingest_result joined() {
        for (auto const& p : parts_)
            result_.sources.push_back(p.read.quality);
        std::erase_if(parts_, [&](part const& p) { // links have no table
            return definition_.find_source(p.read.quality.source)->kind == source_kind::links;
        });
        if (parts_.empty()) return std::move(result_);
        refuse_mixed_ids(parts_);
        refuse_nothing(parts_);
        id_list ahead;
        for (auto const& p : parts_)
            ahead.merge(p.read.future.mapped([&](auto const& id) { return who_.of(id); }));
        result_.customers = join(parts_);
        if (auto found = ahead.beside(result_.customers, "future"); found.customers > 0)
            result_.left_out.push_back(std::move(found));
        drop_wanting(result_.customers, definition_, result_.left_out);
        return std::move(result_);
    }

    plan const& definition_;
    ingest_options const& options_;
    ordered_quarantine* quarantined_;
    InputOf input_of_;
    std::vector<part> parts_; // as the plan's sources
    std::vector<id_pairs> links_;
    identity_map who_;
    ingest_result result_;
};

} // namespace
} // namespace detail

ingest_result ingest(plan const& definition, std::span<source_file const> files, ingest_options const& options) {
    issue_list issues;
    std::vector<std::string> names;
    for (auto const& file : files)
        names.push_back(file.source);
    detail::check_inputs(definition, names, issues);
    issues.throw_if_errors();
    detail::ordered_quarantine quarantined(options.quarantine);
    std::vector<source_file> own;
    auto const input_of = [&](std::string const& name) {
        own.clear();
        std::copy_if(files.begin(), files.end(), std::back_inserter(own),
                     [&](source_file const& file) { return file.source == name; });
        return detail::source_input{own, nullptr};
    };
    return detail::plan_reader(definition, options, &quarantined, input_of).run();
}

ingest_result ingest(plan const& definition, std::span<memory_source const> columns, ingest_options const& options) {
    issue_list issues;
    std::vector<std::string> names;
    for (auto const& part : columns)
        names.push_back(part.source);
    detail::check_inputs(definition, names, issues);
    issues.throw_if_errors();
    auto const input_of = [&](std::string const& name) {
        auto const at = std::find(names.begin(), names.end(), name);
        return detail::source_input{{}, &columns[static_cast<std::size_t>(at - names.begin())]};
    };
    return detail::plan_reader(definition, options, nullptr, input_of).run();
}

} // namespace v0
} // namespace segmenta

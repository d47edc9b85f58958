// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_ingest.hpp"
#include "ingest/source_reader.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// The pairs of one thread.
class link_sink final : public row_sink {
public:
    explicit link_sink(source_program const& what) : what_(what) {}

    void take(judged_block const& judged, std::int64_t const*, row_origin const&) override {
        column_view const& a = judged.columns[what_.id];
        column_view const& b = judged.columns[what_.same_as];
        auto const keep = [&](std::string_view text) { return pairs.pool->view(pairs.pool->intern(text)); };
        for (auto const row : judged.counting) {
            if (a.what.is_text())
                pairs.texts.emplace_back(keep(a.text(row)), keep(b.text(row)));
            else
                pairs.numbers.emplace_back(a.as<std::int64_t>()[row], b.as<std::int64_t>()[row]);
        }
    }

    id_pairs pairs;

private:
    source_program const& what_;
};

} // namespace

source_links ingest_links(plan const& definition, source_definition const& source, source_input const& input,
                          ingest_options const& options, ordered_quarantine* quarantined) {
    issue_list issues;
    source_program const what = compile_source(source, definition, issues);
    issues.throw_if_errors();
    unsigned const threads = usable_threads(options.threads);
    std::vector<std::unique_ptr<row_sink>> sinks;
    auto const own = add_sinks<link_sink>(sinks, threads, what);
    read_outcome const outcome = read_source(what, input, options, sinks, quarantined);
    source_links out;
    std::uint64_t counted = 0;
    for (auto* const sink : own) {
        counted += sink->pairs.numbers.size() + sink->pairs.texts.size();
        out.pairs.push_back(std::move(sink->pairs));
    }
    out.quality = {source.name, outcome.rows, counted, 0, outcome.reasons.entries(), {}, {}};
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_HISTORY_INGEST_HPP
#define SEGMENTA_SRC_INGEST_HISTORY_INGEST_HPP

#include "ingest/identity.hpp"
#include "ingest/row_judge.hpp"
#include "ingest/source_reader.hpp"

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/ingest/ingest.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Columns of one source, sorted by customer id, each id once.
struct source_columns {
    customer_columns customers;
    source_quality quality;
    id_list future; ///< customers with rows after `as_of`, whether or not they are among `customers`
};

/// Pairs of one source, by thread.
struct source_links {
    std::vector<id_pairs> pairs;
    source_quality quality;
};

/// Reads a source of links.
[[nodiscard]] source_links ingest_links(plan const& definition, source_definition const& source,
                                        source_input const& input, ingest_options const& options,
                                        ordered_quarantine* quarantined);

/// Reads a history and computes the features that `requests` name; column i of the result is request i. Rows count for
/// the customers that `who` says their ids are.
[[nodiscard]] source_columns ingest_history(plan const& definition, source_definition const& source,
                                            std::span<feature_request const> requests,
                                            std::span<std::string const> names, source_input const& input,
                                            ingest_options const& options, ordered_quarantine* quarantined,
                                            identity_map const& who);

/// Reads a customers source: its fields without the id, and its derived fields, become attribute columns.
[[nodiscard]] source_columns ingest_customers(plan const& definition, source_definition const& source,
                                              source_input const& input, ingest_options const& options,
                                              ordered_quarantine* quarantined);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

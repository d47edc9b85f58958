// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_STRATEGY_HPP
#define SEGMENTA_MODEL_MODEL_STRATEGY_HPP

// What mechanisms of models have in common: rows in, an assignment out, parameters and fit as JSON.

#include "model/row_strategy.hpp"
#include "strategy/object_reader.hpp"

#include <segmenta/error.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/model_drift.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/segment.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Segments cut from a score, as in weighted_score.
struct score_cuts {
    std::vector<double> cuts;
    std::vector<std::string> segments; // local ids, one more than cuts

    void read(object_reader& reader);
    void check(std::string_view kind, std::string const& place, issue_list& issues) const;
    [[nodiscard]] std::vector<std::string> locals() const;
    void assign(double score, assignment& out) const noexcept;
};

// Reasons of such scores in words: `below 0.2`, `from 0.2, below 0.7`. Empty without cuts.
[[nodiscard]] std::function<std::string(std::uint32_t)> describe_cuts(score_cuts const& cuts);

// The complete rows of everybody: for each column its numbers or its texts.
struct training_rows {
    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<std::string>> texts;
    std::size_t rows = 0;
};

// The parameter `drift`: {"shifted": 0.1, "drifted": 0.25, "reference": {...}}.
struct drift_use {
    drift_thresholds thresholds;
    std::optional<drift_reference> reference; // of the plan, or else of the document
    drift_source source = drift_source::none;

    void read(object_reader& reader);
    // That of a model's document stands in when the plan names none.
    void read_document(boost::json::object const& document);
};

// A use of such a mechanism, read and checked.
struct model_use {
    std::vector<std::string> segments;  // local ids
    std::vector<input_kind> inputs{};   // one for each column read; empty: all are numbers
    bool needs_fit = true;
    bool scores = true;
    bool takes_missing = false;
    drift_use drift{};
    // From the rows of everybody to what is saved. Throws issue_error.
    std::function<boost::json::object(training_rows const& everyone)> fit{};
    // From what was saved. Throws issue_error.
    std::function<model_answer(boost::json::object const& fit)> make{};
};

// Reads parameters; nothing after an issue.
using model_use_reader = std::function<std::optional<model_use>(strategy_use const& use, issue_list& issues)>;

strategy_kind model_kind(std::string name, std::string summary, model_use_reader read);

// The issues of a document inside the parameters, at `place`.
void append_document_issues(issue_error const& from, std::string const& place, issue_list& to);

// Whether a plan reads what a document was fitted on, in its order: as many columns, and none at the place of another
// that has its name.
void check_reads(std::string_view kind, strategy_use const& use, std::span<std::string const> names,
                 issue_list& issues);

// Throws model.not_identified or model.not_converged: a plan must not answer with what nobody knows.
void refuse_undetermined(fit_diagnostics const& fit, std::string_view place);

strategy_kind clusters_kind();
strategy_kind k_means_kind();
strategy_kind repeat_buying_kind();
strategy_kind model_score_kind();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

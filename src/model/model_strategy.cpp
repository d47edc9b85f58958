// SPDX-License-Identifier: Apache-2.0
#include "model/model_strategy.hpp"

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/model_strategies.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t version = 1;

class model_strategy {
public:
    struct contents {
        scheme names;
        model_function answer;
        std::string json;
    };
    explicit model_strategy(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}

    [[nodiscard]] std::string_view id() const noexcept { return contents_->names.id; }
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept { return contents_->names.read_views; }
    [[nodiscard]] std::span<segment_info const> segments() const noexcept { return contents_->names.segments; }
    [[nodiscard]] std::string to_json() const { return contents_->json; }

    void assign(block const& rows, std::span<assignment> out) const {
        std::size_t const columns = contents_->names.reads.size();
        bool const fits = rows.columns.size() == columns &&
                          std::all_of(rows.columns.begin(), rows.columns.end(), [](column_view const& c) {
                              return c.what.is_numeric() || c.what.base == kind::boolean;
                          });
        if (!fits) return fill_status(out, status::error);
        std::array<double, most_model_columns> row;
        for (std::size_t i = 0; i < rows.size; ++i) {
            bool known = true;
            for (std::size_t c = 0; c < columns && known; ++c) {
                known = rows.columns[c].is_present(i);
                if (known) row[c] = number_at(rows.columns[c], i);
            }
            out[i] = no_answer(status::unknown);
            if (!known) continue;
            out[i] = assignment{};
            contents_->answer({row.data(), columns}, out[i]);
        }
    }

private:
    std::shared_ptr<contents const> contents_;
};

// The rows that have all columns.
std::vector<std::vector<double>> complete_rows(block const& everyone) {
    std::vector<std::vector<double>> out(everyone.columns.size());
    for (std::size_t i = 0; i < everyone.size; ++i) {
        bool const whole = std::all_of(everyone.columns.begin(), everyone.columns.end(), [&](column_view const& c) {
            return c.is_present(i) && std::isfinite(number_at(c, i));
        });
        for (std::size_t c = 0; c < out.size() && whole; ++c)
            out[c].push_back(number_at(everyone.columns[c], i));
    }
    return out;
}

any_strategy strategy_of(std::string_view name, strategy_use const& use, model_use const& read,
                         boost::json::object fit) {
    issue_list issues;
    auto const parameters = parameters_of(use, issues);
    issues.throw_if_errors();
    auto made = std::make_shared<model_strategy::contents>();
    made->names.set(use.scheme, use.reads, read.segments);
    made->answer = read.make(fit);
    made->json = write_fitted(name, version, {use.scheme, use.reads, {}, *parameters, std::move(fit)});
    return any_strategy(model_strategy(made));
}

model_use read_or_throw(model_use_reader const& read, strategy_use const& use) {
    issue_list issues;
    auto out = read(use, issues);
    issues.throw_if_errors();
    return *std::move(out);
}

} // namespace

void score_cuts::read(object_reader& reader) {
    reader.read("cuts", cuts);
    reader.read("segments", segments);
}

void score_cuts::check(std::string_view kind, std::string const& place, issue_list& issues) const {
    bool const ascending = std::adjacent_find(cuts.begin(), cuts.end(), std::greater_equal<>{}) == cuts.end() &&
                           std::all_of(cuts.begin(), cuts.end(), [](double c) { return std::isfinite(c); });
    if (!ascending)
        issues.error(code_of(kind, "cuts"), place + "/cuts", "cuts must be numbers, each larger than the one before");
    if (locals().size() != cuts.size() + 1)
        issues.error(code_of(kind, "sizes"), place + "/segments", "there must be one id more than cuts",
                     std::to_string(segments.size()), std::to_string(cuts.size() + 1));
}

std::vector<std::string> score_cuts::locals() const {
    return segments.empty() && cuts.empty() ? std::vector<std::string>{"all"} : segments;
}

void score_cuts::assign(double score, assignment& out) const noexcept {
    if (!std::isfinite(score)) {
        out = no_answer(status::error);
        return;
    }
    auto const above = std::upper_bound(cuts.begin(), cuts.end(), score) - cuts.begin();
    out.score = score;
    out.segment = static_cast<std::uint16_t>(above);
    out.reason = static_cast<std::uint32_t>(above);
}

strategy_kind model_kind(std::string name, std::string summary, model_use_reader read) {
    strategy_kind out;
    out.name = name;
    out.summary = std::move(summary);
    out.check = [name, read](strategy_use const& use, issue_list& issues) -> std::optional<strategy_outline> {
        issue_list found;
        auto const checked = read(use, found);
        if (checked) check_scheme(name, use.scheme, use.reads, use.reads.size(), checked->segments, use.place, found);
        if (use.reads.empty() || use.reads.size() > most_model_columns)
            found.error(code_of(name, "reads"), use.place + "/reads", "a model reads a few columns",
                        std::to_string(use.reads.size()), "1 to " + std::to_string(most_model_columns));
        issues.append(found);
        if (found.has_errors() || !checked) return std::nullopt;
        strategy_outline described;
        described.needs_fit = checked->needs_fit;
        if (described.needs_fit) described.scope = column_scope::fitted;
        described.reads = use.reads;
        described.inputs.assign(use.reads.size(), input_kind::number);
        described.scores = checked->scores;
        for (auto const& local : checked->segments)
            described.segments.push_back(use.scheme + "." + local);
        return described;
    };
    out.fit = [name, read](strategy_use const& use, block const& everyone, std::span<std::uint32_t const>) {
        model_use const checked = read_or_throw(read, use);
        if (!checked.needs_fit) return strategy_of(name, use, checked, {});
        auto const columns = complete_rows(everyone);
        if (columns.size() != use.reads.size() || columns.empty() || columns[0].empty())
            throw issue_error("model.no_rows", use.place, "no customer has all the columns the model is fitted on", {},
                              join_names(use.reads, use.reads.size()),
                              "Give missing values a default, or other columns");
        return strategy_of(name, use, checked, checked.fit(columns));
    };
    out.load = [name, read](std::string_view json, strategy_use const& use) {
        auto const body = read_fitted(json, name, version);
        issue_list issues;
        std::vector<std::string_view> const reads(body.reads.begin(), body.reads.end());
        check_same_use(name, body.scheme, reads, use);
        return strategy_of(name, use, read_or_throw(read, use), body.fit);
    };
    return out;
}

} // namespace detail

void add_models(strategy_registry& mechanisms) {
    for (auto make : {detail::k_means_kind, detail::repeat_buying_kind, detail::model_score_kind})
        mechanisms.add(make());
}

strategy_registry registry_with_models() {
    strategy_registry out = strategy_registry::core();
    add_models(out);
    return out;
}

} // namespace v0
} // namespace segmenta

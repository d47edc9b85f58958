// SPDX-License-Identifier: Apache-2.0
#include "model/answer_patterns.hpp"
#include "model/cluster_data.hpp"
#include "model/log_shares.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/model/latent_class.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::answer_patterns;

// Numbers of the classes and, for each level of each item, of the classes: those of one answer lie side by side.
struct class_table {
    std::vector<double> classes;
    std::vector<double> levels;

    class_table(std::size_t class_count, std::size_t level_count)
        : classes(class_count), levels(class_count * level_count) {}
    [[nodiscard]] double* of_level(std::size_t level) noexcept { return levels.data() + level * classes.size(); }
    [[nodiscard]] double const* of_level(std::size_t level) const noexcept {
        return levels.data() + level * classes.size();
    }
};

// What the patterns of a block add to the next step.
struct expectation {
    class_table counts;
    double log_likelihood = 0;
};

// EM from one start.
struct em_start {
    class_table probabilities;
    class_table logs;
    fit_diagnostics diagnostics{};
    double before = -std::numeric_limits<double>::infinity(); // mean log-likelihood
    bool going = true;
    std::vector<expectation> parts{};
};

// All starts take a step at a time, each in blocks of patterns: so all threads have something to do, however few
// starts are still going. Parts are merged in order.
class em_search {
public:
    em_search(answer_patterns const& data, double customers, latent_class_options const& options, thread_team& team)
        : data_(data), customers_(customers), options_(options), team_(team) {
        for (std::size_t const l : data.levels()) {
            first_.push_back(width_);
            width_ += l;
        }
        // Each part has a table; items of many thousand levels leave room for few.
        std::size_t const most = std::clamp<std::size_t>(part_bytes / table_bytes(), 1, 64);
        block_patterns_ = std::max<std::size_t>(256, (data.size() + most - 1) / most);
        blocks_ = (data.size() + block_patterns_ - 1) / block_patterns_;
    }

    em_start run() {
        std::size_t const together =
            std::clamp<std::size_t>(all_bytes / (table_bytes() * (blocks_ + 3)), 1, options_.starts);
        std::vector<em_start> best; // one
        for (std::size_t first = 0; first < options_.starts; first += together) {
            auto starts = run(first, std::min(together, options_.starts - first));
            for (auto& s : starts)
                if (best.empty() || s.diagnostics.log_likelihood > best[0].diagnostics.log_likelihood)
                    best.assign(1, std::move(s));
        }
        return std::move(best[0]);
    }

    // Class after class.
    [[nodiscard]] latent_class model(class_table const& probabilities) const {
        std::vector<double> by_class;
        for (std::size_t c = 0; c < options_.classes; ++c)
            for (std::size_t l = 0; l < width_; ++l)
                by_class.push_back(probabilities.of_level(l)[c]);
        return {probabilities.classes, data_.levels(), std::move(by_class)};
    }

private:
    static constexpr std::size_t part_bytes = std::size_t{8} << 20; // of the parts of a start
    static constexpr std::size_t all_bytes = std::size_t{64} << 20; // of the starts that go on together

    [[nodiscard]] class_table empty() const { return {options_.classes, width_}; }
    [[nodiscard]] std::size_t table_bytes() const noexcept { return options_.classes * (width_ + 1) * sizeof(double); }

    [[nodiscard]] std::vector<em_start> run(std::size_t first, std::size_t count) {
        std::vector<em_start> starts(count, {empty(), empty()});
        team_.for_blocks(count, [&](std::size_t s) { begin(starts[s], first + s); });
        std::vector<em_start*> going;
        for (auto& s : starts)
            going.push_back(&s);
        while (!going.empty()) {
            step(going);
            std::erase_if(going, [](em_start const* s) { return !s->going; });
        }
        for (auto& s : starts)
            s.parts.clear();
        return starts;
    }

    // Adds a pattern with the shares of the classes in its customers.
    void add(std::size_t pattern, std::span<double> shares, class_table& counts) const noexcept {
        for (double& s : shares)
            s *= data_.weight(pattern);
        auto const add_to = [&](double* numbers) {
            for (std::size_t c = 0; c < shares.size(); ++c)
                numbers[c] += shares[c];
        };
        add_to(counts.classes.data());
        auto const answers = data_.answers(pattern);
        for (std::size_t j = 0; j < answers.size(); ++j)
            if (answers[j] != missing_category) add_to(counts.of_level(first_[j] + answers[j]));
    }

    void begin(em_start& start, std::size_t number) const {
        random_generator random(options_.seed, number);
        std::vector<double> shares(options_.classes);
        auto counts = empty();
        for (std::size_t p = 0; p < data_.size(); ++p) {
            for (double& s : shares)
                s = random_exponential(random); // uniform on the simplex once divided
            double const total = std::accumulate(shares.begin(), shares.end(), 0.0);
            for (double& s : shares)
                s /= total;
            add(p, shares, counts);
        }
        start.diagnostics.gradient_norm = start.diagnostics.condition_number = std::numeric_limits<double>::quiet_NaN();
        start.parts.assign(blocks_, {empty()});
        maximise(std::move(counts), start);
    }

    void step(std::vector<em_start*> const& going) {
        team_.for_blocks(going.size() * blocks_, [&](std::size_t i) {
            auto& start = *going[i / blocks_];
            start.parts[i % blocks_] = expect(start.logs, i % blocks_);
        });
        team_.for_blocks(going.size(), [&](std::size_t s) { finish(*going[s]); });
    }

    [[nodiscard]] expectation expect(class_table const& logs, std::size_t block) const {
        expectation out{empty()};
        std::vector<double> shares(options_.classes);
        std::size_t const end = std::min(data_.size(), (block + 1) * block_patterns_);
        for (std::size_t p = block * block_patterns_; p < end; ++p) {
            shares = logs.classes;
            auto const answers = data_.answers(p);
            for (std::size_t j = 0; j < answers.size(); ++j) {
                if (answers[j] == missing_category) continue;
                double const* const of_answer = logs.of_level(first_[j] + answers[j]);
                for (std::size_t c = 0; c < shares.size(); ++c)
                    shares[c] += of_answer[c];
            }
            out.log_likelihood += data_.weight(p) * detail::shares_of_logs(shares);
            add(p, shares, out.counts);
        }
        return out;
    }

    // Ends the step of a start: either it stops there, or it has its next parameters.
    void finish(em_start& start) const {
        auto& out = start.diagnostics;
        double sum = 0;
        for (auto const& part : start.parts)
            sum += part.log_likelihood;
        ++out.evaluations;
        out.log_likelihood = sum;
        bool const settled = std::abs(sum / customers_ - start.before) < options_.tolerance;
        if (settled) out.state = identification::identified;
        if (!settled && out.evaluations > options_.max_iterations)
            out.remark = "EM stopped after max_iterations; allow more, or a larger tolerance";
        start.going = out.remark.empty() && !settled;
        if (!start.going) return;
        start.before = sum / customers_;
        auto counts = empty();
        for (auto const& part : start.parts) {
            std::transform(counts.classes.begin(), counts.classes.end(), part.counts.classes.begin(),
                           counts.classes.begin(), std::plus<>());
            std::transform(counts.levels.begin(), counts.levels.end(), part.counts.levels.begin(),
                           counts.levels.begin(), std::plus<>());
        }
        maximise(std::move(counts), start);
    }

    void maximise(class_table counts, em_start& start) const {
        double const customers = std::accumulate(counts.classes.begin(), counts.classes.end(), 0.0);
        for (std::size_t c = 0; c < options_.classes; ++c) {
            counts.classes[c] /= customers;
            for (std::size_t j = 0; j < data_.items(); ++j)
                divide_by_total(counts, c, j);
        }
        auto const log = [](double p) { return std::log(p); };
        std::transform(counts.classes.begin(), counts.classes.end(), start.logs.classes.begin(), log);
        std::transform(counts.levels.begin(), counts.levels.end(), start.logs.levels.begin(), log);
        start.probabilities = std::move(counts);
    }

    // The levels of an item in a class; of an item that nobody in it answered, all alike.
    void divide_by_total(class_table& counts, std::size_t of_class, std::size_t item) const noexcept {
        std::size_t const levels = data_.levels()[item];
        auto const cell = [&](std::size_t l) -> double& { return counts.of_level(first_[item] + l)[of_class]; };
        double total = 0;
        for (std::size_t l = 0; l < levels; ++l)
            total += cell(l);
        for (std::size_t l = 0; l < levels; ++l)
            cell(l) = total > 0 ? cell(l) / total : 1 / static_cast<double>(levels);
    }

    answer_patterns const& data_;
    double customers_;
    latent_class_options const& options_;
    thread_team& team_;
    std::vector<std::size_t> first_; // where an item's levels begin
    std::size_t width_ = 0;          // levels of all items
    std::size_t block_patterns_ = 0;
    std::size_t blocks_ = 0;
};

void check_items(category_columns items, std::span<detail::category_range const> ranges, latent_class_options const& o,
                 issue_list& issues) {
    issue_list found;
    if (!detail::usable(ranges, row_count(items))) check_categories(items, found, "items");
    for (auto const& i : found)
        if (i.code != "data.missing") issues.add(i);
    detail::check_cluster_count(o.classes, row_count(items), issues);
    detail::check_at_least(o.starts, 1, "starts", issues);
    detail::check_at_least(o.max_iterations, 1, "max_iterations", issues);
    if (!(std::isfinite(o.tolerance) && o.tolerance >= 0))
        issues.error("cluster.bad_option", "options tolerance", "the tolerance is no number from 0",
                     std::to_string(o.tolerance), "0 or more", {});
    issues.throw_if_errors();
}

// A table of all answer patterns has this many free cells; more parameters cannot be found from it.
double free_cells(std::vector<std::size_t> const& levels) {
    double cells = 1;
    for (std::size_t const l : levels)
        cells *= static_cast<double>(l);
    return cells - 1;
}

} // namespace

latent_class fit_latent_class(category_columns items, latent_class_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    auto const ranges = detail::ranges_of(items, team);
    check_items(items, ranges, options, issues);
    answer_patterns const data(items, ranges, team);
    em_search search(data, static_cast<double>(row_count(items)), options, team);
    auto const best = search.run();
    latent_class out = search.model(best.probabilities);
    out.diagnostics_ = best.diagnostics;
    out.customers_ = row_count(items);
    if (static_cast<double>(out.parameter_count()) > free_cells(data.levels())) {
        out.diagnostics_.state = identification::not_identified;
        out.diagnostics_.remark =
            "there are more parameters than answer patterns: ask for fewer classes, or more items";
    }
    return out;
}

} // namespace v0
} // namespace segmenta

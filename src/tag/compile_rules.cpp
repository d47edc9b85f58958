// SPDX-License-Identifier: Apache-2.0
#include "tag/compile_rules.hpp"

#include "base/indexed_place.hpp"
#include "rule/compiler.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace {

constexpr std::size_t rules_at_once = 64;

// Rules are read, checked and made clauses while they are near: what only that needs is given back before the next
// rule. Others wait until all texts are numbered, or for their programs.
template <class Read>
class rules_compiler {
public:
    rules_compiler(Read const& read, std::size_t rules, environment const& names, std::string_view place,
                   std::size_t most, unsigned threads)
        : read_(read), rules_(rules), names_(names), place_(place), most_(most), threads_(threads),
          blocks_((rules + rules_at_once - 1) / rules_at_once), met_(blocks_.size()), uses_(blocks_.size()) {}

    std::optional<compiled_rules> run(issue_list& issues) {
        waiting_.resize(rules_);
        met_of_.resize(rules_);
        out_.clauses.resize(rules_);
        out_.programs.resize(rules_);
        in_blocks([&](std::size_t block, std::size_t i) { check(block, i); });
        if (report(issues)) return std::nullopt;
        out_.texts = number_texts(uses_, met_);
        parallel_for_blocks(threads_, blocks_.size(), [&](std::size_t block) { number(block); });
        in_blocks([&](std::size_t block, std::size_t i) { finish(block, i); });
        if (report(issues)) return std::nullopt;
        return std::move(out_);
    }

private:
    struct block_state {
        issue_list problems;
        bool broken = false;                // a rule is, whether anything was said or not
        std::vector<std::uint32_t> numbers; // of the texts that were met
    };

    template <class Work>
    void in_blocks(Work const& work) {
        parallel_for_blocks(threads_, blocks_.size(), [&](std::size_t block) {
            std::size_t const end = std::min(rules_, (block + 1) * rules_at_once);
            for (std::size_t i = block * rules_at_once; i < end; ++i)
                work(block, i);
        });
    }
    [[nodiscard]] std::string place_of(std::size_t i) const { return indexed_place(place_, i); }
    void check(std::size_t block, std::size_t i) {
        issue_list& problems = blocks_[block].problems;
        std::string const place = place_of(i);
        std::optional<expression> const rule = read_(i, problems, place);
        auto checked = rule ? check_rule(*rule, names_, problems, place, boolean_type) : nullptr;
        blocks_[block].broken |= checked == nullptr;
        if (checked == nullptr) return;
        if (!numbers_texts_later(*checked)) {
            find_texts(*checked, uses_[block]);
            waiting_[i] = std::move(checked);
            return;
        }
        met_[block].begin_rule();
        out_.clauses[i] = clauses_of(*checked, met_[block], most_);
        met_of_[i] = met_[block].end_rule();
        if (needs_program(i, *checked)) waiting_[i] = std::move(checked);
    }
    // What is too large is refused, whether its code is needed or not.
    [[nodiscard]] bool needs_program(std::size_t i, program_data const& checked) const {
        return !out_.clauses[i].exact || checked.tree.nodes.size() > surely_small;
    }
    void number(std::size_t block) {
        met_texts const& met = met_[block];
        for (met_texts::met const& one : met.texts())
            blocks_[block].numbers.push_back(*out_.texts.at(one.variable).number_of(met.text_of(one)));
    }
    void finish(std::size_t block, std::size_t i) {
        auto const checked = std::move(waiting_[i]);
        auto const [first, count] = met_of_[i];
        if (count > 0)
            renumber(out_.clauses[i], met_[block].texts().subspan(first, count),
                     std::span(blocks_[block].numbers).subspan(first, count));
        if (checked == nullptr) return;
        if (!numbers_texts_later(*checked)) out_.clauses[i] = clauses_of(*checked, out_.texts, most_);
        if (needs_program(i, *checked))
            out_.programs[i] = finish_rule(checked, names_, blocks_[block].problems, place_of(i));
    }
    // Whether there were errors.
    bool report(issue_list& issues) {
        bool errors = false;
        for (block_state& of : blocks_) {
            errors = errors || of.broken || of.problems.has_errors();
            issues.append(std::exchange(of.problems, {}));
        }
        return errors;
    }

    Read const& read_;
    std::size_t rules_;
    environment const& names_;
    std::string_view place_;
    std::size_t most_;
    unsigned threads_;
    std::vector<block_state> blocks_;
    std::vector<met_texts> met_;  // by block
    std::vector<text_uses> uses_; // likewise
    std::vector<met_texts::range> met_of_;
    std::vector<std::shared_ptr<program_data>> waiting_;
    compiled_rules out_;
};

} // namespace

std::optional<compiled_rules> compile_rules(std::span<expression const> rules, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads) {
    auto const read = [rules](std::size_t i, issue_list&, std::string const&) { return std::optional(rules[i]); };
    return rules_compiler(read, rules.size(), names, place, most, threads).run(issues);
}

std::optional<compiled_rules> compile_rules(std::span<std::string_view const> texts, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads) {
    auto const read = [texts](std::size_t i, issue_list& problems, std::string const& of) {
        return parse_expression(texts[i], problems, of);
    };
    return rules_compiler(read, texts.size(), names, place, most, threads).run(issues);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

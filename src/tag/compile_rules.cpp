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

class rules_compiler {
public:
    rules_compiler(std::span<expression const> rules, environment const& names, std::string_view place,
                   std::size_t most, unsigned threads)
        : rules_(rules), names_(names), place_(place), most_(most), threads_(threads),
          problems_((rules.size() + rules_at_once - 1) / rules_at_once) {}

    std::optional<compiled_rules> run(issue_list& issues) {
        checked_.resize(rules_.size());
        uses_.resize(problems_.size());
        in_blocks([&](std::size_t block, std::size_t i) { check(block, i); });
        report(issues);
        if (std::find(checked_.begin(), checked_.end(), nullptr) != checked_.end()) return std::nullopt;
        out_.texts = number_texts(uses_);
        out_.clauses.resize(rules_.size());
        out_.programs.resize(rules_.size());
        in_blocks([&](std::size_t block, std::size_t i) { finish(block, i); });
        if (report(issues)) return std::nullopt;
        return std::move(out_);
    }

private:
    template <class Work>
    void in_blocks(Work const& work) {
        parallel_for_blocks(threads_, problems_.size(), [&](std::size_t block) {
            std::size_t const end = std::min(rules_.size(), (block + 1) * rules_at_once);
            for (std::size_t i = block * rules_at_once; i < end; ++i)
                work(block, i);
        });
    }
    [[nodiscard]] std::string place_of(std::size_t i) const { return indexed_place(place_, i); }
    void check(std::size_t block, std::size_t i) {
        checked_[i] = check_rule(rules_[i], names_, problems_[block], place_of(i), boolean_type);
        if (checked_[i] != nullptr) find_texts(*checked_[i], uses_[block]);
    }
    void finish(std::size_t block, std::size_t i) {
        out_.clauses[i] = clauses_of(*checked_[i], out_.texts, most_);
        auto const checked = std::move(checked_[i]);
        // What is too large is refused, whether its code is needed or not.
        if (out_.clauses[i].exact && checked->tree.nodes.size() <= surely_small) return;
        out_.programs[i] = finish_rule(checked, names_, problems_[block], place_of(i));
    }
    // Whether there were errors.
    bool report(issue_list& issues) {
        bool errors = false;
        for (issue_list& of_block : problems_) {
            errors = errors || of_block.has_errors();
            issues.append(std::exchange(of_block, {}));
        }
        return errors;
    }

    std::span<expression const> rules_;
    environment const& names_;
    std::string_view place_;
    std::size_t most_;
    unsigned threads_;
    std::vector<issue_list> problems_; // by block
    std::vector<text_uses> uses_;      // likewise
    std::vector<std::shared_ptr<program_data>> checked_;
    compiled_rules out_;
};

} // namespace

std::optional<compiled_rules> compile_rules(std::span<expression const> rules, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads) {
    return rules_compiler(rules, names, place, most, threads).run(issues);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

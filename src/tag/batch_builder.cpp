// SPDX-License-Identifier: Apache-2.0
// From clauses to the code of batch_data.hpp.
#include "tag/batch_data.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint32_t no_rows = 0;
constexpr std::uint32_t first_attribute_bitmap = 2;
constexpr std::int64_t widest_int = std::numeric_limits<std::int32_t>::max() - 1;
constexpr std::int64_t widest_short = 32'766;
constexpr std::int64_t widest_byte = 254;
// From so many cuts on, ranking a value once costs less than comparing it in 32 bits with each.
constexpr std::size_t many_cuts = 96;

class batch_builder {
public:
    batch_builder(compiled_rules rules, environment const& names) : rules_(std::move(rules)), names_(names) {}

    std::shared_ptr<rule_batch_data> run() {
        data_.rules = rules_.programs.size();
        find_attributes();
        for (batch_attribute& of : data_.attributes)
            choose_codes(of);
        number_bitmaps();
        for (std::uint32_t rule = 0; rule < data_.rules; ++rule)
            write_rule(rule);
        data_.conditions = known_.size();
        return made_;
    }

private:
    void find_attributes() {
        std::map<literal_subject, std::vector<std::uint64_t>> keys;
        for (rule_clauses const& rule : rules_.clauses)
            for (clause const& c : rule.clauses)
                for (clause_literal const& l : c) {
                    auto& of = keys[l.of];
                    of.insert(of.end(), l.keys.toggles.begin(), l.keys.toggles.end());
                }
        data_.texts = std::move(rules_.texts);
        for (auto& [variable, texts] : data_.texts)
            texts.settle();
        for (auto& [subject, toggles] : keys) {
            std::sort(toggles.begin(), toggles.end());
            toggles.erase(std::unique(toggles.begin(), toggles.end()), toggles.end());
            if (!toggles.empty() && toggles.front() == 0) toggles.erase(toggles.begin()); // all that are present
            attribute_of_[subject] = static_cast<std::uint32_t>(data_.attributes.size());
            batch_attribute made;
            made.variable = subject.variable();
            made.what = names_.what(made.variable);
            if (made.what.base == kind::float64) made.how = reading::real;
            if (made.what.is_text()) made.how = reading::text;
            if (subject.is_group()) {
                made.how = reading::elements;
                made.group = subject.group_number();
            }
            if (made.how == reading::text || made.how == reading::elements) made.texts = &data_.texts[made.variable];
            made.keys = std::move(toggles);
            data_.attributes.push_back(std::move(made));
        }
    }

    static void choose_codes(batch_attribute& of) {
        if (of.keys.empty()) return;
        std::uint64_t const range = of.keys.back() - of.keys.front() + 1;
        bool const fits = range <= static_cast<std::uint64_t>(widest_int) && fits_column(of);
        bool const narrow = range <= static_cast<std::uint64_t>(widest_short);
        of.ranked = of.how == reading::real || !fits || (!narrow && of.keys.size() > many_cuts);
        if (!of.ranked) {
            of.high = number_of(of.how, of.keys.back());
            of.low = number_of(of.how, of.keys.front()) - 1;
        }
        for (std::size_t i = 0; i < of.keys.size(); ++i)
            of.cuts.push_back(static_cast<std::int32_t>(of.ranked ? static_cast<std::int64_t>(i) + 1
                                                                  : number_of(of.how, of.keys[i]) - of.low));
        of.width = of.cuts.back() <= widest_byte ? 1 : (of.cuts.back() <= widest_short ? 2 : 4);
    }
    // Dates are clamped in 32 bits.
    static bool fits_column(batch_attribute const& of) noexcept {
        using limits = std::numeric_limits<std::int32_t>;
        if (of.what.base != kind::date) return true;
        return number_of(of.how, of.keys.front()) > limits::min() && number_of(of.how, of.keys.back()) <= limits::max();
    }

    void number_bitmaps() {
        std::uint32_t next = first_attribute_bitmap;
        for (batch_attribute& of : data_.attributes) {
            of.first_bitmap = next;
            next += 2 + static_cast<std::uint32_t>(of.keys.size());
        }
        data_.first_condition = next;
    }

    // The bitmaps whose exclusive or a literal is.
    [[nodiscard]] std::vector<std::uint32_t> sources(clause_literal const& l) const {
        batch_attribute const& of = data_.attributes[attribute_of_.at(l.of)];
        std::vector<std::uint32_t> out;
        for (std::uint64_t const key : l.keys.toggles) {
            auto const cut = std::lower_bound(of.keys.begin(), of.keys.end(), key) - of.keys.begin();
            out.push_back(of.first_bitmap + (key == 0 ? 0 : 2 + static_cast<std::uint32_t>(cut)));
        }
        if (l.when_missing) out.push_back(of.first_bitmap + 1);
        return out;
    }

    std::uint32_t bitmap_of(clause_literal const& l) {
        auto const from = sources(l);
        auto const [place, is_new] = known_.try_emplace(from, no_rows);
        if (!is_new) return place->second;
        if (from.size() == 1) return place->second = from[0];
        if (from.empty()) return no_rows;
        data_.condition_code.push_back(static_cast<std::uint32_t>(from.size()));
        data_.condition_code.insert(data_.condition_code.end(), from.begin(), from.end());
        return place->second = static_cast<std::uint32_t>(data_.first_condition + data_.made_conditions++);
    }

    void write_rule(std::uint32_t rule) {
        std::vector<std::uint32_t> single;
        std::vector<std::uint32_t> several;
        std::uint32_t clauses = 0;
        for (clause const& c : rules_.clauses[rule].clauses) {
            if (c.empty()) single.push_back(no_rows);
            if (c.size() == 1) single.push_back(bitmap_of(c[0]));
            if (c.size() < 2) continue;
            ++clauses;
            several.push_back(static_cast<std::uint32_t>(c.size()));
            for (clause_literal const& l : c)
                several.push_back(bitmap_of(l));
        }
        auto& code = data_.rule_code;
        code.push_back(static_cast<std::uint32_t>(single.size()));
        code.push_back(clauses);
        code.insert(code.end(), single.begin(), single.end());
        code.insert(code.end(), several.begin(), several.end());
        if (!rules_.clauses[rule].exact) data_.residual.push_back({rule, *rules_.programs[rule]});
    }

    compiled_rules rules_;
    environment const& names_;
    std::shared_ptr<rule_batch_data> made_ = std::make_shared<rule_batch_data>();
    rule_batch_data& data_ = *made_;
    std::map<literal_subject, std::uint32_t> attribute_of_;
    std::map<std::vector<std::uint32_t>, std::uint32_t> known_;
};

} // namespace

std::shared_ptr<rule_batch_data const> make_batch(compiled_rules rules, environment const& names,
                                                  rule_batch_options const& options) {
    auto made = batch_builder(std::move(rules), names).run();
    made->kernels = &batch_kernels_for(usable_cpu_level(options.level));
    return made;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include "rule/amounts.hpp"
#include "rule/decision_model.hpp"
#include "rule/phrases.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/rule/nearest_change.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr double day = 86'400e6;          // microseconds
constexpr double year_in_days = 365.25;

// A value an attribute might have, and what it costs.
struct candidate {
    attribute_change change;
    double cost = 0;
};

double number_of(slot const& v, rule_type what) noexcept {
    if (what.base == rule_kind::float64) return v.real;
    return static_cast<double>(v.integer) / std::pow(10.0, what.scale);
}

double cost_of(slot const& from, slot const& to, rule_type what) noexcept {
    if (from.state != status::ok || lane_of(what.base) == lane::text || what.base == rule_kind::boolean) return 1;
    double const a = number_of(from, what);
    double const b = number_of(to, what);
    if (what.base == rule_kind::date) return std::fabs(b - a) / year_in_days;
    if (what.base == rule_kind::instant) return std::fabs(b - a) / day / year_in_days;
    double const unit = what.base == rule_kind::duration ? day : 1;
    double const relative = std::fabs(b - a) / std::max(unit, std::fabs(a));
    return relative == relative ? relative : std::numeric_limits<double>::infinity();
}

std::uint64_t nearest_key(key_range const& range, std::uint64_t to) noexcept {
    return std::clamp(to, range.low, range.high);
}

class candidate_finder {
public:
    candidate_finder(program_data const& rule, row_source const& row, used_variable const& of, std::size_t most)
        : rule_(rule), used_(of), what_(rule_type_of(of.what)), most_(most),
          present_(slot_of(row[of.number], of, set_)) {
        // A set that is missing, or a text of another type, is no value to start from.
        from_ = present_.state == status::error ? "of another type" : to_string(value_of(present_, what_));
    }

    std::vector<candidate> run(row_source const& row) {
        if (lane_of(what_.base) == lane::set) {
            try_sets();
        } else {
            program_data const* const rules[] = {&rule_};
            std::uint32_t const own = used_.number;
            decision_model const model(rules, {&row, [own](std::uint32_t variable) { return variable == own; }});
            if (auto const number = model.factor_of(own)) try_regions(model.factors()[*number]);
        }
        std::stable_sort(found_.begin(), found_.end(), [](auto const& a, auto const& b) { return a.cost < b.cost; });
        if (found_.size() > most_) {
            found_.resize(most_);
            complete_ = false;
        }
        return std::move(found_);
    }
    [[nodiscard]] bool complete() const noexcept { return complete_; }

private:
    void try_regions(factor const& of) {
        for (std::size_t r = 0; r < of.regions.size(); ++r) {
            if (r == missing_region) continue;
            if (lane_of(what_.base) == lane::text) {
                try_texts(of, r);
            } else {
                try_keys(of, r);
            }
        }
    }

    void add(slot const& to, std::shared_ptr<void const> memory, bool any_other) {
        candidate made;
        made.change.variable = used_.number;
        made.change.name = used_.name;
        made.change.from = from_;
        made.change.to = value_of(to, what_);
        made.change.memory = std::move(memory);
        made.change.any_other = any_other;
        explained_margin far;
        bool const number = lane_of(what_.base) != lane::text && what_.base != rule_kind::boolean;
        if (present_.state == status::ok && number)
            if (auto const order = measure(present_, what_, to, what_, far)) {
                far.more = *order < 0;
                made.change.difference = far;
            }
        made.cost = cost_of(present_, to, what_);
        found_.push_back(std::move(made));
    }

    void try_keys(factor const& of, std::size_t number) {
        region const& here = of.regions[number];
        if (present_.state != status::ok) {
            std::string memory;
            if (auto const sample = of.sample(number, memory)) add(*sample, {}, false);
            return;
        }
        // Of the nearest value on either side the cheaper.
        std::uint64_t const from = key_of_slot(present_, what_);
        key_range const* best = nullptr;
        double least = 0;
        for (key_range const& range : here.ranges) {
            double const cost = cost_of(present_, slot_of_key(nearest_key(range, from), what_), what_);
            if (best != nullptr && cost >= least) continue;
            best = &range;
            least = cost;
        }
        std::uint64_t const key = nearest_key(*best, from);
        if (key == from) return; // nothing changes within the region
        add(slot_of_key(key, what_), {}, false);
        if (what_.base != rule_kind::float64) return;
        // Just behind a limit: the limit is what people know.
        attribute_change& made = found_.back().change;
        double const before = real_of(key > from ? key - 1 : key + 1);
        bool const behind = double_text(before).size() < double_text(real_of(key)).size();
        if (!behind) return;
        made.limit = before;
        slot limit(status::ok);
        limit.real = before;
        explained_margin far;
        if (auto const order = measure(present_, what_, limit, what_, far)) {
            far.more = key > from;
            far.beyond = true;
            made.difference = far;
        }
    }

    void try_texts(factor const& of, std::size_t number) {
        for (key_range const& range : of.regions[number].ranges) {
            auto text = of.text_at(range.low);
            if (!text || (present_.state == status::ok && *text == present_.text)) continue;
            auto const memory = std::make_shared<std::string const>(*std::move(text));
            slot to(status::ok);
            to.text = *memory;
            add(to, memory, range.low % 2 == 0);
            return; // the others of the region answer the same
        }
    }

    // Texts that the rule looks for in the set come and go.
    void try_sets() {
        std::vector<std::string> sought;
        for (typed_node const& node : rule_.tree.nodes) {
            if (node.kind != typed_kind::operation || node.code != opcode::in_set) continue;
            auto const* const children = rule_.tree.children.data() + node.first_child;
            typed_node const& text = rule_.tree[children[0]];
            typed_node const& set = rule_.tree[children[1]];
            if (set.kind != typed_kind::variable || set.payload != used_.number) continue;
            if (text.kind == typed_kind::constant && rule_.tables.constants[text.payload].state == status::ok)
                sought.emplace_back(rule_.tables.constants[text.payload].text);
        }
        std::sort(sought.begin(), sought.end());
        sought.erase(std::unique(sought.begin(), sought.end()), sought.end());
        // All combinations of a few, else one at a time.
        constexpr std::size_t few = 6;
        if (sought.size() > few) complete_ = false;
        std::size_t const combinations = sought.size() <= few ? std::size_t{1} << sought.size() : 0;
        bool const missing = present_.state != status::ok;
        for (std::size_t bits = missing ? 0 : 1; bits < combinations; ++bits)
            toggle(sought, [bits](std::size_t i) { return ((bits >> i) & 1U) != 0; });
        if (combinations == 0)
            for (std::size_t one = 0; one < sought.size(); ++one)
                toggle(sought, [one](std::size_t i) { return i == one; });
    }

    template <class Toggled>
    void toggle(std::vector<std::string> const& sought, Toggled&& toggled) {
        auto texts = std::make_shared<std::vector<std::string>>();
        std::size_t changed = 0;
        auto const place = [&](std::string_view text) {
            return static_cast<std::size_t>(std::find(sought.begin(), sought.end(), text) - sought.begin());
        };
        if (present_.state == status::ok)
            for (std::string_view const text : *present_.set) {
                bool const goes = place(text) < sought.size() && toggled(place(text));
                if (!goes) texts->emplace_back(text);
            }
        for (std::size_t i = 0; i < sought.size(); ++i) {
            if (!toggled(i)) continue;
            ++changed;
            if (present_.state != status::ok || !present_.set->contains(sought[i])) texts->push_back(sought[i]);
        }
        text_set const view{std::span<std::string const>(*texts)};
        slot to(status::ok);
        to.set = &view;
        add(to, texts, false);
        found_.back().cost = present_.state == status::ok ? static_cast<double>(changed) : 1;
    }

    program_data const& rule_;
    used_variable const& used_;
    rule_type what_;
    std::size_t most_;
    text_set set_;
    slot present_;
    std::string from_;
    std::vector<candidate> found_;
    bool complete_ = true;
};

// The row with some attributes changed.
struct changed_row {
    row_source const& row;
    std::vector<attribute_change const*> changes;

    static value read(void const* context, std::size_t variable) noexcept {
        auto const& self = *static_cast<changed_row const*>(context);
        for (attribute_change const* const change : self.changes)
            if (change->variable == variable) return change->to;
        return self.row[variable];
    }
};

class change_search {
public:
    change_search(program const& rule, row_source const& row, nearest_change_options const& options)
        : rule_(rule), options_(options), trial_{row, {}}, left_(options.most_evaluations) {
        for (used_variable const& used : rule.data().variables) {
            bool const fixed =
                std::find(options.immutable.begin(), options.immutable.end(), used.number) != options.immutable.end();
            if (fixed) continue;
            candidate_finder finder(rule.data(), row, used, options.most_candidates);
            auto found = finder.run(row);
            complete_ &= finder.complete();
            if (!found.empty()) candidates_.push_back(std::move(found));
        }
    }

    nearest_change run() {
        program_data const* const rules[] = {&rule_.data()};
        decision_model const model(rules, {});
        nearest_change out;
        out.exact = model.exact(model.root(0));
        std::size_t const most = std::min(options_.most_changes, candidates_.size());
        for (std::size_t size = 1; size <= most && best_.empty() && left_ > 0; ++size)
            choose(0, size, 0);
        complete_ &= left_ > 0;
        out.exact &= complete_;
        out.outcome = !best_.empty() ? change_outcome::found
                      : complete_    ? change_outcome::none
                                     : change_outcome::limit_reached;
        for (attribute_change const* const change : best_)
            out.changes.push_back(*change);
        out.cost = best_.empty() ? 0 : best_cost_;
        return out;
    }

    [[nodiscard]] bool answers() {
        auto const made = rule_.evaluate({&trial_, &changed_row::read}, scratch_);
        return made.state == status::ok && made.result.as_bool() == options_.wanted;
    }

private:
    // Changes `size` more attributes, from number `first` on.
    void choose(std::size_t first, std::size_t size, double cost) {
        if (size == 0) {
            if (left_ == 0) return;
            --left_;
            if (!answers()) return;
            best_ = trial_.changes;
            best_cost_ = cost;
            return;
        }
        for (std::size_t i = first; i + size <= candidates_.size() && left_ > 0; ++i)
            for (candidate const& next : candidates_[i]) {
                // Cheapest first: what follows is no better than what was found.
                if (!best_.empty() && cost + next.cost >= best_cost_) break;
                trial_.changes.push_back(&next.change);
                choose(i + 1, size - 1, cost + next.cost);
                trial_.changes.pop_back();
                if (left_ == 0) break;
            }
    }

    program const& rule_;
    nearest_change_options const& options_;
    changed_row trial_;
    std::vector<std::vector<candidate>> candidates_; // by attribute, each by cost
    std::size_t left_;
    bool complete_ = true;
    std::vector<attribute_change const*> best_;
    double best_cost_ = 0;
    rule_scratch scratch_;
};

} // namespace
} // namespace detail

std::string_view to_string(change_outcome outcome) noexcept {
    switch (outcome) {
    case change_outcome::found: return "found";
    case change_outcome::already: return "already";
    case change_outcome::none: return "none";
    case change_outcome::limit_reached: return "limit_reached";
    }
    return {};
}

nearest_change find_nearest_change(program const& rule, row_source const& row, nearest_change_options const& options) {
    nearest_change none;
    if (rule.result_type() != boolean_type) return none;
    rule_scratch scratch;
    auto const now = rule.evaluate(row, scratch);
    if (now.state == status::ok && now.result.as_bool() == options.wanted) {
        none.outcome = change_outcome::already;
        return none;
    }
    return detail::change_search(rule, row, options).run();
}

std::string to_text(nearest_change const& change, readable_options const& options) {
    bool const chinese = options.language == readable_language::chinese;
    detail::syntax_tree const nothing;
    detail::phrase_writer const writer(nothing, options);
    std::string out;
    for (attribute_change const& one : change.changes) {
        readable_name const name = writer.label(one.name);
        std::string to = one.limit ? to_string(value::of_double(*one.limit)) : to_string(one.to);
        if (one.limit) to = (one.difference && one.difference->more ? "> " : "< ") + to;
        if (one.any_other) to = chinese ? "其他值" : "another value";
        out += name.text + (chinese ? "：" : ": ");
        if (one.difference && !detail::is_zero(*one.difference)) {
            explained_margin const& far = *one.difference;
            std::string amount = detail::amount_text(far, chinese);
            bool const plain = !far.days && far.amount.base() != kind::duration && !far.amount.what().is_money();
            if (plain && !name.unit.empty()) amount += " " + name.unit;
            if (chinese) {
                out += std::string(far.more ? "增加 " : "减少 ") + (far.beyond ? "超过 " : "") + amount;
            } else {
                out += std::string(far.beyond ? "more than " : "") + amount + (far.more ? " more" : " less");
            }
            out += chinese ? "（" + one.from + " → " + to + "）" : " (" + one.from + " to " + to + ")";
        } else {
            out += chinese ? one.from + " → " + to : one.from + " to " + to;
        }
        out += '\n';
    }
    return out;
}

} // namespace v0
} // namespace segmenta

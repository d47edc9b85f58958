// SPDX-License-Identifier: Apache-2.0
#include "ingest/identity.hpp"

#include "ingest/customer_rows.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/cell.hpp>

#include <algorithm>
#include <deque>
#include <numeric>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Sets that grow together. Source: R. E. Tarjan, "Efficiency of a good but not linear set union algorithm", 1975; with
/// path halving, and the smaller number as the root, so that roots do not depend on the order of joins.
class disjoint_sets {
public:
    explicit disjoint_sets(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
    [[nodiscard]] std::uint32_t root(std::uint32_t of) noexcept {
        while (parent_[of] != of)
            of = parent_[of] = parent_[parent_[of]];
        return of;
    }
    void join(std::uint32_t a, std::uint32_t b) noexcept {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::uint32_t> parent_;
};

template <class Id>
std::vector<Id> const& ids_of(customer_columns const& customers) {
    if constexpr (std::is_same_v<Id, std::int64_t>)
        return customers.ids;
    else
        return customers.text_ids;
}

template <class Id>
auto const& pairs_of(id_pairs const& links) {
    if constexpr (std::is_same_v<Id, std::int64_t>)
        return links.numbers;
    else
        return links.texts;
}

std::string shown_id(std::int64_t id) { return std::to_string(id); }
std::string shown_id(std::string_view id) { return std::string(id); }

template <class Id>
class id_merger {
public:
    id_merger(identity_definition const& by, std::span<known_customers const> known, std::span<id_pairs const> links,
              identity_quality& quality)
        : by_(by), known_(known), quality_(quality), ids_(all_ids(known, links)), rank_(ids_.size(), none),
          sets_(ids_.size()) {
        for (std::size_t s = 0; s < known.size(); ++s)
            rank_source(s);
        for (auto const& list : links)
            join_pairs(list);
        for (auto const& key : by.keys)
            join_equal(key);
        choose();
    }

    identity_map run() {
        for (auto const& source : known_)
            merge_rows(*source.customers);
        std::sort(quality_.conflicts.begin(), quality_.conflicts.end());
        identity_map out;
        for (std::uint32_t i = 0; i < ids_.size(); ++i) {
            if (customer_[i] == i) continue;
            out.add(ids_[i], ids_[customer_[i]]);
            quality_.ids.emplace_back(shown_id(ids_[i]), shown_id(ids_[customer_[i]]));
        }
        return out;
    }

private:
    static std::vector<Id> all_ids(std::span<known_customers const> known, std::span<id_pairs const> links) {
        std::vector<Id> out;
        for (auto const& source : known)
            out.insert(out.end(), ids_of<Id>(*source.customers).begin(), ids_of<Id>(*source.customers).end());
        for (auto const& list : links)
            for (auto const& [a, b] : pairs_of<Id>(list)) {
                out.push_back(a);
                out.push_back(b);
            }
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

    [[nodiscard]] std::uint32_t number(Id const& id) const {
        return static_cast<std::uint32_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
    }

    /// Numbers of the ids of a source, which are sorted.
    [[nodiscard]] std::vector<std::uint32_t> numbers(customer_columns const& customers) const {
        std::vector<std::uint32_t> out;
        std::uint32_t at = 0;
        for (auto const& id : ids_of<Id>(customers)) {
            while (ids_[at] < id)
                ++at;
            out.push_back(at);
        }
        return out;
    }

    /// Trust: the place in `priority`, then the sources it does not name, all alike.
    void rank_source(std::size_t s) {
        auto const named = std::find(by_.priority.begin(), by_.priority.end(), known_[s].source);
        auto const rank = static_cast<std::uint32_t>(named - by_.priority.begin());
        for (auto const i : numbers(*known_[s].customers))
            rank_[i] = std::min(rank_[i], rank);
    }

    void join_pairs(id_pairs const& list) {
        for (auto const& [a, b] : pairs_of<Id>(list)) {
            if (a == b) continue;
            ++quality_.links;
            sets_.join(number(a), number(b));
        }
    }

    void join_equal(identity_key const& key) {
        std::deque<std::string> made; // texts of numbers
        std::vector<std::pair<std::string_view, std::uint32_t>> holders;
        for (auto const& source : known_)
            for (auto const& attribute : key.of)
                if (auto const* const from = source.customers->find(attribute))
                    add_holders(from->view(), numbers(*source.customers), made, holders);
        std::sort(holders.begin(), holders.end());
        holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
        std::uint64_t shared = 0;
        for (std::size_t first = 0; first < holders.size();) {
            std::size_t end = first + 1;
            while (end < holders.size() && holders[end].first == holders[first].first)
                ++end;
            bool const stopped =
                std::binary_search(key.never.begin(), key.never.end(), holders[first].first, std::less<>());
            if (end - first > 1 && (stopped || end - first > key.at_most))
                ++shared;
            else
                for (std::size_t i = first + 1; i < end; ++i)
                    sets_.join(holders[first].second, holders[i].second);
            first = end;
        }
        quality_.shared.emplace_back(key.name, shared);
    }

    static void add_holders(column_view const& from, std::vector<std::uint32_t> const& ids,
                            std::deque<std::string>& made,
                            std::vector<std::pair<std::string_view, std::uint32_t>>& holders) {
        for (std::size_t row = 0; row < ids.size(); ++row) {
            if (!from.is_present(row)) continue;
            std::string_view const text =
                from.what.is_text() ? from.text(row)
                                    : std::string_view(made.emplace_back(std::to_string(from.as<std::int64_t>()[row])));
            if (!trim(text).empty()) holders.emplace_back(text, ids[row]); // what is blank says nothing
        }
    }

    /// By trust, then by id.
    [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const noexcept {
        return rank_[a] != rank_[b] ? rank_[a] < rank_[b] : a < b;
    }

    void choose() {
        std::vector<std::uint32_t> best(ids_.size());
        std::iota(best.begin(), best.end(), 0U); // of each root
        for (std::uint32_t i = 0; i < ids_.size(); ++i) {
            auto& chosen = best[sets_.root(i)];
            if (before(i, chosen)) chosen = i;
        }
        std::vector<bool> several(ids_.size(), false);
        for (std::uint32_t i = 0; i < ids_.size(); ++i) {
            customer_.push_back(best[sets_.root(i)]);
            if (customer_.back() == i) continue;
            ++quality_.merged;
            quality_.customers += several[customer_.back()] ? 0 : 1;
            several[customer_.back()] = true;
        }
    }

    /// Rows of one source, those of a customer together and the most trusted first.
    void merge_rows(customer_columns& of) {
        auto const number_of = numbers(of);
        std::vector<std::uint32_t> order(number_of.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            std::uint32_t const x = customer_[number_of[a]];
            std::uint32_t const y = customer_[number_of[b]];
            return x != y ? x < y : before(number_of[a], number_of[b]);
        });
        std::vector<std::size_t> begins;
        for (std::size_t i = 0; i < order.size(); ++i)
            if (i == 0 || customer_[number_of[order[i]]] != customer_[number_of[order[i - 1]]]) begins.push_back(i);
        begins.push_back(order.size());
        for (std::size_t c = 0; c < of.columns.size(); ++c)
            of.columns[c] = merged(of.columns[c], of.names[c], order, begins);
        std::vector<Id> ids;
        for (std::size_t g = 0; g + 1 < begins.size(); ++g)
            ids.push_back(ids_[customer_[number_of[order[begins[g]]]]]);
        set_ids(of, std::move(ids));
    }

    /// The first present value of each customer; whether others differ is counted.
    column merged(column const& from, std::string const& name, std::vector<std::uint32_t> const& order,
                  std::vector<std::size_t> const& begins) {
        auto const view = from.view();
        std::vector<std::uint32_t> rows;
        std::uint64_t conflicts = 0;
        for (std::size_t g = 0; g + 1 < begins.size(); ++g) {
            std::uint32_t first = none;
            bool differ = false;
            for (std::size_t i = begins[g]; i < begins[g + 1]; ++i) {
                if (!view.is_present(order[i])) continue;
                if (first == none)
                    first = order[i];
                else
                    differ = differ || compare(cell(view, first), cell(view, order[i])) != 0;
            }
            rows.push_back(first);
            conflicts += differ ? 1 : 0;
        }
        if (conflicts > 0) quality_.conflicts.emplace_back(name, conflicts);
        return spread(from, rows, {});
    }

    static void set_ids(customer_columns& of, std::vector<std::int64_t> ids) { of.ids = std::move(ids); }
    /// Ids of other sources may be among them, whose characters go away sooner.
    void set_ids(customer_columns& of, std::vector<std::string_view> ids) {
        auto pool = std::make_shared<string_pool>();
        for (auto& id : ids)
            id = pool->view(pool->intern(id));
        owners_.push_back(std::exchange(of.id_owner, pool)); // `ids_` points there
        of.text_ids = std::move(ids);
    }

    identity_definition const& by_;
    std::span<known_customers const> known_;
    identity_quality& quality_;
    std::vector<Id> ids_;             // sorted, each once; others are numbers into it
    std::vector<std::uint32_t> rank_; // trust of each id
    disjoint_sets sets_;
    std::vector<std::uint32_t> customer_; // of each id: which id its customer has
    std::vector<std::shared_ptr<void const>> owners_;
};

} // namespace

void identity_map::add(std::string_view id, std::string_view customer) {
    auto const keep = [&](std::string_view text) { return pool_->view(pool_->intern(text)); };
    texts_.emplace(keep(id), keep(customer));
}

identity_map merge_ids(identity_definition const& by, std::span<known_customers const> known,
                       std::span<id_pairs const> links, identity_quality& quality) {
    bool const numbers =
        !known.empty() ? known[0].customers->integer_ids
                       : std::any_of(links.begin(), links.end(), [](auto const& l) { return !l.numbers.empty(); });
    if (numbers) return id_merger<std::int64_t>(by, known, links, quality).run();
    return id_merger<std::string_view>(by, known, links, quality).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

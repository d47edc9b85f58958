// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/customer_ids.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t most_duplicates = 20;

std::uint64_t hash_of(std::int64_t id) noexcept { return hash_integer(static_cast<std::uint64_t>(id)); }
std::uint64_t hash_of(std::string_view id) noexcept { return hash_bytes(id); }
std::string shown(std::int64_t id) { return std::to_string(id); }
std::string shown(std::string_view id) { return quoted(id); }

template <class Id>
bool ascends(std::span<Id const> ids) noexcept {
    return std::adjacent_find(ids.begin(), ids.end(), [](Id a, Id b) { return !(a < b); }) == ids.end();
}

/// Linear probing, at most half full.
template <class Id>
class id_index {
public:
    static std::vector<std::uint32_t> build(std::span<Id const> ids) {
        issue_list issues;
        std::vector<std::uint32_t> slots(std::bit_ceil(ids.size() * 2), empty_slot);
        for (std::size_t row = 0; row < ids.size(); ++row) {
            std::uint32_t& slot = slots[probe(slots, ids, ids[row])];
            if (slot == empty_slot) {
                slot = static_cast<std::uint32_t>(row);
            } else if (issues.size() < most_duplicates) {
                issues.error("table.duplicate_id", "rows " + std::to_string(slot) + " and " + std::to_string(row),
                             "two rows have one customer id", shown(ids[row]), "each id once",
                             "Merge the rows, or remove one.");
            }
        }
        issues.throw_if_errors();
        return slots;
    }

    /// The slot of the id, or the empty one where it would go.
    static std::size_t probe(std::vector<std::uint32_t> const& slots, std::span<Id const> ids, Id id) noexcept {
        std::size_t const mask = slots.size() - 1;
        std::size_t at = hash_of(id) & mask;
        while (slots[at] != empty_slot && ids[slots[at]] != id)
            at = (at + 1) & mask;
        return at;
    }
};

void check_size(std::size_t rows) {
    if (rows < empty_slot) return;
    throw issue_error("table.too_many_rows", "ids", "a table holds fewer than 2^32 - 1 rows", std::to_string(rows), {},
                      "Split the customers into several tables.");
}

template <class Id>
std::vector<std::uint32_t> index_unless_ascending(std::span<Id const> ids) {
    check_size(ids.size());
    return ascends(ids) ? std::vector<std::uint32_t>{} : id_index<Id>::build(ids);
}

template <class Id>
std::optional<std::size_t> find_in(std::span<Id const> ids, std::vector<std::uint32_t> const& slots, Id id) noexcept {
    if (slots.empty()) {
        auto const at = std::lower_bound(ids.begin(), ids.end(), id);
        if (at == ids.end() || *at != id) return std::nullopt;
        return static_cast<std::size_t>(at - ids.begin());
    }
    std::uint32_t const row = slots[id_index<Id>::probe(slots, ids, id)];
    if (row == empty_slot) return std::nullopt;
    return row;
}

} // namespace

struct customer_ids::contents {
    bool integer = true;
    std::span<std::int64_t const> integers;
    std::span<std::string_view const> texts;
    std::vector<std::uint32_t> slots; ///< empty: ids ascend
    std::vector<std::int64_t> own_integers;
    std::vector<std::string> own_texts;
    std::vector<std::string_view> own_views;
    std::shared_ptr<void const> owner;

    void finish() { slots = integer ? index_unless_ascending(integers) : index_unless_ascending(texts); }
};

customer_ids::customer_ids() : contents_(std::make_shared<contents const>()) {}

customer_ids customer_ids::of(std::vector<std::int64_t> ids) {
    auto made = std::make_shared<contents>();
    made->own_integers = std::move(ids);
    made->integers = made->own_integers;
    made->finish();
    return customer_ids(std::move(made));
}

customer_ids customer_ids::of(std::vector<std::string> ids) {
    auto made = std::make_shared<contents>();
    made->integer = false;
    made->own_texts = std::move(ids);
    made->own_views.assign(made->own_texts.begin(), made->own_texts.end());
    made->texts = made->own_views;
    made->finish();
    return customer_ids(std::move(made));
}

customer_ids customer_ids::borrow(std::span<std::int64_t const> ids, std::shared_ptr<void const> owner) {
    auto made = std::make_shared<contents>();
    made->integers = ids;
    made->owner = std::move(owner);
    made->finish();
    return customer_ids(std::move(made));
}

customer_ids customer_ids::borrow(std::span<std::string_view const> ids, std::shared_ptr<void const> owner) {
    auto made = std::make_shared<contents>();
    made->integer = false;
    made->texts = ids;
    made->owner = std::move(owner);
    made->finish();
    return customer_ids(std::move(made));
}

std::size_t customer_ids::size() const noexcept {
    return contents_->integer ? contents_->integers.size() : contents_->texts.size();
}

bool customer_ids::is_integer() const noexcept { return contents_->integer; }
std::span<std::int64_t const> customer_ids::integers() const noexcept { return contents_->integers; }
std::span<std::string_view const> customer_ids::texts() const noexcept { return contents_->texts; }

std::string customer_ids::text(std::size_t row) const {
    return contents_->integer ? std::to_string(contents_->integers[row]) : std::string(contents_->texts[row]);
}

std::optional<std::size_t> customer_ids::find(std::int64_t id) const noexcept {
    if (!contents_->integer) return std::nullopt;
    return find_in(contents_->integers, contents_->slots, id);
}

std::optional<std::size_t> customer_ids::find(std::string_view id) const noexcept {
    if (contents_->integer) return std::nullopt;
    return find_in(contents_->texts, contents_->slots, id);
}

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#include "record/value_head.hpp"
#include "tag/index_builder.hpp"
#include "tag/value_ranks.hpp"

#include <segmenta/base/string_pool.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint64_t widest_table = 4096;
constexpr std::uint64_t small_table = 128; // in two lines of the cache: looked up sooner than cuts are compared
constexpr std::size_t most_codes = std::size_t{1} << 16;
constexpr std::size_t bytes_in_line = 64;

template <class T>
void append(std::vector<unsigned char>& to, T const& number) {
    auto const at = to.size();
    to.resize(at + sizeof number);
    std::memcpy(to.data() + at, &number, sizeof number);
}

// Cuts as numbers from `lowest` on, and padding that is above any key.
template <class T>
std::vector<unsigned char> padded_cuts(std::vector<std::uint64_t> const& cuts, std::uint64_t lowest,
                                       std::uint64_t flip) {
    std::vector<unsigned char> out;
    for (std::uint64_t const cut : cuts)
        append(out, static_cast<T>((cut - lowest) ^ flip));
    for (std::size_t i = cuts.size(); i < few_cuts; ++i)
        append(out, std::numeric_limits<T>::max());
    return out;
}

// First cuts of blocks in whole lines, then the blocks.
std::vector<unsigned char> blocks_of_cuts(std::vector<std::uint64_t> const& cuts, std::size_t blocks) {
    std::vector<std::int64_t> all(blocks * block_of_cuts, std::numeric_limits<std::int64_t>::max());
    std::transform(cuts.begin(), cuts.end(), all.begin(), integer_of);
    std::vector<unsigned char> out;
    for (std::size_t b = 0; b < (blocks + 7) / 8 * 8; ++b)
        append(out, b < blocks ? all[b * block_of_cuts] : std::numeric_limits<std::int64_t>::max());
    for (std::int64_t const cut : all)
        append(out, cut);
    return out;
}

// Where four lack some, the last of them stands in: it answers at places of nobody, too.
void add_fours(ranking how, std::span<ranker const> rankers, std::vector<four_rankers>& to) {
    for (std::size_t first = 0; first < rankers.size(); first += 4) {
        four_rankers made;
        made.place = rankers[first].place;
        for (std::size_t i = 0; i < 4; ++i) {
            ranker const& of = rankers[std::min(first + i, rankers.size() - 1)];
            auto const keys = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(of.keys));
            bool const from_lowest = how == ranking::short_table;
            made.keys[i] = from_lowest ? keys - static_cast<std::uint64_t>(of.lowest) : keys;
            made.lowest[i] = of.lowest;
            made.highest[i] = of.highest;
            made.pool[i] = of.pool;
            made.head[i] = of.head;
            made.first_row[i] = of.first_row;
            made.stride[i] = of.stride;
            made.missing[i] = of.missing;
            made.value[i] = of.value;
        }
        to.push_back(made);
    }
}

} // namespace

// Of single values; the rankers have keys of their own.
void index_builder::keep_cuts() {
    std::uint32_t doubtful = 0;
    std::vector<std::pair<std::size_t, std::size_t>> first;
    for (std::size_t a = 0; a < columns_.size(); ++a) {
        index_attribute& to = data_.attributes[a];
        auto const& cuts = columns_[a].cuts;
        to.intervals = static_cast<std::uint32_t>(cuts.size() + 1);
        to.first_doubt = no_rule;
        if (cuts.size() < columns_[a].thresholds.size()) {
            to.first_doubt = doubtful;
            doubtful += to.intervals;
        }
        first.emplace_back(data_.cuts.size(), data_.ranks.size());
        bool const of_texts = to.how == reading::text || to.how == reading::elements;
        if (!of_texts || cuts.size() > std::numeric_limits<std::uint16_t>::max()) {
            to.count = static_cast<std::uint32_t>(cuts.size());
            data_.cuts.insert(data_.cuts.end(), cuts.begin(), cuts.end());
            continue;
        }
        to.count = cuts.empty() ? 1 : static_cast<std::uint32_t>(cuts.back() + 1);
        for (std::uint64_t key = 0, row = 0; key < to.count; ++key) {
            while (row < cuts.size() && cuts[row] <= key)
                ++row;
            data_.ranks.push_back(static_cast<std::uint16_t>(row));
        }
    }
    data_.doubt_begin.assign(doubtful == 0 ? 0 : doubtful + 1, 0);
    // Now nothing moves any more.
    for (auto& [variable, of] : texts_) {
        of.settle();
        data_.texts.push_back({variable, std::move(of)});
    }
    for (std::size_t a = 0; a < columns_.size(); ++a) {
        index_attribute& to = data_.attributes[a];
        to.cuts = data_.cuts.data() + first[a].first;
        if (to.how != reading::text && to.how != reading::elements) continue;
        auto const texts = std::find_if(data_.texts.begin(), data_.texts.end(),
                                        [&](numbered_texts const& t) { return t.variable == to.variable; });
        to.texts = &texts->codes;
        if (columns_[a].cuts.size() <= std::numeric_limits<std::uint16_t>::max())
            to.ranks = data_.ranks.data() + first[a].second;
    }
    find_sets();
}

// Groups of one set stand one behind the other.
void index_builder::find_sets() {
    for (std::size_t a = 0; a < data_.attributes.size(); ++a) {
        index_attribute const& of = data_.attributes[a];
        if (of.how != reading::elements) continue;
        bool const is_new = data_.sets.empty() || data_.attributes[data_.sets.back().first].variable != of.variable;
        if (is_new) data_.sets.push_back({static_cast<std::uint32_t>(a), 0});
        ++data_.sets.back().count;
    }
}

// Whether texts of the pool are found by their codes.
bool index_builder::knows_codes(index_attribute const& of) const noexcept {
    return options_.texts != nullptr && !options_.texts->empty() && of.ranks != nullptr;
}

// By the code of a text in the pool; only those that the pool has now are usual.
index_builder::ranker_keys index_builder::keys_of_texts(std::uint32_t attribute) const {
    index_attribute const& of = data_.attributes[attribute];
    ranker_keys made;
    made.how = of.intervals <= 256 ? ranking::short_codes : ranking::long_codes;
    bool const known = knows_codes(of);
    std::size_t const codes = known ? std::min(options_.texts->size(), most_codes) : 1;
    made.last = static_cast<std::uint32_t>(codes - 1);
    made.highest = made.last;
    for (std::size_t code = 0; code < codes; ++code) {
        std::uint32_t row = 0;
        if (known) row = rank(of, of.texts->find(options_.texts->view(static_cast<std::uint32_t>(code))));
        if (made.how == ranking::short_codes)
            append(made.bytes, static_cast<std::uint8_t>(row));
        else
            append(made.bytes, static_cast<std::uint16_t>(row));
    }
    return made;
}

index_builder::ranker_keys index_builder::keys_of(std::uint32_t attribute) const {
    index_attribute const& of = data_.attributes[attribute];
    if (of.how == reading::text) return keys_of_texts(attribute);
    auto const& cuts = columns_[attribute].cuts;
    ranker_keys made;
    made.last = static_cast<std::uint32_t>(cuts.size());
    bool const is_few = cuts.size() <= few_cuts;
    if (of.how == reading::integer) {
        std::uint64_t const lowest = cuts.empty() ? 0 : cuts.front() - 1; // no key is below a cut of 0
        std::uint64_t const span = cuts.empty() ? 0 : cuts.back() - lowest;
        made.lowest = integer_of(lowest);
        made.highest = integer_of(cuts.empty() ? lowest : cuts.back());
        if (span < (is_few ? small_table : widest_table)) {
            made.how = of.intervals <= 256 ? ranking::short_table : ranking::long_table;
            made.last = static_cast<std::uint32_t>(span);
            for (std::uint64_t i = 0, row = 0; i <= span; ++i) {
                while (row < cuts.size() && cuts[row] - lowest <= i)
                    ++row;
                if (made.how == ranking::short_table)
                    append(made.bytes, static_cast<std::uint8_t>(row));
                else
                    append(made.bytes, static_cast<std::uint16_t>(row));
            }
            return made;
        }
        if (is_few && span <= near_span) {
            made.how = ranking::few_near;
            made.bytes = padded_cuts<std::int16_t>(cuts, lowest, 0x8000);
            return made;
        }
        if (is_few && span <= far_span) {
            made.how = ranking::few_far;
            made.bytes = padded_cuts<std::int32_t>(cuts, lowest, 0);
            return made;
        }
    }
    bool const real = of.how == reading::real;
    if (is_few) {
        made.how = real ? ranking::few_reals : ranking::few;
        made.bytes = padded_cuts<std::int64_t>(cuts, 0, key_sign);
        return made;
    }
    made.how = real ? ranking::many_reals : ranking::many;
    made.blocks = static_cast<std::uint32_t>(cuts.size() / block_of_cuts + 1);
    made.bytes = blocks_of_cuts(cuts, made.blocks);
    return made;
}

void index_builder::make_rankers() {
    std::array<std::vector<std::pair<ranker, std::size_t>>, rankings> lists; // with the place of the keys
    std::vector<unsigned char> bytes;
    for (std::uint32_t a = 0; a < data_.attributes.size(); ++a) {
        index_attribute const& of = data_.attributes[a];
        if (of.how == reading::elements) continue;
        ranker_keys const keys = keys_of(a);
        ranker made;
        made.lowest = keys.lowest;
        made.highest = keys.highest;
        // What is no pool is no text's.
        made.pool = knows_codes(of) ? options_.texts : reinterpret_cast<string_pool const*>(&data_);
        made.head = value_head::of_type(of.what).first_bytes();
        made.first_row = of.first_row;
        made.stride = of.stride;
        made.missing = of.intervals;
        made.last = keys.last;
        made.value = static_cast<std::uint32_t>(of.variable * sizeof(value));
        made.blocks = keys.blocks;
        made.attribute = a;
        lists[static_cast<std::size_t>(keys.how)].emplace_back(made, bytes.size());
        bytes.insert(bytes.end(), keys.bytes.begin(), keys.bytes.end());
        bytes.resize((bytes.size() + bytes_in_line - 1) / bytes_in_line * bytes_in_line);
    }
    data_.keys = aligned_words(bytes.size() / sizeof(std::uint64_t));
    auto* const at = reinterpret_cast<unsigned char*>(data_.keys.data());
    std::copy(bytes.begin(), bytes.end(), at);
    std::array<std::size_t, rankings + 1> begin{};
    std::array<std::size_t, rankings + 1> four{};
    std::uint32_t place = 0;
    for (std::size_t how = 0; how < rankings; ++how) {
        std::uint32_t const first_place = place;
        for (auto& [made, keys] : lists[how]) {
            made.keys = at + keys;
            made.place = place;
            data_.attributes[made.attribute].place = place++;
            data_.rankers.push_back(made);
        }
        begin[how + 1] = data_.rankers.size();
        if (by_fours(static_cast<ranking>(how))) {
            add_fours(static_cast<ranking>(how), std::span(data_.rankers).subspan(begin[how]), data_.fours);
            place = first_place + (place - first_place + 3) / 4 * 4; // the last four have places of nobody
        }
        four[how + 1] = data_.fours.size();
    }
    for (std::size_t how = 0; how <= rankings; ++how) {
        data_.plan.begin[how] = data_.rankers.data() + begin[how];
        data_.plan.fours[how] = data_.fours.data() + four[how];
    }
    for (index_attribute& of : data_.attributes)
        if (of.how == reading::elements) of.place = place++;
    data_.places = place;
    place_columns();
    if (data_.variables.empty()) return;
    data_.plan.first_value = data_.variables.front() * sizeof(value);
    data_.plan.end_value = data_.least_row * sizeof(value);
}

void index_builder::place_columns() {
    for (std::uint32_t const a : own_columns_)
        data_.table_columns.push_back(data_.attributes[a].place);
    auto const nothing = static_cast<std::uint32_t>(data_.places + data_.joint.size());
    data_.all_places = nothing + std::size_t{1};
    for (joint_column const& of : data_.joint) {
        data_.table_columns.push_back(static_cast<std::uint32_t>(data_.places + data_.joint_places.size()));
        auto& places = data_.joint_places.emplace_back();
        places.fill(nothing);
        std::transform(of.members.begin(), of.members.end(), places.begin(),
                       [&](joint_column::member const& m) { return data_.attributes[m.attribute].place; });
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

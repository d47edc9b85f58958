// SPDX-License-Identifier: Apache-2.0
#include "ingest/aggregate.hpp"

#include "ingest/key_table.hpp"

#include <segmenta/base/large_allocator.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t us = 1'000'000;

/// Sorts a short run in place; most customers have a handful of rows.
template <class It, class Less>
void sort_run(It first, It last, Less less) {
    if (std::is_sorted(first, last, less)) return;
    if (last - first > 24) {
        std::sort(first, last, less);
        return;
    }
    for (It i = first + 1; i != last; ++i) {
        auto const moving = *i;
        It to = i;
        for (; to != first && less(moving, *(to - 1)); --to)
            *to = *(to - 1);
        *to = moving;
    }
}

std::int64_t count_distinct(std::vector<std::uint64_t>& ids) {
    std::sort(ids.begin(), ids.end());
    return std::unique(ids.begin(), ids.end()) - ids.begin();
}

/// Civil days of successive times; keeps the zone's current offset while it holds.
class day_finder {
public:
    explicit day_finder(zone const& where) : where_(where), fixed_(where.is_fixed()) {
        offset_ = where.offset_microseconds_at(instant{0}) / us;
    }
    /// `seconds` within int32.
    [[nodiscard]] std::int32_t of_seconds(std::int64_t seconds) const noexcept {
        if (!fixed_) return where_.civil_day_of(instant{seconds * us}).days_since_epoch();
        // Moved to whole days after the epoch, where truncation is the floor and the division is a multiplication.
        auto const moved = static_cast<std::uint64_t>(seconds + offset_ + early_days * seconds_per_day);
        return static_cast<std::int32_t>(moved / static_cast<std::uint64_t>(seconds_per_day)) - early_days;
    }
    [[nodiscard]] std::int32_t of(std::int64_t time) const noexcept {
        return where_.civil_day_of(instant{time}).days_since_epoch();
    }

private:
    static constexpr std::int32_t early_days = 25'000; // more than int32 seconds reach back
    zone const& where_;
    bool fixed_;
    std::int64_t offset_ = 0;
};

} // namespace

struct partition_aggregator::implementation {
    row_layout layout;
    aggregation const& what;
    day_finder days;
    key_table<short_key> short_numbers; // of the customers of one partition: one of the three
    key_table<std::int64_t> numbers;
    key_table<text_key> texts;
    std::size_t customers = 0;
    std::vector<std::uint32_t> local;  // customer of each row, in chunk order
    std::vector<std::uint32_t> begins; // first row of each customer
    std::vector<std::uint32_t> next;
    std::vector<std::uint64_t> packed; // fast path: time and value of each row, by customer

    // general path: one array per lane, by customer
    std::vector<std::int64_t> time;
    std::vector<std::vector<std::int64_t>> values;
    std::vector<std::uint64_t> order;
    std::vector<std::uint64_t> event;
    std::vector<std::vector<std::uint64_t>> distincts;
    std::vector<std::uint32_t> bits;
    std::vector<std::vector<std::uint32_t>> more_bits;
    std::vector<std::uint32_t> sorted; // row numbers of one customer in the total order
    std::vector<std::uint64_t> ids;
    std::vector<history_summary> summaries;
    task_scratch scratch;
    std::vector<feature_bits> answers; // of the tasks

    std::vector<std::span<std::uint64_t>> pieces; // of all features of all partitions
    std::uint64_t* place = nullptr;
    std::size_t left = 0;
    std::vector<std::uint64_t*> columns; // of the partition at hand

    implementation(row_layout l, aggregation const& w)
        : layout(l), what(w), days(w.where), values(l.values), distincts(l.distincts),
          more_bits(l.more_bits), summaries(w.groups.size()), answers(w.tasks.size()) {}
    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    ~implementation() {
        for (auto const& piece : pieces)
            large_allocator<std::uint64_t>().deallocate(piece.data(), piece.size());
    }

    /// Room for a column of a partition: many small arrays in a few large pieces, given back together.
    std::uint64_t* room(std::size_t n) {
        constexpr std::size_t piece = 4 * huge_page / sizeof(std::uint64_t);
        if (n > left) {
            pieces.reserve(pieces.size() + 1); // so that nothing is lost when memory runs out
            left = std::max(n, piece);
            place = large_allocator<std::uint64_t>().allocate(left);
            pieces.emplace_back(place, left);
        }
        left -= n;
        return std::exchange(place, place + n);
    }

    void start_columns(partition_features& out) {
        std::size_t const features = what.features->size();
        out.customers = customers;
        out.bits.resize(features);
        out.missing.resize(features);
        columns.resize(features);
        for (std::size_t f = 0; f < features; ++f) {
            columns[f] = room(customers);
            out.bits[f] = {columns[f], customers};
        }
    }

    void emit(std::uint32_t row, partition_features& out) {
        for (std::size_t f = 0; f < what.features->size(); ++f) {
            auto const answer = what.features->read_bits(f, summaries, what.at, answers);
            columns[f][row] = answer.state == status::ok ? static_cast<std::uint64_t>(answer.bits) : 0;
            if (answer.state == status::ok) continue;
            out.missing[f].push_back(row);
            if (answer.state == status::error) out.failed.emplace_back(row, static_cast<std::uint32_t>(f));
        }
    }

    template <class Visit> // Visit(words, wide, map)
    static void for_each_row(std::span<row_store const* const> stores,
                             std::span<std::span<std::uint32_t const> const> codes, std::size_t partition,
                             row_layout const& layout, Visit visit) {
        for (std::size_t s = 0; s < stores.size(); ++s) {
            auto const map = codes.empty() ? std::span<std::uint32_t const>{} : codes[s];
            for (auto const& chunk : stores[s]->chunks(partition)) {
                std::size_t const stride = layout.words(chunk.wide);
                auto const* words = chunk.words;
                for (std::uint32_t r = 0; r < chunk.rows; ++r, words += stride)
                    visit(words, chunk.wide, map);
            }
        }
    }

    static std::int64_t load(std::uint32_t const*& words, bool wide) noexcept {
        if (!wide) return static_cast<std::int32_t>(*words++);
        std::uint64_t const v = words[0] | (static_cast<std::uint64_t>(words[1]) << 32);
        words += 2;
        return static_cast<std::int64_t>(v);
    }
    static std::uint64_t load_pair(std::uint32_t const*& words) noexcept {
        return static_cast<std::uint64_t>(load(words, true));
    }
    static void load_key(std::uint32_t const* words, std::uint32_t wide, std::span<std::uint32_t const> map,
                         std::int64_t& key) noexcept {
        key = load(words, (wide & 1U) != 0);
        if (!map.empty()) key = map[static_cast<std::uint32_t>(key)];
    }
    static void load_key(std::uint32_t const* words, std::uint32_t, std::span<std::uint32_t const>,
                         short_key& key) noexcept {
        key = static_cast<short_key>(*words);
    }
    static void load_key(std::uint32_t const* words, std::uint32_t, std::span<std::uint32_t const>,
                         text_key& key) noexcept {
        std::memcpy(static_cast<void*>(&key), words, sizeof key);
    }

    /// Numbers the customers, counts their rows, and turns counts into begins.
    template <class Key>
    void group(key_table<Key>& table, std::span<row_store const* const> stores,
               std::span<std::span<std::uint32_t const> const> codes, std::size_t partition) {
        table.clear();
        local.clear();
        for (std::size_t s = 0; s < stores.size(); ++s) {
            auto const map = codes.empty() ? std::span<std::uint32_t const>{} : codes[s];
            for (auto const& chunk : stores[s]->chunks(partition))
                group_chunk(table, chunk, map);
        }
        customers = table.keys.size();
        begins.resize(customers + 1);
        begins[0] = 0;
        for (std::size_t c = 0; c < customers; ++c)
            begins[c + 1] = begins[c] + table.counts[c];
        next.assign(begins.begin(), begins.end() - 1);
    }

    /// How many upper parts (`key >> 8`) integer ids can have; nothing when there may be more than twice as many as
    /// rows.
    [[nodiscard]] std::optional<std::size_t> dense_range(std::span<row_store const* const> stores,
                                                         std::size_t partition) const {
        std::uint64_t seen = 0;
        std::uint64_t count = 0;
        for (auto const* const store : stores) {
            seen |= store->key_bits();
            for (auto const& chunk : store->chunks(partition))
                count += chunk.rows;
        }
        std::uint64_t const range = (seen >> 8) + 1;
        return range <= 2 * count ? std::optional<std::size_t>(range) : std::nullopt;
    }

    /// As `group`, for ids that are nearly all the numbers up to some number: the upper part of an id is its place in a
    /// table without keys, and no row has to be compared with another.
    void group_dense(std::span<row_store const* const> stores, std::size_t partition, std::size_t range) {
        next.assign(range, 0);
        for_each_row(
            stores, {}, partition, layout,
            [&](std::uint32_t const* words, std::uint32_t, std::span<std::uint32_t const>) { ++next[*words >> 8]; });
        numbers.keys.clear();
        begins.assign(1, 0);
        for (std::size_t upper = 0; upper < range; ++upper) {
            std::uint32_t const count = next[upper];
            next[upper] = begins.back(); // where the next row of this customer goes
            if (count == 0) continue;
            begins.push_back(begins.back() + count);
            numbers.keys.push_back(
                key_in_partition(static_cast<std::int64_t>(upper), static_cast<std::uint32_t>(partition)));
        }
        customers = numbers.keys.size();
    }

    template <class Key>
    void group_chunk(key_table<Key>& table, row_chunk const& chunk, std::span<std::uint32_t const> map) {
        constexpr std::size_t ahead = 32;
        std::array<Key, ahead> key;
        std::array<std::size_t, ahead> at;
        std::size_t const stride = layout.words(chunk.wide);
        std::uint32_t const* words = chunk.words;
        std::size_t const first = local.size();
        local.resize(first + chunk.rows);
        std::uint32_t* ids_of = local.data() + first;
        for (std::size_t row = 0; row < chunk.rows; row += ahead) {
            std::size_t const n = std::min<std::size_t>(ahead, chunk.rows - row);
            for (std::size_t i = 0; i < n; ++i, words += stride) {
                load_key(words, chunk.wide, map, key[i]);
                at[i] = table.start(key[i]);
                table.prefetch(at[i]);
            }
            for (std::size_t i = 0; i < n; ++i)
                *ids_of++ = table.count(key[i], at[i]);
        }
    }

    /// Whether all keys are integers of one word.
    [[nodiscard]] bool short_keys(std::span<row_store const* const> stores,
                                  std::span<std::span<std::uint32_t const> const> codes, std::size_t partition) const {
        if (layout.text_keys || !codes.empty()) return false;
        return std::all_of(stores.begin(), stores.end(), [&](row_store const* store) {
            auto const chunks = store->chunks(partition);
            return std::all_of(chunks.begin(), chunks.end(), [](row_chunk const& c) { return (c.wide & 1U) == 0; });
        });
    }

    [[nodiscard]] bool narrow(std::span<row_store const* const> stores, std::size_t partition) const {
        if (layout.values > 1 || layout.order || layout.event || layout.distincts > 0) return false;
        if (!what.tasks.empty()) return false; // they want the rows
        // The bits of a double are no integer to be sorted or added, even where they would fit.
        if (std::any_of(what.groups.begin(), what.groups.end(), [](lane_group const& g) { return g.real; }))
            return false;
        for (auto const* const store : stores)
            for (auto const& chunk : store->chunks(partition))
                if ((chunk.wide & ~1U) != 0) return false;
        return true;
    }

    static constexpr std::int64_t bias = 0x8000'0000LL;
    [[nodiscard]] static std::int64_t second_of(std::uint64_t row) noexcept {
        return static_cast<std::int64_t>(row >> 32) - bias;
    }
    [[nodiscard]] static std::int64_t units_of(std::uint64_t row) noexcept {
        return static_cast<std::int64_t>(row & 0xFFFF'FFFFU) - bias;
    }
    static_assert(missing_word + bias == 0);
    [[nodiscard]] static bool has_units(std::uint64_t row) noexcept { return (row & 0xFFFF'FFFFU) != 0; }

    static void add_packed_extremes(std::uint64_t const* first, std::uint64_t const* last,
                                    history_summary& out) noexcept {
        if (out.values == 0) return;
        out.minimum = std::numeric_limits<std::int64_t>::max();
        out.maximum = std::numeric_limits<std::int64_t>::min();
        for (auto const* row = first; row != last; ++row) {
            if (!has_units(*row)) continue;
            out.minimum = std::min(out.minimum, units_of(*row));
            out.maximum = std::max(out.maximum, units_of(*row));
        }
    }

    /// What `summary_builder` would make of sorted packed rows, in loops of their own: the rows that count are
    /// contiguous, and sums of int32 values cannot overflow.
    void summarise_packed(lane_group const& group, std::uint64_t const* first, std::uint64_t const* last,
                          history_summary& out) const noexcept {
        while (first != last && second_of(*first) * us < group.bounds.lowest)
            ++first;
        while (first != last && second_of(last[-1]) * us > group.bounds.highest)
            --last;
        out.rows = last - first;
        out.orders = out.rows;
        // The summary of the customer before, of a few words; clearing all of it takes as long as filling it.
        out.distinct = out.gap_square_sum = out.values = out.sum = out.gross = 0;
        out.days = out.gap_max = 0;
        out.overflow = false;
        if (first == last) return;
        out.first_time = second_of(*first) * us;
        out.last_time = second_of(last[-1]) * us;
        // One loop: its end is foretold wrongly for most customers, which costs as much as two rows.
        bool const has_value = group.value >= 0;
        out.first_day = out.last_day = days.of_seconds(second_of(*first));
        out.days = 1;
        for (auto const* row = first; row != last; ++row) {
            std::int64_t const units = has_units(*row) ? units_of(*row) : 0;
            out.values += has_units(*row) ? 1 : 0;
            out.sum += units;
            out.gross += units > 0 ? units : 0;
            std::int32_t const day = days.of_seconds(second_of(*row));
            std::int32_t const gap = day - out.last_day;
            if (gap == 0) continue;
            out.gap_square_sum += static_cast<std::int64_t>(gap) * gap;
            out.gap_max = std::max(out.gap_max, gap);
            out.previous_day = out.last_day;
            out.last_day = day;
            ++out.days;
        }
        if (!has_value) out.values = out.sum = out.gross = 0;
        if (has_value && group.extremes) add_packed_extremes(first, last, out);
    }

    /// Fast path: a row is a second and at most one small value, packed so that one 64-bit sort is the total order.
    /// `place(words)` says where a row goes.
    template <class Place>
    void run_narrow(std::span<row_store const* const> stores, std::span<std::span<std::uint32_t const> const> codes,
                    std::size_t partition, partition_features& out, Place place_of) {
        packed.resize(begins.back());
        bool const has_value = layout.values == 1;
        for_each_row(stores, codes, partition, layout,
                     [&](std::uint32_t const* words, std::uint32_t wide, std::span<std::uint32_t const>) {
                         std::size_t const to = place_of(words);
                         words += layout.key_words(wide);
                         std::uint64_t const second = words[0] ^ 0x8000'0000U; // order as unsigned
                         std::uint64_t const units = has_value ? words[1] ^ 0x8000'0000U : 0;
                         packed[to] = second << 32 | units;
                     });
        for (std::uint32_t c = 0; c < customers; ++c) {
            auto const first = packed.begin() + begins[c];
            auto const last = packed.begin() + begins[c + 1];
            sort_run(first, last, std::less<>{});
            for (std::size_t g = 0; g < what.groups.size(); ++g)
                summarise_packed(what.groups[g], &*first, &*first + (last - first), summaries[g]);
            emit(c, out);
        }
    }

    void gather(std::span<row_store const* const> stores, std::span<std::span<std::uint32_t const> const> codes,
                std::size_t partition) {
        std::size_t const n = local.size();
        time.resize(n);
        for (auto& lane : values)
            lane.resize(n);
        if (layout.order) order.resize(n);
        if (layout.event) event.resize(n);
        for (auto& lane : distincts)
            lane.resize(n);
        bits.resize(n);
        for (auto& word : more_bits)
            word.resize(n);
        std::size_t at = 0;
        for_each_row(stores, codes, partition, layout,
                     [&](std::uint32_t const* words, std::uint32_t wide, std::span<std::uint32_t const>) {
                         std::size_t const to = next[local[at++]]++;
                         words += layout.key_words(wide);
                         bool const wide_time = (wide & 2U) != 0;
                         time[to] = load(words, wide_time) * (wide_time ? 1 : us);
                         std::uint64_t absent = 0; // values are in the first two words of bits
                         for (std::uint32_t v = 0; v < layout.values; ++v) {
                             bool const wide_value = (wide & (4U << v)) != 0;
                             values[v][to] = load(words, wide_value);
                             if (!wide_value && values[v][to] == missing_word)
                                 absent |= std::uint64_t{1} << layout.value_bit(v);
                         }
                         if (layout.order) order[to] = load_pair(words);
                         if (layout.event) event[to] = load_pair(words);
                         for (auto& lane : distincts)
                             lane[to] = load_pair(words);
                         for (auto& word : more_bits)
                             word[to] = *words++;
                         if (layout.more_lanes()) more_bits[0][to] &= ~static_cast<std::uint32_t>(absent >> 32);
                         bits[to] = ((wide & with_bits) != 0 ? *words : row_bits::all_present) &
                                    ~static_cast<std::uint32_t>(absent);
                     });
    }

    /// Whether row a comes before row b: time first, then every other lane, so that equal rows are interchangeable.
    [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const noexcept {
        if (time[a] != time[b]) return time[a] < time[b];
        for (auto const& lane : values)
            if (lane[a] != lane[b]) return lane[a] < lane[b];
        if (layout.order && order[a] != order[b]) return order[a] < order[b];
        if (layout.event && event[a] != event[b]) return event[a] < event[b];
        for (auto const& lane : distincts)
            if (lane[a] != lane[b]) return lane[a] < lane[b];
        for (auto const& word : more_bits)
            if (word[a] != word[b]) return word[a] < word[b];
        return bits[a] < bits[b];
    }

    /// Keeps the first row of each event; rows without an event id all stay.
    void drop_repeated_events(partition_features& out) {
        auto const by_event = [&](std::uint32_t a, std::uint32_t b) {
            if (event[a] != event[b]) return event[a] < event[b];
            return before(a, b);
        };
        std::size_t const all = sorted.size();
        std::sort(sorted.begin(), sorted.end(), by_event);
        auto const same = [&](std::uint32_t a, std::uint32_t b) {
            return event[a] == event[b] && (bits[a] & bits[b] & row_bits::has_event) != 0;
        };
        std::size_t kept = 0;
        for (std::size_t i = 0; i < all; ++i) {
            if (kept == 0 || !same(sorted[kept - 1], sorted[i]))
                sorted[kept++] = sorted[i];
            else if (what.origin)
                out.origins.push_back(distincts[*what.origin][sorted[i]]);
        }
        sorted.resize(kept);
        out.duplicates += all - kept;
    }

    /// One bit of every row; found once for many rows.
    struct row_bit {
        std::uint32_t const* words;
        unsigned shift;
        [[nodiscard]] bool operator()(std::uint32_t row) const noexcept { return ((words[row] >> shift) & 1U) != 0; }
    };
    [[nodiscard]] row_bit bit_at(unsigned bit) const noexcept {
        auto const& words = bit < 32 ? bits : more_bits[bit / 32 - 1];
        return {words.data(), bit % 32};
    }
    /// Lane numbers below 0 stand for none; what is given for them is not to be asked.
    [[nodiscard]] row_bit value_of(int lane) const noexcept {
        return bit_at(lane < 0 ? 0 : layout.value_bit(static_cast<unsigned>(lane)));
    }
    [[nodiscard]] row_bit distinct_of(int lane) const noexcept {
        return bit_at(lane < 0 ? 0 : layout.distinct_bit(static_cast<unsigned>(lane)));
    }
    [[nodiscard]] row_bit condition_of(int condition) const noexcept {
        return bit_at(condition < 0 ? 0 : layout.where_bit(static_cast<unsigned>(condition)));
    }
    [[nodiscard]] auto counting(lane_group const& group) const noexcept {
        return [this, &group, passes = condition_of(group.where)](std::uint32_t row) {
            return group.bounds.contains(time[row]) && (group.where < 0 || passes(row));
        };
    }

    history_summary summarise(lane_group const& group) {
        summary_builder builder;
        std::vector<std::uint64_t>& seen = ids;
        seen.clear();
        auto const counts = counting(group);
        auto const has_value = value_of(group.value);
        for (std::uint32_t const row : sorted) {
            if (!counts(row)) continue;
            builder.add_row(time[row], days.of(time[row]));
            if (group.value >= 0 && has_value(row)) {
                std::int64_t const v = values[static_cast<std::size_t>(group.value)][row];
                if (group.real)
                    builder.add_real(std::bit_cast<double>(v));
                else
                    builder.add_value(v);
            }
            // Rows of one order mostly follow each other.
            if (group.orders && layout.order && (seen.empty() || seen.back() != order[row])) seen.push_back(order[row]);
        }
        history_summary result = builder.finish();
        if (group.orders && layout.order) result.orders = count_distinct(seen);
        if (group.distinct >= 0) {
            seen.clear();
            auto const d = static_cast<std::size_t>(group.distinct);
            auto const has_distinct = distinct_of(group.distinct);
            for (std::uint32_t const row : sorted)
                if (counts(row) && has_distinct(row)) seen.push_back(distincts[d][row]);
            result.distinct = count_distinct(seen);
        }
        return result;
    }
    /// The rows that count, as a task sees them.
    void list_rows(lane_task const& of) {
        auto const counts = counting(what.groups[of.task->group]);
        auto const has_value = value_of(of.value);
        auto const has_distinct = distinct_of(of.distinct);
        scratch.rows.clear();
        for (std::uint32_t const row : sorted) {
            if (!counts(row)) continue;
            task_row made{time[row], days.of(time[row]), row};
            if (of.value >= 0 && has_value(row)) {
                made.has_value = true;
                made.value = static_cast<std::uint64_t>(values[static_cast<std::size_t>(of.value)][row]);
                // -0 is 0, as in identity_of()
                if (of.real) made.value = std::bit_cast<std::uint64_t>(std::bit_cast<double>(made.value) + 0.0);
            } else if (of.distinct >= 0 && has_distinct(row)) {
                made.has_value = true;
                made.value = distincts[static_cast<std::size_t>(of.distinct)][row];
            }
            for (std::size_t s = 0; s < of.steps.size(); ++s)
                if (condition_of(of.steps[s])(row)) made.steps = static_cast<std::uint8_t>(made.steps | 1U << s);
            scratch.rows.push_back(made);
        }
    }

    void answer(std::size_t number) {
        lane_task const& of = what.tasks[number];
        list_rows(of);
        task_moment const moment{what.at, &what.where, what.dates_only, of.starts};
        long_texts const look_up = what.names != nullptr ? what.names->look_up() : long_texts{};
        answers[number] = answer_task(*of.task, moment, look_up, scratch).said;
    }

    void run_general(std::span<row_store const* const> stores, std::span<std::span<std::uint32_t const> const> codes,
                     std::size_t partition, partition_features& out) {
        gather(stores, codes, partition);
        auto const earlier = [&](std::uint32_t a, std::uint32_t b) { return before(a, b); };
        for (std::uint32_t c = 0; c < customers; ++c) {
            sorted.resize(begins[c + 1] - begins[c]);
            for (std::uint32_t i = 0; i < sorted.size(); ++i)
                sorted[i] = begins[c] + i;
            if (layout.event) drop_repeated_events(out);
            sort_run(sorted.begin(), sorted.end(), earlier);
            for (std::size_t g = 0; g < what.groups.size(); ++g)
                summaries[g] = summarise(what.groups[g]);
            for (std::size_t t = 0; t < what.tasks.size(); ++t)
                answer(t);
            emit(c, out);
        }
    }

    void run(std::span<row_store const* const> stores, std::span<std::span<std::uint32_t const> const> codes,
             std::size_t partition, partition_features& out) {
        bool const is_narrow = narrow(stores, partition);
        bool const short_key_words = short_keys(stores, codes, partition);
        auto const range = is_narrow && short_key_words ? dense_range(stores, partition) : std::nullopt;
        if (range) {
            group_dense(stores, partition, *range);
            out.keys = numbers.keys;
            start_columns(out);
            run_narrow(stores, codes, partition, out, [&](std::uint32_t const* words) { return next[*words >> 8]++; });
            return;
        }
        if (layout.text_keys) {
            group(texts, stores, codes, partition);
            out.text_keys = texts.keys;
        } else if (short_key_words) {
            group(short_numbers, stores, codes, partition);
            out.keys.assign(short_numbers.keys.begin(), short_numbers.keys.end());
        } else {
            group(numbers, stores, codes, partition);
            out.keys = numbers.keys;
        }
        start_columns(out);
        if (!is_narrow) return run_general(stores, codes, partition, out);
        std::size_t at = 0;
        run_narrow(stores, codes, partition, out, [&](std::uint32_t const*) { return next[local[at++]]++; });
    }
};

partition_aggregator::partition_aggregator(row_layout layout, aggregation const& what)
    : self_(std::make_unique<implementation>(layout, what)) {}
partition_aggregator::~partition_aggregator() = default;

void partition_aggregator::run(std::span<row_store const* const> stores,
                               std::span<std::span<std::uint32_t const> const> codes, std::size_t partition,
                               partition_features& out) {
    self_->run(stores, codes, partition, out);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_ROW_STORE_HPP
#define SEGMENTA_SRC_INGEST_ROW_STORE_HPP

// Rows of a history on their way from file order to customer order. Each row that counts is packed into a few 32-bit
// words and appended to one of 256 partitions chosen by a hash of its customer. A partition is later aggregated inside
// the L2 cache (radix partitioning: limits.md part 2, lesson 1). Wide values (an id, second or amount outside int32)
// switch a lane to two words from then on; what was written stays as it is.

#include "ingest/text_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t partition_count = 256;

/// Meaning of the bits lane.
struct row_bits {
    static constexpr unsigned value = 0;    ///< bit value + v: value v is present
    static constexpr unsigned distinct = 8; ///< bit distinct + d: distinct id d is present
    static constexpr unsigned where = 16;   ///< bit where + w: condition w holds
    static constexpr unsigned first_values = 8; ///< how many values, …
    static constexpr unsigned first_distincts = 8;
    static constexpr unsigned first_wheres = 15; ///< … and conditions have their bits in the first word
    static constexpr unsigned event = 31;
    static constexpr std::uint32_t has_event = 1U << event; ///< the event id is present
    /// What a row without bits means: everything is present. Conditions always come with bits.
    static constexpr std::uint32_t all_present = has_event | 0xFFFFU;
};

/// How much a row can hold.
inline constexpr std::size_t most_values = 24;
inline constexpr std::size_t most_distincts = 24;
inline constexpr std::size_t most_wheres = 200;
inline constexpr std::size_t most_more_bits = 7; ///< words: one for lanes, six for conditions

/// A missing value in a lane of one word: rows that lack nothing else then need no bits.
inline constexpr std::int32_t missing_word = INT32_MIN;

/// Flags of a chunk: bit 0 wide key, bit 1 wide time, bit 2 + v wide value v, and this one: rows have their bits.
inline constexpr std::uint32_t with_bits = 1U << 31;

/// Which lanes a packed row has, in this order: key, time, values…, order (2 words), event (2), distinct ids (2 each),
/// more bits (1 each), and, from the first row that needs it, the bits (1).
struct row_layout {
    std::uint32_t values = 0;
    std::uint32_t distincts = 0;
    bool order = false;
    bool event = false;
    bool text_keys = false; ///< the key is a `text_key`: four words
    std::uint32_t more_bits = 0; ///< words of bits for what does not fit into the first: lanes if any, then conditions

    [[nodiscard]] bool more_lanes() const noexcept {
        return values > row_bits::first_values || distincts > row_bits::first_distincts;
    }
    /// Numbers of bits; those from 32 on are in the words of more bits.
    [[nodiscard]] unsigned value_bit(unsigned lane) const noexcept {
        return lane < row_bits::first_values ? row_bits::value + lane : 32 + (lane - row_bits::first_values);
    }
    [[nodiscard]] unsigned distinct_bit(unsigned lane) const noexcept {
        return lane < row_bits::first_distincts ? row_bits::distinct + lane : 48 + (lane - row_bits::first_distincts);
    }
    [[nodiscard]] unsigned where_bit(unsigned condition) const noexcept {
        if (condition < row_bits::first_wheres) return row_bits::where + condition;
        return (more_lanes() ? 64 : 32) + (condition - row_bits::first_wheres);
    }
    /// The words that so many conditions need.
    [[nodiscard]] std::uint32_t more_bits_for(std::size_t conditions) const noexcept {
        std::size_t const over = conditions > row_bits::first_wheres ? conditions - row_bits::first_wheres : 0;
        return (more_lanes() ? 1U : 0U) + static_cast<std::uint32_t>((over + 31) / 32);
    }
    [[nodiscard]] std::uint32_t key_words(std::uint32_t wide) const noexcept { return text_keys ? 4 : 1 + (wide & 1U); }
    /// Lanes that may be one or two words wide: key, time, values.
    [[nodiscard]] std::uint32_t flexible() const noexcept { return 2 + values; }
    [[nodiscard]] std::uint32_t words(std::uint32_t wide) const noexcept {
        return flexible() + static_cast<std::uint32_t>(__builtin_popcount(wide)) + (text_keys ? 3U : 0U) +
               (order ? 2U : 0U) + (event ? 2U : 0U) + 2U * distincts + more_bits;
    }
    friend bool operator==(row_layout const&, row_layout const&) = default;
};

/// Some rows to append, as columns. Only rows listed in `rows` are taken.
struct row_batch {
    std::span<std::uint32_t const> rows;
    std::int64_t const* key = nullptr;       ///< integer ids …
    std::uint32_t const* code = nullptr;     ///< … or codes of string ids …
    text_key const* text = nullptr;          ///< … or packed ones: with `row_layout::text_keys`
    std::uint8_t const* partition = nullptr; ///< with codes and packed ids: the partition of each row
    std::int64_t const* time = nullptr;      ///< microseconds UTC
    std::array<std::int64_t const*, most_values> values{};
    std::uint64_t const* order = nullptr;
    std::uint64_t const* event = nullptr;
    std::array<std::uint64_t const*, most_distincts> distincts{};
    std::uint32_t const* bits = nullptr; ///< null: `row_bits::all_present` for every row
    std::array<std::uint32_t const*, most_more_bits> more_bits{}; ///< null as `bits`: everything is present
    bool only_values_missing = false;    ///< `bits` differ from `all_present` in the values only
};

/// A run of packed rows of one partition.
struct row_chunk {
    std::uint32_t* words = nullptr;
    std::uint32_t rows = 0;
    std::uint32_t wide = 0; ///< see with_bits
};

/// The partition of an integer id. Of the ids that share all but their last byte, each falls into another partition: in
/// one partition `key >> 8` names a customer, and ids that follow each other are spread evenly.
constexpr std::uint32_t partition_of(std::int64_t key) noexcept {
    // Fibonacci hashing: the high byte of a multiplication by 2^64 / golden ratio.
    std::uint64_t const turn = (static_cast<std::uint64_t>(key >> 8) * 0x9E3779B97F4A7C15ULL) >> 56;
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(key) + turn) & 0xFFU);
}

/// The id with these upper bits in a partition.
constexpr std::int64_t key_in_partition(std::int64_t upper, std::uint32_t partition) noexcept {
    std::uint64_t const turn = (static_cast<std::uint64_t>(upper) * 0x9E3779B97F4A7C15ULL) >> 56;
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(upper) << 8) | ((partition - turn) & 0xFFU));
}

/// Packed rows by partition. One writer; after writing, partitions may be read concurrently.
class row_store {
public:
    explicit row_store(row_layout layout);
    ~row_store();
    row_store(row_store const&) = delete;
    row_store& operator=(row_store const&) = delete;

    void append(row_batch const& batch);
    [[nodiscard]] row_layout const& layout() const noexcept { return layout_; }
    /// The chunks of a partition in the order they were filled.
    [[nodiscard]] std::vector<row_chunk> chunks(std::size_t partition) const;
    /// Gives all memory back to the system; the store is empty then.
    void release() noexcept;
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    /// All bits that some integer id has: no id is larger, and none is negative when the highest is not set.
    [[nodiscard]] std::uint64_t key_bits() const noexcept { return key_bits_; }

private:
    static constexpr std::size_t chunk_words = 4096; // 16 KiB
    static constexpr std::size_t slab_chunks = 256;
    static constexpr std::size_t slab_bytes = slab_chunks * chunk_words * sizeof(std::uint32_t); // two huge pages
    struct cursor {
        std::uint32_t* next = nullptr;
        std::uint32_t left = 0;
    };

    void widen(std::uint32_t lanes);
    [[nodiscard]] bool has_value(row_batch const& batch, std::uint32_t lane, std::uint32_t row) const noexcept;
    [[nodiscard]] bool outside_word_where_present(row_batch const& batch, std::uint32_t lane,
                                                  std::span<std::uint32_t const> rows) const noexcept;
    [[nodiscard]] bool is_small(row_batch const& batch) const noexcept;
    template <class Partition, class Put, class Value>
    void append_small(std::span<std::uint32_t const> rows, Partition partition, Put put, Value value);
    void append_small(row_batch const& batch, std::span<std::uint32_t const> rows);
    [[nodiscard]] std::uint32_t needs_of(row_batch const& batch, std::span<std::uint32_t const> rows) noexcept;
    void open_chunk(std::size_t partition);
    bool whole_seconds(std::span<std::uint32_t const> rows, std::int64_t const* time) noexcept;
    void close_all() noexcept;

    row_layout layout_;
    std::uint32_t wide_ = 0;
    std::uint32_t stride_ = 0;
    std::uint32_t chunk_rows_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t key_bits_ = 0;
    std::array<cursor, partition_count> cursors_{};
    std::array<std::vector<row_chunk>, partition_count> chunks_;
    std::vector<std::uint32_t*> slabs_;
    std::size_t slab_used_ = slab_chunks;
    std::vector<std::uint32_t*> destination_;
    std::vector<std::int64_t> seconds_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_SCRATCH_HPP
#define SEGMENTA_RULE_SCRATCH_HPP

// What a rule_scratch holds.

#include "rule/collections.hpp"
#include "rule/operations.hpp"

#include <segmenta/rule/evaluation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Bytes that grow and are never initialised; aligned for any lane.
class buffer {
public:
    // May throw bad_alloc. What was inside is lost when it grows.
    std::byte* room(std::size_t bytes) {
        if (bytes > capacity_) {
            storage_.reset(); // first, so that both are never held at once
            capacity_ = 0;
            storage_ = std::make_unique_for_overwrite<std::uint64_t[]>((bytes + 7) / 8);
            capacity_ = (bytes + 7) / 8 * 8;
        }
        return reinterpret_cast<std::byte*>(storage_.get());
    }
    template <class T>
    T* room_for(std::size_t count) {
        return reinterpret_cast<T*>(room(count * sizeof(T)));
    }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    std::unique_ptr<std::uint64_t[]> storage_;
    std::size_t capacity_ = 0;
};

// A column while computing. Unknown and error rows exclude each other; masks may be null.
struct block_value {
    void const* data = nullptr; // as stated at `lane`; booleans are bytes
    bool constant = false;      // one element for all rows
    bool failed = false;        // all rows are errors (but those unknown by other operands); `data` must not be read
    std::uint64_t const* unknown = nullptr;
    std::uint64_t const* error = nullptr;
};

// A register: a value and the memory it may be in.
struct block_register {
    block_value value;
    buffer data;
    buffer unknown;
    buffer error;
};

// A variable of the block at hand.
struct block_input {
    enum class progress : std::uint8_t { untouched, masks, complete };
    progress done = progress::untouched;
    block_value value;
    column_view column; // of sets and categories
    buffer data;
    buffer unknown;
};

} // namespace detail

struct rule_scratch::state {
    detail::text_arena arena;

    detail::collection_memory collections;

    // rows
    std::vector<std::uint64_t> missing_bits;
    std::vector<std::uint32_t> missing;

    // blocks
    std::vector<detail::block_register> registers;
    detail::block_register spare;
    std::vector<detail::block_input> inputs;
    detail::block_input dictionary; // distinct texts of one category column
    detail::buffer fail;
    detail::buffer skip;
    detail::buffer answer;
    detail::buffer answer_known;
    detail::buffer answer_error;

    void note_missing(std::uint32_t variable);
    void forget_missing() noexcept;
};

} // namespace v0
} // namespace segmenta

#endif

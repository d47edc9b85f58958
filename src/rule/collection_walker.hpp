// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_COLLECTION_WALKER_HPP
#define SEGMENTA_RULE_COLLECTION_WALKER_HPP

// Evaluates the parts of a rule that compute with lists, maps and optional values: a walk over the checked tree for one
// row. The evaluators of rows and of blocks both call it, so that there is one meaning.

#include "rule/code.hpp"
#include "rule/collections.hpp"

#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The memory and the work of one walk.
struct collection_work {
    text_arena& texts;
    slot_arena& slots;
    std::size_t steps = 0;

    // False when the walk has taken too many steps.
    bool spend(std::size_t n) noexcept {
        steps += n;
        return steps <= most_steps;
    }
    [[nodiscard]] bool spent() const noexcept { return steps > most_steps; }
};

// A function of known arguments, none of which is doubtful; `types` are those of the arguments. Not for those that are
// not strict.
slot run_collection(collection_code code, std::span<rule_type const> types, std::span<slot const> arguments,
                    collection_work& work);

// Where a walk reads the variables of its row.
class slot_source {
public:
    // `index` is a place in program_data::variables. A set is put into `room`.
    virtual slot read(std::uint32_t index, text_set& room) = 0;

protected:
    slot_source() = default;
    slot_source(slot_source const&) = default;
    slot_source& operator=(slot_source const&) = default;
    ~slot_source() = default;
};

// The value of a part of the rule, which is no collection. Its text is copied to `answers`; everything else that was
// made is given back. Past most_steps the answer is an error. May throw bad_alloc.
slot walk_collections(program_data const& data, typed_id part, slot_source& row, collection_memory& memory,
                      text_arena& answers);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

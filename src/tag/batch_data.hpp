// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_BATCH_DATA_HPP
#define SEGMENTA_TAG_BATCH_DATA_HPP

// What a rule batch is made of. Everything is a bitmap of the rows of a tile with a number: 0 has none of the rows, 1
// all; then for each attribute those that are present, those that are missing, and for each cut those at or above it;
// then conditions. A set of keys with toggles a < b < c ... is the exclusive or of the bitmaps at a, b, c, because each
// is part of the one before.

#include "tag/batch_kernels.hpp"
#include "tag/compile_rules.hpp"
#include "tag/index_data.hpp"
#include "tag/key_set.hpp"

#include <segmenta/tag/rule_batch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The number behind a key. Those of texts and of elements begin with 0.
inline std::int64_t number_of(reading how, std::uint64_t key) noexcept {
    return how == reading::text || how == reading::elements ? static_cast<std::int64_t>(key) : integer_of(key);
}

struct batch_attribute {
    std::uint32_t variable = 0;
    std::uint32_t group = 0; // of elements
    std::uint32_t first_bitmap = 0;
    type what{};
    reading how = reading::integer;
    bool ranked = false;  // a code is how many keys are not above the value; else the value less `low`, 0 below it
    unsigned width = 1;   // bytes of a code
    std::int64_t low = 0; // one less than the least cut
    std::int64_t high = 0;
    std::vector<std::uint64_t> keys; // of the cuts, ascending
    std::vector<std::int32_t> cuts;  // as codes
    text_codes const* texts = nullptr;
};

struct residual_rule {
    std::uint32_t rule = 0;
    program code;
};

struct rule_batch_data {
    std::size_t rules = 0;
    texts_by_variable texts;
    std::vector<batch_attribute> attributes;
    std::size_t first_condition = 0; // bitmap
    std::size_t made_conditions = 0;
    std::size_t conditions = 0;                // with those that are bitmaps of attributes
    std::vector<std::uint32_t> condition_code; // as stated at batch_kernels
    std::vector<std::uint32_t> rule_code;
    std::vector<residual_rule> residual;
    batch_kernels const* kernels = nullptr;

    [[nodiscard]] std::size_t bitmaps() const noexcept { return first_condition + made_conditions; }
};

std::shared_ptr<rule_batch_data const> make_batch(compiled_rules rules, environment const& names,
                                                  rule_batch_options const& options);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

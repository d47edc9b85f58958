// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_batch.hpp>

#include "tag/batch_data.hpp"
#include "tag/batch_narrow.hpp"
#include "tag/key_set.hpp"

#include <segmenta/rule/evaluation.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct rule_batch_scratch::state {
    detail::aligned_words bitmaps;
    detail::aligned_words codes = detail::aligned_words(detail::tile_rows / 2); // of 32 bits
    detail::aligned_words narrow = detail::aligned_words(detail::tile_rows / 4);
    detail::aligned_words results;
    std::vector<std::vector<std::int32_t>> dictionaries; // by attribute: codes by code of the column's pool
    std::vector<detail::narrow_cuts> cuts; // by attribute; empty where the column is not compared as it lies
    detail::memory_asker asker;
    std::vector<std::uint8_t> whole; // by attribute: its bitmaps say that all rows of a whole tile are there
    detail::aligned_words wide = detail::aligned_words(detail::tile_rows);
    std::vector<narrow_column> given;
    std::vector<column_view> columns;
    std::vector<detail::aligned_words> rooms; // of these
    rule_scratch programs;
};

rule_batch_scratch::rule_batch_scratch() : state_(std::make_unique<state>()) {}
rule_batch_scratch::rule_batch_scratch(rule_batch_scratch&&) noexcept = default;
rule_batch_scratch& rule_batch_scratch::operator=(rule_batch_scratch&&) noexcept = default;
rule_batch_scratch::~rule_batch_scratch() = default;

namespace detail {
namespace {

std::uint64_t first_bits(std::size_t bits) noexcept {
    return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

class batch_run {
public:
    batch_run(rule_batch_data const& data, narrow_block const& rows, std::span<std::uint64_t> counts,
              std::span<bitmap> audiences, rule_batch_scratch::state& scratch)
        : data_(data), rows_(rows), counts_(counts), audiences_(audiences), scratch_(scratch),
          keeps_(!audiences.empty() || !data.residual.empty()) {
        std::size_t const words = data.bitmaps() * tile_words;
        if (scratch.bitmaps.size() < words) scratch.bitmaps = aligned_words(words);
        std::size_t const results = (keeps_ ? data.rules : 1) * tile_words;
        if (scratch.results.size() < results) scratch.results = aligned_words(results);
        if (scratch.dictionaries.size() < data.attributes.size()) scratch.dictionaries.resize(data.attributes.size());
        for (bitmap& audience : audiences)
            if (audience.size() != rows.size) audience.resize(rows.size);
        std::fill_n(bitmap_at(0), tile_words, 0);
        if (scratch.cuts.size() < data.attributes.size()) scratch.cuts.resize(data.attributes.size());
        scratch.whole.assign(data.attributes.size(), 0);
        scratch.asker.clear();
        for (std::size_t a = 0; a < data.attributes.size(); ++a) {
            batch_attribute const& of = data.attributes[a];
            read_dictionary(of, scratch.dictionaries[a]);
            auto const* const column = column_of(of);
            if (column == nullptr || !make_narrow_cuts(of, *column, scratch.dictionaries[a], scratch.cuts[a]))
                scratch.cuts[a].ends.clear();
            else
                ask_for(*column, scratch.cuts[a]);
        }
    }

    void run() {
        for (std::size_t first = 0; first < rows_.size; first += tile_rows)
            run_tile(first, std::min(tile_rows, rows_.size - first));
    }

private:
    [[nodiscard]] std::uint64_t* bitmap_at(std::size_t number) const noexcept {
        return scratch_.bitmaps.data() + number * tile_words;
    }
    [[nodiscard]] std::int32_t* codes() const noexcept {
        return reinterpret_cast<std::int32_t*>(scratch_.codes.data());
    }

    // Null when what reads it is an error.
    [[nodiscard]] narrow_column const* column_of(batch_attribute const& of) const noexcept {
        if (of.variable >= rows_.columns.size()) return nullptr;
        narrow_column const& column = rows_.columns[of.variable];
        type const what = column.column.what;
        bool const fits = (what == of.what || (what.is_text() && of.what.is_text())) && column.is_sound();
        return fits && column.column.size >= rows_.size ? &column : nullptr;
    }

    // The codes of all values there are, where that is less than looking at each row: of texts that are fewer than the
    // rows, and of booleans.
    void read_dictionary(batch_attribute const& of, std::vector<std::int32_t>& codes) const {
        codes.clear();
        narrow_column const* const found = column_of(of);
        if (found == nullptr || of.keys.empty()) return;
        column_view const* const column = &found->column;
        if (column->what.base == kind::boolean)
            codes = {code_of(of, key_of(std::int64_t{0})), code_of(of, key_of(std::int64_t{1}))};
        if (column->what.base == kind::category_set && column->pool != nullptr) {
            for (std::uint32_t i = 0; i < column->pool->size(); ++i)
                codes.push_back(element_bit(of, column->pool->view(i)));
            return;
        }
        if (column->what.base != kind::category || column->pool == nullptr || column->pool->size() > rows_.size) return;
        for (std::uint32_t i = 0; i < column->pool->size(); ++i)
            codes.push_back(code_of(of, of.texts->find(column->pool->view(i))));
    }

    // The bit of an element in its group, which is 0 in other groups.
    static std::int32_t element_bit(batch_attribute const& of, std::string_view text) noexcept {
        std::uint32_t const number = of.texts->find(text);
        bool const here = number < of.texts->size() && number / group_elements == of.group;
        return here ? std::int32_t{1} << number % group_elements : 0;
    }

    static std::int32_t code_of(batch_attribute const& of, std::uint64_t key) noexcept {
        if (of.ranked)
            return static_cast<std::int32_t>(std::upper_bound(of.keys.begin(), of.keys.end(), key) - of.keys.begin());
        std::int64_t const number = number_of(of.how, key);
        return static_cast<std::int32_t>(std::clamp(number, of.low, of.high) - of.low);
    }

    void ask_for(narrow_column const& column, narrow_cuts const& cuts) const {
        std::size_t looks = 0; // that ask
        std::size_t begin = 0;
        for (std::size_t const end : cuts.ends) {
            looks += cuts.form.width > 0 && end > begin ? 1 : 0;
            begin = end;
        }
        scratch_.asker.add(column.column.data, cuts.form.width > 0 ? cuts.form.width * 8 : 1, looks);
    }

    void run_tile(std::size_t first, std::size_t count) {
        scratch_.asker.begin_tile(first);
        std::uint64_t* const all = bitmap_at(1);
        if (first == 0 || count < tile_rows)
            for (std::size_t w = 0; w < tile_words; ++w)
                all[w] = w * 64 < count ? first_bits(count - w * 64) : 0;
        for (std::size_t a = 0; a < data_.attributes.size(); ++a)
            if (!read_whole(a, first, count)) read_attribute(a, first, count);
        data_.kernels->differences(data_.condition_code.data(), data_.made_conditions, bitmap_at(0),
                                   bitmap_at(data_.first_condition));
        data_.kernels->rules(data_.rule_code.data(), data_.rules, bitmap_at(0), all, counts_.data(),
                             scratch_.results.data(), keeps_ ? tile_words : 0);
        for (residual_rule const& of : data_.residual)
            run_program(of, first, count);
        for (std::size_t rule = 0; rule < audiences_.size(); ++rule)
            std::copy_n(scratch_.results.data() + rule * tile_words, bitmap_words(count),
                        audiences_[rule].words().data() + first / 64);
    }

    // A whole tile of a narrow column in which no row can be missing. Whether it was one.
    bool read_whole(std::size_t attribute, std::size_t first, std::size_t count) noexcept {
        batch_attribute const& of = data_.attributes[attribute];
        narrow_cuts const& known = scratch_.cuts[attribute];
        if (known.ends.empty() || known.form.real || count < tile_rows) return false;
        narrow_column const& column = rows_.columns[of.variable];
        if (column.column.valid != nullptr) return false;
        std::uint64_t* const present = bitmap_at(of.first_bitmap);
        if (scratch_.whole[attribute] == 0) {
            std::fill_n(present, tile_words, ~std::uint64_t{0});
            std::fill_n(present + tile_words, tile_words, 0); // missing
            scratch_.whole[attribute] = 1;
        }
        compare_narrow(known, column, first, count, *data_.kernels, scratch_.asker, scratch_.codes.data(), present,
                       present + 2 * tile_words);
        return true;
    }

    void read_attribute(std::size_t attribute, std::size_t first, std::size_t count) {
        batch_attribute const& of = data_.attributes[attribute];
        narrow_cuts const& known = scratch_.cuts[attribute];
        std::uint64_t* const present = bitmap_at(of.first_bitmap);
        std::uint64_t* const missing = bitmap_at(of.first_bitmap + 1);
        narrow_column const* const whole = column_of(of);
        if (whole == nullptr) {
            std::fill_n(present, (2 + of.keys.size()) * tile_words, 0);
            return;
        }
        std::uint64_t const* const all = bitmap_at(1);
        std::uint64_t* const cuts = present + 2 * tile_words;
        bool complete = false;
        if (!known.ends.empty()) {
            find_valid(whole->column, first, count, present);
            compare_narrow(known, *whole, first, count, *data_.kernels, scratch_.asker, scratch_.codes.data(), present,
                           cuts);
            complete = std::equal(present, present + tile_words, all);
        } else {
            column_view const column = widen(*whole, first, count, {scratch_.wide.data(), tile_rows});
            find_present(column, count, present);
            complete = std::equal(present, present + tile_words, all);
            if (!of.keys.empty()) compare_plain(of, column, scratch_.dictionaries[attribute], complete, present);
        }
        for (std::size_t w = 0; w < tile_words; ++w)
            missing[w] = all[w] & ~present[w];
        bool const whole_tile = complete && count == tile_rows;
        for (std::size_t c = 2; !whole_tile && c < of.keys.size() + 2; ++c)
            for (std::size_t w = 0; w < tile_words; ++w)
                present[c * tile_words + w] &= present[w];
    }

    void compare_plain(batch_attribute const& of, column_view const& column, std::span<std::int32_t const> dictionary,
                       bool complete, std::uint64_t* present) const noexcept {
        if (!read_bytes(of, column, dictionary, complete)) {
            read_codes(of, column, present, dictionary);
            narrow(of);
        }
        compare(of, present + 2 * tile_words);
    }

    void find_valid(column_view const& column, std::size_t first, std::size_t count,
                    std::uint64_t* present) const noexcept {
        std::copy_n(bitmap_at(1), tile_words, present);
        for (std::size_t w = 0; column.valid != nullptr && w < bitmap_words(count); ++w)
            present[w] &= column.valid[first / 64 + w];
    }

    void find_present(column_view const& column, std::size_t count, std::uint64_t* present) const noexcept {
        find_valid(column, 0, count, present);
        if (column.what.base != kind::float64) return;
        auto const* const v = static_cast<double const*>(column.data);
        for (std::size_t i = 0; i < count; ++i) // NaN is missing
            if (v[i] != v[i]) present[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    }

    // The usual ways to codes of one byte. Whether there was one.
    bool read_bytes(batch_attribute const& of, column_view const& column, std::span<std::int32_t const> dictionary,
                    bool complete) const noexcept {
        if (of.width != 1 || of.ranked) return false;
        auto* const out = reinterpret_cast<std::uint8_t*>(scratch_.narrow.data());
        kind const base = column.what.base;
        bool const of_few = (base == kind::category || base == kind::boolean) && !dictionary.empty();
        if (of_few && complete) { // where rows are missing there may be any code
            if (base == kind::category)
                look_up(static_cast<std::uint32_t const*>(column.data), column.size, dictionary, out);
            else
                data_.kernels->look_up_flags(static_cast<std::uint8_t const*>(column.data), column.size,
                                             static_cast<std::uint8_t>(dictionary[1]),
                                             static_cast<std::uint8_t>(dictionary[0]), out);
            return true;
        }
        if (element_size(base) != sizeof(std::int64_t)) return false;
        data_.kernels->clamp_long_to_bytes(static_cast<std::int64_t const*>(column.data), column.size, of.low, of.high,
                                           out);
        return true;
    }

    void look_up(std::uint32_t const* codes, std::size_t rows, std::span<std::int32_t const> dictionary,
                 std::uint8_t* out) const noexcept {
        std::array<std::uint8_t, largest_table> table;
        if (dictionary.size() <= table.size()) {
            for (std::size_t i = 0; i < dictionary.size(); ++i)
                table[i] = static_cast<std::uint8_t>(dictionary[i]);
            std::size_t const whole = (dictionary.size() + 15) / 16 * 16;
            std::fill(table.begin() + static_cast<std::ptrdiff_t>(dictionary.size()),
                      table.begin() + static_cast<std::ptrdiff_t>(whole), std::uint8_t{0});
            return data_.kernels->look_up_codes(codes, rows, {table.data(), whole}, out);
        }
        for (std::size_t i = 0; i < rows; ++i)
            out[i] = static_cast<std::uint8_t>(dictionary[codes[i]]);
    }

    void read_codes(batch_attribute const& of, column_view const& column, std::uint64_t const* present,
                    std::span<std::int32_t const> dictionary) const noexcept {
        std::int32_t* const out = codes();
        std::size_t const rows = column.size;
        auto const each = [&](auto&& key_of_row) noexcept {
            for (std::size_t i = 0; i < rows; ++i)
                if ((present[i / 64] >> (i % 64) & 1U) != 0) out[i] = code_of(of, key_of_row(i));
        };
        switch (column.what.base) {
        case kind::boolean:
            return each([&](std::size_t i) { return key_of(std::int64_t{column.as<std::uint8_t>()[i] != 0}); });
        case kind::float64: return each([&](std::size_t i) { return key_of(column.as<double>()[i]); });
        case kind::date:
            if (of.ranked)
                return each([&](std::size_t i) { return key_of(std::int64_t{column.as<std::int32_t>()[i]}); });
            return data_.kernels->clamp_int(static_cast<std::int32_t const*>(column.data), rows,
                                            static_cast<std::int32_t>(of.low), static_cast<std::int32_t>(of.high), out);
        case kind::string:
        case kind::category: return read_texts(of, column, present, dictionary);
        case kind::category_set: return read_sets(of, column, present, dictionary);
        default: break;
        }
        if (of.ranked) return each([&](std::size_t i) { return key_of(column.as<std::int64_t>()[i]); });
        data_.kernels->clamp_long(static_cast<std::int64_t const*>(column.data), rows, of.low, of.high, out);
    }

    void read_texts(batch_attribute const& of, column_view const& column, std::uint64_t const* present,
                    std::span<std::int32_t const> dictionary) const noexcept {
        std::int32_t* const out = codes();
        for (std::size_t i = 0; i < column.size; ++i) {
            if ((present[i / 64] >> (i % 64) & 1U) == 0) continue;
            out[i] = dictionary.empty() ? code_of(of, of.texts->find(column.text(i)))
                                        : dictionary[column.as<std::uint32_t>()[i]];
        }
    }

    void read_sets(batch_attribute const& of, column_view const& column, std::uint64_t const* present,
                   std::span<std::int32_t const> dictionary) const noexcept {
        std::int32_t* const out = codes();
        for (std::size_t i = 0; i < column.size; ++i) {
            if ((present[i / 64] >> (i % 64) & 1U) == 0) continue;
            std::int32_t bits = 0;
            for (std::uint32_t const code : column.codes(i))
                bits |= dictionary[code];
            out[i] = code_of(of, static_cast<std::uint64_t>(bits));
        }
    }

    void narrow(batch_attribute const& of) const noexcept {
        auto* const out = scratch_.narrow.data();
        if (of.width == 1) data_.kernels->shrink_to_bytes(codes(), reinterpret_cast<std::uint8_t*>(out));
        if (of.width == 2) data_.kernels->shrink_to_shorts(codes(), reinterpret_cast<std::int16_t*>(out));
    }

    void compare(batch_attribute const& of, std::uint64_t* out) const noexcept {
        batch_kernels const& kernels = *data_.kernels;
        auto const* const narrow = scratch_.narrow.data();
        switch (of.width) {
        case 1:
            return kernels.at_least_bytes(reinterpret_cast<std::uint8_t const*>(narrow), of.cuts.data(), of.cuts.size(),
                                          out);
        case 2:
            return kernels.at_least_shorts(reinterpret_cast<std::int16_t const*>(narrow), of.cuts.data(),
                                           of.cuts.size(), out);
        default: return kernels.at_least_ints(codes(), of.cuts.data(), of.cuts.size(), out);
        }
    }

    void run_program(residual_rule const& of, std::size_t first, std::size_t count) {
        std::uint64_t* const result = scratch_.results.data() + of.rule * tile_words;
        std::size_t const candidates = count_words({result, tile_words});
        if (candidates == 0) return;
        scratch_.columns.assign(rows_.columns.size(), column_view{});
        if (scratch_.rooms.size() < rows_.columns.size()) scratch_.rooms.resize(rows_.columns.size());
        for (std::uint32_t const variable : of.code.required_variables()) {
            if (variable >= rows_.columns.size()) continue;
            narrow_column const& column = rows_.columns[variable];
            if (column.column.size < rows_.size || !column.is_sound()) continue;
            auto& room = scratch_.rooms[variable];
            if (column.stored != storage::plain && room.size() < tile_rows) room = aligned_words(tile_rows);
            scratch_.columns[variable] = widen(column, first, count, {room.data(), room.size()});
        }
        auto const answer = of.code.evaluate(block{count, scratch_.columns}, scratch_.programs);
        for_each_set({result, tile_words}, [&](std::size_t row) {
            if (!answer.is_true(row)) result[row / 64] &= ~(std::uint64_t{1} << (row % 64));
        });
        counts_[of.rule] -= candidates - count_words({result, tile_words});
    }

    rule_batch_data const& data_;
    narrow_block const& rows_;
    std::span<std::uint64_t> counts_;
    std::span<bitmap> audiences_;
    rule_batch_scratch::state& scratch_;
    bool keeps_; // results of all rules
};

} // namespace
} // namespace detail

std::size_t rule_batch::size() const noexcept { return data_->rules; }
std::size_t rule_batch::residual_rules() const noexcept { return data_->residual.size(); }
std::size_t rule_batch::conditions() const noexcept { return data_->conditions; }

void rule_batch::count(block const& rows, std::span<std::uint64_t> counts, rule_batch_scratch& scratch) const {
    find(rows, counts, {}, scratch);
}

void rule_batch::count(narrow_block const& rows, std::span<std::uint64_t> counts, rule_batch_scratch& scratch) const {
    find(rows, counts, {}, scratch);
}

void rule_batch::find(block const& rows, std::span<std::uint64_t> counts, std::span<bitmap> audiences,
                      rule_batch_scratch& scratch) const {
    auto& given = scratch.inner().given;
    given.assign(rows.columns.begin(), rows.columns.end());
    find(narrow_block{rows.size, given}, counts, audiences, scratch);
}

void rule_batch::find(narrow_block const& rows, std::span<std::uint64_t> counts, std::span<bitmap> audiences,
                      rule_batch_scratch& scratch) const {
    detail::batch_run(*data_, rows, counts, audiences, scratch.inner()).run();
}

std::optional<rule_batch> build_rule_batch(std::span<expression const> rules, environment const& names,
                                           issue_list& issues, std::string_view place,
                                           rule_batch_options const& options) {
    auto made = detail::compile_rules(rules, names, issues, place, 1, 1);
    if (!made) return std::nullopt;
    return rule_batch(detail::make_batch(*std::move(made), names, options));
}

rule_batch build_rule_batch(std::span<expression const> rules, environment const& names,
                            rule_batch_options const& options) {
    issue_list issues;
    auto made = build_rule_batch(rules, names, issues, "rules", options);
    issues.throw_if_errors();
    return *std::move(made);
}

} // namespace v0
} // namespace segmenta

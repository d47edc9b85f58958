// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/half_width.hpp>
#include <segmenta/base/text.hpp>

#include "io/block_builder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string_view text_of(field_list const& fields, std::size_t row) noexcept {
    std::uint32_t const* const bounds = fields.bounds + row * fields.stride;
    std::uint32_t const begin = bounds[0] + fields.start_bias;
    std::uint32_t const end = bounds[1] - fields.end_bias;
    if (static_cast<std::int32_t>(end - begin) <= 0) return {};
    std::uint32_t const quoted = fields.quote != '\0' && fields.text[begin] == fields.quote ? 1 : 0;
    return {fields.text + begin + quoted, end - begin - 2 * quoted};
}

constexpr std::uint64_t low_bits(std::size_t count) noexcept {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

struct short_key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

short_key key_of(std::string_view text) noexcept {
    short_key key;
    std::memcpy(&key.low, text.data(), std::min<std::size_t>(text.size(), 8));
    if (text.size() > 8) std::memcpy(&key.high, text.data() + 8, text.size() - 8);
    return key;
}

std::vector<std::string> joined(std::vector<std::string> a, std::vector<std::string> const& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

constexpr std::size_t smallest_table = 64;
constexpr std::size_t largest_table = 1 << 14;
// Tables of so few strings are tried with several seeds, until each string is where it is looked for first.
constexpr std::size_t few_strings = 96;
constexpr int most_seeds = 64;

} // namespace

// --- short_string_table ---------------------------------------------------------------------------------------------

short_string_table::short_string_table() : slots_(smallest_table) {}

bool short_string_table::place(short_string_slot const& entry) noexcept {
    auto const mask = static_cast<std::uint32_t>(slots_.size() - 1);
    std::uint32_t at = short_string_home(entry.low, entry.high, seed_, mask);
    bool const home = slots_[at].size == 0;
    while (slots_[at].size != 0)
        at = (at + 1) & mask;
    slots_[at] = entry;
    return home;
}

bool short_string_table::place_all(std::vector<short_string_slot> const& entries) {
    std::fill(slots_.begin(), slots_.end(), short_string_slot{});
    bool all_home = true;
    for (short_string_slot const& entry : entries)
        if (entry.size != 0) all_home &= place(entry);
    return all_home;
}

void short_string_table::insert(std::string_view text, std::uint32_t code) {
    bool const grows = (used_ + 1) * 8 > slots_.size();
    if (grows && slots_.size() == largest_table) return; // the string pool still knows it
    ++used_;
    short_key const key = key_of(text);
    std::vector<short_string_slot> old = slots_;
    if (grows) {
        slots_.resize(old.size() * 2);
        place_all(old);
    }
    if (place({key.low, key.high, static_cast<std::uint32_t>(text.size()), code}) || used_ > few_strings) return;
    old = slots_;
    for (int tried = 0; tried < most_seeds; ++tried) {
        seed_ = seed_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        if (place_all(old)) return;
    }
}

// --- column_builder: what is known before the first row
// ----------------------------------------------------------------

column_builder::column_builder(wanted_column const& wanted, std::vector<std::string> const& file_missing)
    : wanted_(&wanted), missing_(joined(wanted.missing, file_missing)), true_words_(wanted.true_words),
      false_words_(wanted.false_words) {
    if (wanted.what.base == kind::category) pool_ = std::make_unique<string_pool>();
    find_time_kernel();
    learn_words();
    learn_missing_values();
}

void column_builder::find_time_kernel() {
    std::string const& format = wanted_->format.text();
    if (wanted_->what.base == kind::date) {
        if (format == "iso" || format == "YYYY-MM-DD") time_kernel_ = time_kernel::fixed_separator;
        return;
    }
    if (wanted_->what.base != kind::instant) return;
    if (wanted_->where.is_fixed()) offset_ = wanted_->where.offset_microseconds_at(instant{});
    if (format == "iso") {
        time_kernel_ = time_kernel::any_separator;
    } else if (format == "YYYY-MM-DD HH:MM:SS" || format == "YYYY-MM-DDTHH:MM:SS") {
        time_kernel_ = time_kernel::fixed_separator;
        separator_ = format[10];
    }
}

void column_builder::learn_words() {
    if (wanted_->what.base != kind::boolean) return;
    auto const learn = [&](word_set const& words, std::uint32_t code) {
        for (std::string const& word : words.words())
            if (!word.empty() && word.size() <= longest_short_string && !missing_.contains(word))
                short_strings_.insert(word, code);
    };
    learn(true_words_, 1);
    learn(false_words_, 0);
}

// A spelling such as -999 would be read as a number by the kernels.
void column_builder::learn_missing_values() {
    for (std::string const& word : missing_.words()) {
        std::int64_t integer = 0;
        double real = 0;
        switch (wanted_->what.base) {
        case kind::int64:
            if (read_int64(word, integer) == read_error::none) missing_integers_.push_back(integer);
            break;
        case kind::decimal:
            if (read_decimal(word, wanted_->what.scale, integer) == read_error::none)
                missing_integers_.push_back(integer);
            break;
        case kind::float64:
            if (read_float64(word, real) == read_error::none) missing_reals_.push_back(real);
            break;
        case kind::instant:
            if (auto const when = wanted_->format.parse(word, wanted_->where))
                missing_integers_.push_back(when->microseconds());
            break;
        case kind::date:
            if (auto const day = wanted_->format.parse_date(word, wanted_->where))
                missing_integers_.push_back(day->days_since_epoch());
            break;
        default: break;
        }
    }
}

// --- rows -----------------------------------------------------------------------------------------------------------

void column_builder::clear() noexcept {
    rows_ = 0;
    some_missing_ = false;
    folded_.clear();
}

void column_builder::reserve(std::size_t rows) {
    if (rows <= capacity_) return;
    std::size_t const grown = std::max<std::size_t>({rows, capacity_ + capacity_ / 2, 1024});
    std::size_t const element = element_size(wanted_->what.base);
    std::unique_ptr<std::byte[]> larger(new std::byte[grown * element]); // not cleared: all rows are written
    if (rows_ > 0) std::memcpy(larger.get(), data_.get(), rows_ * element);
    valid_.resize(grown / 64 + 2);
    data_ = std::move(larger);
    capacity_ = grown;
}

// What is missing is the same on every machine, too.
void column_builder::clear_element(std::size_t row) noexcept {
    std::size_t const element = element_size(wanted_->what.base);
    std::byte* const at = data_.get() + row * element;
    switch (element) { // a size known here needs no call
    case 4: std::memset(at, 0, 4); return;
    case 8: std::memset(at, 0, 8); return;
    case 16: std::memset(at, 0, 16); return;
    default: std::memset(at, 0, element);
    }
}

column_view column_builder::view() const noexcept {
    column_view out;
    out.what = wanted_->what;
    out.size = rows_;
    out.data = data_.get();
    out.valid = some_missing_ ? valid_.data() : nullptr;
    out.pool = pool_.get();
    return out;
}

void column_builder::append_valid(std::uint64_t bits, std::size_t count) {
    std::size_t const shift = rows_ % 64;
    std::uint64_t* const word = valid_.data() + rows_ / 64;
    if (shift == 0) {
        word[0] = bits;
    } else {
        word[0] |= bits << shift; // bits past rows_ are 0 by now
        word[1] = bits >> (64 - shift);
    }
    if (bits != low_bits(count)) some_missing_ = true;
    rows_ += count;
}

std::size_t column_builder::append(field_list const& fields, csv_kernels const& kernels, bool ascii,
                                   std::uint32_t column, std::vector<bad_field>& bad) {
    std::size_t const first_row = rows_;
    std::size_t one_by_one = 0;
    reserve(rows_ + fields.rows);
    ok_.resize(bitmap_words(fields.rows));
    convert_fast(fields, kernels, ascii);
    for (std::size_t begin = 0; begin < fields.rows; begin += 64) {
        std::size_t const count = std::min<std::size_t>(64, fields.rows - begin);
        std::uint64_t ok = ok_[begin / 64];
        for (std::uint64_t declined = ~ok & low_bits(count); declined != 0; declined &= declined - 1) {
            auto const bit = static_cast<std::size_t>(std::countr_zero(declined));
            std::string_view const text = text_of(fields, begin + bit);
            bool missing = false;
            read_error const error = convert(text, first_row + begin + bit, ascii, missing);
            if (error == read_error::none && !missing) {
                ++one_by_one;
                ok |= std::uint64_t{1} << bit;
                continue;
            }
            clear_element(first_row + begin + bit);
            if (error != read_error::none)
                bad.push_back({static_cast<std::uint32_t>(first_row + begin + bit), column, error, 0, text});
        }
        append_valid(ok, count);
    }
    return one_by_one;
}

read_error column_builder::append_text(std::string_view text) {
    reserve(rows_ + 1);
    bool missing = false;
    read_error const error = convert(text, rows_, false, missing);
    bool const good = error == read_error::none && !missing;
    if (!good) clear_element(rows_);
    append_valid(good ? 1 : 0, 1);
    return error;
}

void column_builder::append_missing() {
    reserve(rows_ + 1);
    clear_element(rows_);
    append_valid(0, 1);
}

void column_builder::append_bool(bool value) {
    reserve(rows_ + 1);
    data<std::uint8_t>()[rows_] = value ? 1 : 0;
    append_valid(1, 1);
}

// --- many fields at once --------------------------------------------------------------------------------------------

void column_builder::convert_fast(field_list const& fields, csv_kernels const& kernels, bool ascii) {
    std::uint64_t* const ok = ok_.data();
    switch (wanted_->what.base) {
    case kind::int64: kernels.int64(fields, data<std::int64_t>() + rows_, ok); break;
    case kind::decimal: kernels.decimal(fields, wanted_->what.scale, data<std::int64_t>() + rows_, ok); break;
    case kind::float64: kernels.float64(fields, data<double>() + rows_, ok); break;
    case kind::category: kernels.category(fields, short_strings_.view(), data<std::uint32_t>() + rows_, ok); break;
    case kind::boolean: convert_booleans(fields, kernels); break;
    case kind::instant:
    case kind::date: convert_times(fields, kernels); break;
    case kind::string: convert_strings(fields, ascii); break;
    default: std::fill(ok_.begin(), ok_.end(), 0); break;
    }
    decline_missing_values(fields.rows);
}

void column_builder::convert_times(field_list const& fields, csv_kernels const& kernels) {
    if (time_kernel_ == time_kernel::none) {
        std::fill(ok_.begin(), ok_.end(), 0);
        return;
    }
    if (wanted_->what.base == kind::date) {
        kernels.date(fields, data<std::int32_t>() + rows_, ok_.data());
        return;
    }
    if (time_kernel_ == time_kernel::any_separator && fields.rows > 0) {
        std::string_view const first = text_of(fields, 0); // most often they are all alike
        if (first.size() > 10 && (first[10] == 'T' || first[10] == ' ')) separator_ = first[10];
    }
    kernels.instant(fields, separator_, offset_, data<std::int64_t>() + rows_, ok_.data());
    if (!wanted_->where.is_fixed()) to_instants(fields.rows);
}

// The kernel has read local times as if they were UTC.
void column_builder::to_instants(std::size_t count) {
    std::int64_t* const values = data<std::int64_t>() + rows_;
    for (std::size_t i = 0; i < count; ++i) {
        if ((ok_[i / 64] >> (i % 64) & 1) == 0) continue;
        std::int64_t const day = floor_divide(values[i], microseconds_per_day);
        civil_time const local{civil_date{static_cast<std::int32_t>(day)}, values[i] - day * microseconds_per_day};
        values[i] = wanted_->where.to_instant(local).microseconds();
    }
}

void column_builder::convert_strings(field_list const& fields, bool ascii) {
    auto* const values = data<std::string_view>() + rows_;
    bool const check = !ascii || !missing_.words().empty();
    bool const fold = !ascii && wanted_->half_width;
    for (std::size_t begin = 0; begin < fields.rows; begin += 64) {
        std::size_t const count = std::min<std::size_t>(64, fields.rows - begin);
        std::uint64_t ok = 0;
        for (std::size_t i = 0; i < count; ++i) {
            std::string_view const text = text_of(fields, begin + i);
            values[begin + i] = text;
            bool good = !text.empty();
            if (check) good = good && !missing_.contains(text) && (ascii || is_valid_utf8(text));
            if (fold) good = good && !has_full_width(text); // those one by one
            ok |= std::uint64_t{good} << i;
        }
        ok_[begin / 64] = ok;
    }
}

void column_builder::convert_booleans(field_list const& fields, csv_kernels const& kernels) {
    codes_.resize(fields.rows);
    kernels.category(fields, short_strings_.view(), codes_.data(), ok_.data());
    std::uint8_t* const values = data<std::uint8_t>() + rows_;
    for (std::size_t i = 0; i < fields.rows; ++i)
        values[i] = static_cast<std::uint8_t>(codes_[i] & 1);
}

template <class T, class Missing>
static void decline(T const* values, std::size_t count, std::vector<Missing> const& missing, std::uint64_t* ok) {
    for (std::size_t i = 0; i < count; ++i)
        for (Missing const m : missing)
            if (!(values[i] != static_cast<T>(m))) ok[i / 64] &= ~(std::uint64_t{1} << (i % 64));
}

void column_builder::decline_missing_values(std::size_t count) {
    if (!missing_reals_.empty()) decline(data<double>() + rows_, count, missing_reals_, ok_.data());
    if (missing_integers_.empty()) return;
    if (wanted_->what.base == kind::date)
        decline(data<std::int32_t>() + rows_, count, missing_integers_, ok_.data());
    else
        decline(data<std::int64_t>() + rows_, count, missing_integers_, ok_.data());
}

// --- one field, exactly ---------------------------------------------------------------------------------------------

read_error column_builder::convert(std::string_view text, std::size_t row, bool ascii, bool& missing) {
    if (wanted_->half_width && !ascii && has_full_width(text)) {
        text = folded(text);
        if (!wanted_->what.is_text()) text = trim(text);
    }
    if (text.empty() || missing_.contains(text)) {
        missing = true;
        return read_error::none;
    }
    read_error const error = convert_plain(text, row, ascii);
    bool const number = error == read_error::not_an_integer || error == read_error::not_a_number;
    return number && wanted_->units ? convert_quantity(text, row) : error;
}

std::string_view column_builder::folded(std::string_view text) { return folded_.emplace_back(v0::half_width(text)); }

read_error column_builder::convert_quantity(std::string_view text, std::size_t row) {
    bool const real = wanted_->what.base == kind::float64;
    bool const whole = wanted_->what.base == kind::int64;
    unsigned const scale = wanted_->what.base == kind::decimal ? wanted_->what.scale : 0;
    auto const error = real ? read_quantity(text, *wanted_->units, data<double>()[row])
                            : read_quantity(text, *wanted_->units, scale, data<std::int64_t>()[row]);
    switch (error) {
    case quantity_error::none: return read_error::none;
    case quantity_error::unknown_unit: return read_error::unknown_unit;
    case quantity_error::out_of_range: return read_error::out_of_range;
    case quantity_error::too_many_decimals: return whole ? read_error::not_an_integer : read_error::too_many_decimals;
    case quantity_error::not_a_number: break;
    }
    return whole ? read_error::not_an_integer : read_error::not_a_number;
}

read_error column_builder::convert_plain(std::string_view text, std::size_t row, bool ascii) {
    switch (wanted_->what.base) {
    case kind::int64: return read_int64(text, data<std::int64_t>()[row]);
    case kind::decimal: return read_decimal(text, wanted_->what.scale, data<std::int64_t>()[row]);
    case kind::float64: return read_float64(text, data<double>()[row]);
    case kind::category: return convert_category(text, row, ascii);
    case kind::instant:
    case kind::date: return convert_time(text, row);
    case kind::boolean: {
        bool const yes = true_words_.contains(text);
        if (!yes && !false_words_.contains(text)) return read_error::not_a_boolean;
        data<std::uint8_t>()[row] = yes ? 1 : 0;
        return read_error::none;
    }
    default:
        if (!ascii && !is_valid_utf8(text)) return read_error::bad_encoding;
        data<std::string_view>()[row] = text;
        return read_error::none;
    }
}

read_error column_builder::convert_time(std::string_view text, std::size_t row) {
    bool const is_date = wanted_->what.base == kind::date;
    if (text != last_time_) { // rows of one order say the same time
        if (is_date) {
            auto const day = wanted_->format.parse_date(text, wanted_->where);
            if (!day) return read_error::not_a_date;
            last_time_value_ = day->days_since_epoch();
        } else {
            auto const when = wanted_->format.parse(text, wanted_->where);
            if (!when) return read_error::not_a_time;
            last_time_value_ = when->microseconds();
        }
        last_time_ = text;
    }
    if (is_date)
        data<std::int32_t>()[row] = static_cast<std::int32_t>(last_time_value_);
    else
        data<std::int64_t>()[row] = last_time_value_;
    return read_error::none;
}

read_error column_builder::convert_category(std::string_view text, std::size_t row, bool ascii) {
    std::uint32_t code = pool_->find(text);
    if (code == string_pool::none) {
        if (!ascii && !is_valid_utf8(text)) return read_error::bad_encoding;
        code = pool_->intern(text);
        if (text.size() <= longest_short_string) short_strings_.insert(text, code);
    }
    data<std::uint32_t>()[row] = code;
    return read_error::none;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

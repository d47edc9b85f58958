// SPDX-License-Identifier: Apache-2.0
#include "ingest/row_judge.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::uint16_t reason_log::number(std::string_view reason) {
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (names_[i] == reason) return static_cast<std::uint16_t>(i);
    names_.emplace_back(reason);
    counts_.push_back(0);
    firsts_.emplace_back();
    return static_cast<std::uint16_t>(names_.size() - 1);
}

bool reason_log::is_first(std::uint16_t reason, std::size_t file, std::uint64_t line) const noexcept {
    return std::tie(file, line) < std::tie(firsts_[reason].file, firsts_[reason].line);
}

void reason_log::set_first(std::uint16_t reason, std::size_t file, std::uint64_t line, row_example example) {
    firsts_[reason] = {file, line, std::move(example)};
}

void reason_log::merge(reason_log const& other) {
    for (std::size_t i = 0; i < other.names_.size(); ++i) {
        auto const to = number(other.names_[i]);
        add(to, other.counts_[i]);
        first_row const& theirs = other.firsts_[i];
        if (is_first(to, theirs.file, theirs.line)) firsts_[to] = theirs;
    }
}

std::vector<reason_count> reason_log::entries() const {
    std::vector<reason_count> out;
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (counts_[i] > 0) out.push_back({names_[i], counts_[i], firsts_[i].example});
    std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.reason < b.reason; });
    return out;
}

ordered_quarantine::ordered_quarantine(std::filesystem::path const& file)
    : file_(file.empty() ? quarantine() : quarantine(file)) {}

void ordered_quarantine::begin_file() {
    std::lock_guard const lock(guard_);
    next_ = 0;
}

void ordered_quarantine::add(std::uint64_t sequence, std::vector<row> rows) {
    std::lock_guard const lock(guard_);
    if (sequence != next_) {
        waiting_.emplace(sequence, std::move(rows));
        return;
    }
    write(rows);
    ++next_;
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_; first = waiting_.begin()) {
        write(first->second);
        waiting_.erase(first);
        ++next_;
    }
}

void ordered_quarantine::write(std::vector<row> const& rows) {
    for (auto const& r : rows)
        file_.add({r.source, r.line, r.reason, r.message, r.record});
}

row_judge::row_judge(source_program const& what, instant as_of)
    : what_(what), latest_(bounds_at_end(what, as_of)),
      first_year_begins_(what.where.start_of_day(civil_date::of(1, 1, 1)).microseconds()),
      last_year_ends_(what.where.start_of_day(civil_date::of(9999, 12, 31)).microseconds() + microseconds_per_day - 1) {
    missing_id_ = log_.number("missing:" + what.definition->customer);
    missing_time_ =
        what.definition->kind == source_kind::history ? log_.number("missing:" + what.definition->time) : missing_id_;
    missing_other_ = log_.number("missing:" + what.definition->same_as);
    bad_id_ = log_.number("bad_id:" + what.definition->customer);
    bad_other_ = log_.number("bad_id:" + what.definition->same_as);
    bad_time_ = log_.number("out_of_range:" + what.definition->time);
    future_ = log_.number("future");
    for (auto const field : what.ranged)
        range_reasons_.push_back(log_.number("out_of_range:" + what.definition->fields[field].name));
    for (auto const& condition : what.reject) {
        reject_reasons_.push_back(log_.number(condition.reason));
        unknown_reasons_.push_back(log_.number("unknown:" + condition.reason));
        error_reasons_.push_back(log_.number("error:" + condition.reason));
    }
    for (std::size_t d = 0; d < what.derive.size(); ++d)
        derive_errors_.push_back(log_.number("error:" + std::string(what.names.name(what.fields() + d))));
    for (std::size_t i = 0; i < what.derive.size() + what.reject.size(); ++i)
        scratch_.emplace_back();
}

std::int64_t row_judge::bounds_at_end(source_program const& what, instant as_of) noexcept {
    return as_of.microseconds() - (what.dates_only ? 1 : 0);
}

void row_judge::judge_missing(std::size_t column, std::uint16_t reason) {
    column_view const& view = out_.columns[column];
    if (view.valid == nullptr) return;
    for (std::size_t row = 0; row < verdicts_.size(); ++row)
        if (!view.is_present(row)) reject(row, reason);
}

void row_judge::judge_ids(std::size_t file) {
    column_view const& view = out_.columns[what_.id];
    if (view.what.base == kind::category) return judge_codes(view, file);
    if (view.what.base != kind::string) return;
    auto const ids = view.as<std::string_view>();
    for (std::size_t row = 0; row < verdicts_.size(); ++row)
        if (view.is_present(row) && is_bad_id(ids[row])) reject(row, bad_id_);
}

/// The other id of links.
void row_judge::judge_pairs() {
    judge_missing(what_.same_as, missing_other_);
    column_view const& view = out_.columns[what_.same_as];
    for (std::size_t row = 0; row < verdicts_.size() && view.what.is_text(); ++row)
        if (view.is_present(row) && is_bad_id(view.text(row))) reject(row, bad_other_);
}

void row_judge::judge_codes(column_view const& ids, std::size_t file) {
    if (judged_pool_ != ids.pool || judged_file_ != file) { // each file has its readers and their pools
        bad_codes_.clear();
        any_bad_code_ = false;
    }
    judged_pool_ = ids.pool;
    judged_file_ = file;
    while (bad_codes_.size() < ids.pool->size()) { // each text once, not each row
        bool const bad = is_bad_id(ids.pool->view(static_cast<std::uint32_t>(bad_codes_.size())));
        bad_codes_.push_back(bad ? 1 : 0);
        any_bad_code_ = any_bad_code_ || bad;
    }
    if (!any_bad_code_) return;
    auto const codes = ids.as<std::uint32_t>();
    for (std::size_t row = 0; row < verdicts_.size(); ++row)
        if (ids.is_present(row) && bad_codes_[codes[row]] != 0) reject(row, bad_id_);
}

namespace {

template <class T, class Bound>
void outside(column_view const& view, std::optional<value> const& low, std::optional<value> const& high, Bound bound,
             std::vector<std::uint32_t>& rows) {
    auto const data = view.as<T>();
    for (std::size_t row = 0; row < data.size(); ++row) {
        if (!view.is_present(row)) continue;
        if ((low && data[row] < bound(*low)) || (high && data[row] > bound(*high)))
            rows.push_back(static_cast<std::uint32_t>(row));
    }
}

} // namespace

void row_judge::judge_range(std::size_t index) {
    std::size_t const column = what_.ranged[index];
    field_definition const& field = what_.definition->fields[column];
    column_view const& view = out_.columns[column];
    std::vector<std::uint32_t> rows;
    switch (view.what.base) {
    case kind::float64:
        outside<double>(view, field.minimum, field.maximum, [](value const& v) { return v.as_double(); }, rows);
        break;
    case kind::date:
        outside<std::int32_t>(
            view, field.minimum, field.maximum, [](value const& v) { return v.as_date().days_since_epoch(); }, rows);
        break;
    default:
        outside<std::int64_t>(view, field.minimum, field.maximum, [](value const& v) { return v.as_units(); }, rows);
    }
    for (auto const row : rows)
        reject(row, range_reasons_[index]);
}

void row_judge::judge_condition(std::size_t index) {
    block const rows{verdicts_.size(), out_.columns};
    auto const answers = what_.reject[index].test.evaluate(rows, scratch_[what_.derive.size() + index]);
    auto const* const truth = static_cast<std::uint8_t const*>(answers.values.data);
    if (answers.values.valid == nullptr) { // nothing unknown: the usual block
        for (std::size_t row = 0; row < rows.size; ++row)
            if (truth[row] != 0) reject(row, reject_reasons_[index]);
        return;
    }
    for (std::size_t row = 0; row < rows.size; ++row) {
        if (answers.is_true(row)) {
            reject(row, reject_reasons_[index]);
        } else if (!answers.values.is_present(row)) {
            reject(row, answers.state(row) == status::error ? error_reasons_[index] : unknown_reasons_[index]);
        }
    }
}

void row_judge::judge_times() {
    column_view const& view = out_.columns[what_.time];
    if (what_.dates_only) {
        auto const days = view.as<std::int32_t>();
        day_starts_.resize(days.size());
        for (std::size_t row = 0; row < days.size(); ++row)
            day_starts_[row] =
                view.is_present(row) ? what_.where.start_of_day(civil_date{days[row]}).microseconds() : 0;
        times_ = day_starts_.data();
    } else {
        times_ = view.as<std::int64_t>().data();
    }
    std::int64_t const last = std::min(latest_, last_year_ends_);
    for (std::size_t row = 0; row < verdicts_.size(); ++row) {
        std::int64_t const time = times_[row];
        if (time <= last && time >= first_year_begins_) continue;
        reject(row, time < first_year_begins_ || time > last_year_ends_ ? bad_time_ : future_);
    }
}

void row_judge::remember_future(std::size_t row) {
    column_view const& ids = out_.columns[what_.id];
    if (ids.what.is_text())
        future_ids_.add(ids.text(row));
    else
        future_ids_.add(ids.as<std::int64_t>()[row]);
}

/// Of reasons that the row alone does not explain.
std::string row_judge::message_of(std::uint16_t reason, std::size_t row) const {
    if (reason == bad_id_ || reason == bad_other_)
        return "the id " + v0::quoted(out_.columns[reason == bad_id_ ? what_.id : what_.same_as].text(row)) +
               " is blank or has a NUL byte";
    if (what_.definition->kind == source_kind::history && reason == bad_time_ &&
        (times_[row] < first_year_begins_ || times_[row] > last_year_ends_))
        return what_.definition->time + " lies outside the years 0001 to 9999";
    return {};
}

void row_judge::judge_derived() {
    for (std::size_t d = 0; d < derived_.size(); ++d) {
        if (derived_[d].error == nullptr) continue;
        for (std::size_t row = 0; row < verdicts_.size(); ++row)
            if (derived_[d].state(row) == status::error) reject(row, derive_errors_[d]);
    }
}

judged_block const& row_judge::judge(std::size_t n, std::span<column_view const> columns, row_origin const& origin,
                                     ordered_quarantine* quarantined) {
    rows_ += n;
    verdicts_.assign(n, counts);
    out_.columns.assign(columns.begin(), columns.end());
    derived_.clear();
    for (std::size_t d = 0; d < what_.derive.size(); ++d) {
        derived_.push_back(what_.derive[d].evaluate(block{n, out_.columns}, scratch_[d]));
        out_.columns.push_back(derived_.back().values);
    }
    for (auto const& bad : origin.block != nullptr ? origin.block->bad_fields() : std::span<bad_field const>{}) {
        std::string reason(to_string(bad.reason));
        if (bad.column != bad_field::whole_record) reason += ":" + what_.definition->fields[bad.column].name;
        reject(bad.row, log_.number(reason));
    }
    judge_missing(what_.id, missing_id_);
    judge_ids(origin.file);
    if (what_.definition->kind == source_kind::links) judge_pairs();
    bool const history = what_.definition->kind == source_kind::history;
    if (history) judge_missing(what_.time, missing_time_);
    for (std::size_t i = 0; i < what_.ranged.size(); ++i)
        judge_range(i);
    for (std::size_t i = 0; i < what_.reject.size(); ++i)
        judge_condition(i);
    judge_derived();
    if (history) judge_times();

    out_.counting.clear();
    out_.counting.reserve(n);
    for (std::size_t row = 0; row < n; ++row)
        if (verdicts_[row] == counts) out_.counting.push_back(static_cast<std::uint32_t>(row));
    report(origin, quarantined);
    return out_;
}

void row_judge::report(row_origin const& origin, ordered_quarantine* quarantined) {
    bool const writes = quarantined != nullptr && quarantined->writes() && origin.block != nullptr;
    std::vector<ordered_quarantine::row> rejected;
    if (out_.counting.size() < verdicts_.size()) {
        std::size_t bad = 0;
        auto const bads = origin.block != nullptr ? origin.block->bad_fields() : std::span<bad_field const>{};
        for (std::size_t row = 0; row < verdicts_.size(); ++row) {
            std::uint16_t const reason = verdicts_[row];
            if (reason == counts) continue;
            log_.add(reason, 1);
            if (reason == future_) remember_future(row);
            while (bad < bads.size() && bads[bad].row < row)
                ++bad;
            bool const unread = bad < bads.size() && bads[bad].row == row;
            // The line is wanted for the file and for the first example only: finding it can cost.
            if (!writes && !log_.is_first(reason, origin.file, origin.line(0))) continue;
            std::uint64_t const line = origin.line(row);
            std::string const message = unread ? origin.block->message(bads[bad]) : message_of(reason, row);
            std::string_view const record = origin.block != nullptr ? origin.block->record(row) : std::string_view{};
            if (log_.is_first(reason, origin.file, line))
                log_.set_first(reason, origin.file, line,
                               {*origin.name + ":" + std::to_string(line), v0::quoted(record), message});
            if (writes) rejected.push_back({*origin.name, line, log_.name(reason), message, std::string(record)});
        }
    }
    if (writes) quarantined->add(origin.block->sequence(), std::move(rejected));
}

} // namespace detail
} // namespace v0
} // namespace segmenta

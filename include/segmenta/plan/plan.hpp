// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_PLAN_HPP
#define SEGMENTA_PLAN_PLAN_HPP

/// \file
/// Definitions as data: the plan file (JSON with comments) and the same thing in memory. docs/plans.md describes every
/// key.

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/io/csv_dialect.hpp>
#include <segmenta/plan/labels.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/tag/taxonomy.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Where in a plan file something is defined.
struct definition_place {
    std::string file;       ///< as given to the reader
    std::uint32_t line = 0; ///< 1 is the first; 0: not known
    std::string pointer;    ///< JSON pointer (RFC 6901), such as `/columns/vip`
    /// `plan.json:12 /columns/vip`
    [[nodiscard]] std::string to_string() const;
};

/// What the rows of a source are.
enum class source_kind : std::uint8_t {
    history,   ///< many rows per customer, each at a time
    customers, ///< one row per customer; its fields are attributes
    links,     ///< pairs of ids that are one customer
};

enum class file_type : std::uint8_t { csv, jsonl };

/// How the file of a source is written. Gzip is recognised by the file's first bytes.
struct source_format {
    file_type what = file_type::csv;
    csv_dialect dialect; ///< csv: all of it; jsonl: only `missing` (spellings inside strings)

    friend bool operator==(source_format const&, source_format const&) noexcept;
};

/// One field that is read from a source.
struct field_definition {
    std::string name;
    type what{};
    std::string column; ///< its name in the file's header, or its JSON key; for a file without names its number from 1
    std::string format; ///< date and instant: the named format such as `M/D/YYYY H:MM`; empty: ISO 8601
    std::string unit;   ///< numbers: the unit they are kept in, one of the ready-made (record/unit.hpp); may be empty
    std::vector<std::pair<std::string, std::string>> unit_words; ///< numbers: own words with their factors, sorted
    bool half_width = false;      ///< full-width letters, digits and signs count as plain ones
    std::optional<value> minimum; ///< smaller values make the row `out_of_range`; of the field's type
    std::optional<value> maximum;
    sensitivity level = sensitivity::open;
    std::vector<std::string> purposes; ///< what it may serve, sorted; empty: anything
    definition_place place;
};

/// A name and a CEL text.
struct named_expression {
    std::string name;
    std::string text;
    definition_place place;
};

/// One source of rows.
struct source_definition {
    std::string name;
    source_kind kind = source_kind::history;
    source_format format;
    std::vector<field_definition> fields; ///< in the order of the file
    std::string customer;                 ///< the field that holds the customer's id
    std::string same_as;                  ///< links: the field with another id of the same customer
    std::string time;                     ///< histories: the field with the time of a row
    std::string order;                    ///< the field that names the order of a row; may be empty
    std::string event_id;                 ///< the field by which repeated rows are found; may be empty
    std::vector<named_expression> derive; ///< computed fields, in order; later ones may read earlier ones
    std::string cancelled;                ///< CEL condition; such rows are counted as `cancelled`; may be empty
    std::vector<named_expression> reject; ///< reason and condition, in order; the first that is true decides
    definition_place place;
};

/// What to do about customers who lack an attribute. To keep it missing is no policy: that is what happens without one.
enum class missing_action : std::uint8_t {
    drop,     ///< the customer is left out
    constant, ///< the value stands in
    median,   ///< the smallest value with at least half of the present ones at or below it: one that occurs
    mode,     ///< the most frequent value, the smallest of equally frequent ones
};

/// Stable ASCII name: `drop`, `constant`, `median`, `mode`.
constexpr std::string_view to_string(missing_action what) noexcept {
    switch (what) {
    case missing_action::drop: return "drop";
    case missing_action::constant: return "constant";
    case missing_action::median: return "median";
    case missing_action::mode: return "mode";
    }
    return "drop";
}

/// One entry under `when_missing`.
struct missing_policy {
    std::string attribute;
    missing_action what = missing_action::drop;
    std::string constant; ///< JSON text of the value, for `constant`
    definition_place place;
};

/// The boolean column that every attribute with a stand-in has besides, without anybody defining it: whether the value
/// was missing.
[[nodiscard]] inline std::string imputed_flag(std::string_view attribute) {
    return std::string(attribute) + "_imputed";
}

/// Attributes by whose equal values ids are found to be one customer.
struct identity_key {
    std::string name;
    std::vector<std::string> of; ///< attributes of customers sources, text or int64: values of all of them are compared
    std::uint64_t at_most = 0;   ///< a value that more ids than this share, as a switchboard, links nobody
    std::vector<std::string> never; ///< values that link nobody, sorted
    definition_place place;
};

/// Which ids are one customer: besides the pairs of sources of links.
struct identity_definition {
    std::vector<identity_key> keys;    ///< sorted by name
    std::vector<std::string> priority; ///< customers sources, the most trusted first; others follow
};

/// A use of a mechanism: bands, quantile scores, a cell map, stages.
struct strategy_definition {
    std::string kind;               ///< name of the mechanism in the registry
    std::string scheme;             ///< segment ids are `scheme.segment`; the column's name by default
    std::vector<std::string> reads; ///< names of columns, as under `of`; a mechanism with names of its own needs none
    std::string parameters = "{}";  ///< the mechanism's own keys as JSON text, an object with sorted keys

    friend bool operator==(strategy_definition const&, strategy_definition const&) = default;
};

/// A CEL expression over columns and attributes.
struct rule_definition {
    std::string text;

    friend bool operator==(rule_definition const&, rule_definition const&) = default;
};

/// One named column of a plan.
struct column_definition {
    std::string name;
    std::variant<rule_definition, feature_request, strategy_definition> what;
    std::string applies_to; ///< CEL condition; where it is false the status is `not_applicable`. Empty: everybody
    std::string meaning;    ///< for people; no part of the hash
    std::string source;     ///< who says so: a citation, or `example`; no part of the hash
    definition_place place;
    /// Not written under `columns`: a feature that a rule asks of a history in passing (`orders.count() > 3`), named by
    /// the question, or a tag. Behind all that the plan defines, and no part of its text or hash, which have what it
    /// comes from.
    bool implied = false;

    [[nodiscard]] rule_definition const* rule() const noexcept { return std::get_if<rule_definition>(&what); }
    [[nodiscard]] feature_request const* feature() const noexcept { return std::get_if<feature_request>(&what); }
    [[nodiscard]] strategy_definition const* strategy() const noexcept {
        return std::get_if<strategy_definition>(&what);
    }
};

/// One tag of a plan.
struct tag_entry {
    tag_definition what;
    definition_place place;
    bool implied = false; ///< named by a dimension and defined by nobody: its unknown or last value
};

/// What the columns of tags are called: `tag.vip`.
inline constexpr std::string_view tag_prefix = "tag.";
[[nodiscard]] std::string tag_column(std::string_view tag);

/// The parts of a plan as plain data; `plan` holds them validated.
struct plan_parts {
    std::string id;
    std::vector<std::pair<std::string, std::string>> titles; ///< locale and text
    std::string zone = "UTC";
    std::string currency_code;            ///< ISO 4217 default for `money` types that name none; may be empty
    std::vector<std::string> label_files; ///< as written, relative to the plan file
    std::string locale = "en";            ///< default locale of labels
    std::vector<source_definition> sources;
    identity_definition identity;
    std::vector<missing_policy> when_missing; ///< sorted by attribute
    std::vector<column_definition> columns; ///< in the order of the file, then the implied ones
    std::vector<tag_entry> tags;            ///< in the order of the file, then the implied ones
    std::vector<taxonomy_node> taxonomy;    ///< where tags have their places
    std::vector<std::string> outputs;       ///< names of columns or attributes
};

/// A read and validated plan.
///
/// Thread safety: immutable and cheap to copy; concurrent reads are safe.
class plan {
public:
    [[nodiscard]] std::string const& id() const noexcept { return parts().id; }
    /// The title in `locale`, else by the fallback order of labels.hpp, else the id.
    [[nodiscard]] std::string_view title(std::string_view locale) const;
    [[nodiscard]] std::string const& zone() const noexcept { return parts().zone; }
    [[nodiscard]] std::string const& locale() const noexcept { return parts().locale; }
    [[nodiscard]] std::span<source_definition const> sources() const noexcept { return parts().sources; }
    [[nodiscard]] identity_definition const& identity() const noexcept { return parts().identity; }
    /// Whether several ids can be one customer: there are keys, or sources of links.
    [[nodiscard]] bool merges_ids() const noexcept;
    [[nodiscard]] std::span<missing_policy const> when_missing() const noexcept { return parts().when_missing; }
    [[nodiscard]] std::span<column_definition const> columns() const noexcept { return parts().columns; }
    [[nodiscard]] std::span<std::string const> outputs() const noexcept { return parts().outputs; }
    [[nodiscard]] std::span<tag_entry const> tags() const noexcept { return parts().tags; }
    /// The tags and their places, checked together.
    [[nodiscard]] taxonomy const& tag_taxonomy() const noexcept;
    [[nodiscard]] tag_entry const* find_tag(std::string_view name) const noexcept;
    [[nodiscard]] source_definition const* find_source(std::string_view name) const noexcept;
    [[nodiscard]] column_definition const* find_column(std::string_view name) const;
    /// What the mechanisms' registry needs to check, fit or load a strategy column of this plan. Throws `issue_error`
    /// (`plan.no_strategy`) for other columns.
    [[nodiscard]] strategy_use use_of(column_definition const& column) const;

    /// The schema that the sources describe: the fields of customers sources (without the id) are attributes, histories
    /// have their fields and derived fields. Empty when the plan names no sources: then only a host's schema tells.
    [[nodiscard]] schema const& source_schema() const noexcept;
    /// The label packs that were read; empty for a plan parsed from text.
    [[nodiscard]] label_set const& labels() const noexcept;
    /// The same plan with other labels, for hosts that keep packs elsewhere. The hash stays.
    [[nodiscard]] plan with_labels(label_set labels) const;
    /// What reading noticed but did not refuse.
    [[nodiscard]] issue_list const& warnings() const noexcept;

    /// 32 hexadecimal digits over everything that can change a result: not comments, titles, labels, `meaning`,
    /// `source`, the order of keys (where order means nothing) or defaults written out (other than a mechanism's). See
    /// `content_hash`.
    [[nodiscard]] std::string const& hash() const noexcept;
    /// The plan as JSON that `parse_plan` reads back to an equal plan, in the order of definition.
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] plan_parts const& parts() const noexcept;

    /// For the library's own readers (src/plan/reader.hpp).
    struct contents;
    explicit plan(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}

private:
    std::shared_ptr<contents const> contents_;
};

/// Reads a plan file and the label packs it names. All problems are collected, each with `file:line /pointer`, and
/// thrown once as `issue_error`. docs/plans.md lists the codes. When the plan names sources, its columns are checked
/// against them here (see `resolve`); a plan without sources is checked against the host's schema later.
[[nodiscard]] plan read_plan(std::filesystem::path const& path,
                             strategy_registry const& mechanisms = strategy_registry::core());

/// Reads a plan from text. Label packs are not read. `name` is what issues call the file.
[[nodiscard]] plan parse_plan(std::string_view text, std::string const& name = "plan",
                              strategy_registry const& mechanisms = strategy_registry::core());

} // namespace v0
} // namespace segmenta

#endif

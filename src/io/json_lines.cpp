// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/io/json_lines.hpp>

#include "io/block_builder.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;
using json::error_code;

std::string_view view(json::string_view s) noexcept { return {s.data(), s.size()}; }

} // namespace

// --- json_layout -----------------------------------------------------------------------------------------------------

// A key that is wanted or leads to a wanted one.
struct json_layout::tree {
    struct node {
        std::map<std::string, std::unique_ptr<node>, std::less<>> children;
        std::vector<std::uint32_t> columns;
        std::uint32_t number = 0; // of the node
        [[nodiscard]] node const* child(std::string_view key) const noexcept {
            auto const found = children.find(key);
            return found == children.end() ? nullptr : found->second.get();
        }
    };
    node root;
    std::uint32_t nodes = 1;

    node& below(node& parent, std::string_view key) {
        auto& child = parent.children[std::string(key)];
        if (child == nullptr) {
            child = std::make_unique<node>();
            child->number = nodes++;
        }
        return *child;
    }

    void add(std::string_view name, std::uint32_t column) {
        below(root, name).columns.push_back(column);
        if (name.find('.') == std::string_view::npos) return;
        node* at = &root;
        for (;;) {
            std::size_t const dot = name.find('.');
            at = &below(*at, name.substr(0, dot));
            if (dot == std::string_view::npos) break;
            name.remove_prefix(dot + 1);
        }
        at->columns.push_back(column);
    }
};

record_rules json_lines_rules(std::size_t record_limit) {
    record_rules rules;
    rules.quote = '\0';
    rules.record_limit = record_limit;
    return rules;
}

json_layout::json_layout(std::vector<wanted_column> wanted, std::string const& place)
    : wanted_(std::move(wanted)), tree_(std::make_unique<tree>()) {
    issue_list problems;
    for (std::uint32_t i = 0; i < wanted_.size(); ++i) {
        wanted_column const& column = wanted_[i];
        std::string const where = place.empty() ? column.name : place + " " + column.name;
        if (column.what.base == kind::duration || column.what.base == kind::category_set)
            problems.error("json.column_type", where, "a column of JSON Lines cannot be of this type",
                           to_string(column.what),
                           "bool, int64, double, decimal, money, date, instant, string, category");
        std::string const framed = "." + column.name + ".";
        if (framed.find("..") != std::string::npos)
            problems.error("json.column_name", where, "a column name has an empty key", v0::quoted(column.name),
                           "a key, or keys joined by points");
        tree_->add(column.name, i);
    }
    problems.throw_if_errors();
}

json_layout::~json_layout() = default;
json_layout::json_layout(json_layout&&) noexcept = default;
json_layout& json_layout::operator=(json_layout&&) noexcept = default;

// --- json_block_reader -----------------------------------------------------------------------------------------------

namespace {

// Text that lives as long as a block. Memory is kept for the next one.
class text_arena {
public:
    void clear() noexcept {
        piece_ = 0;
        used_ = 0;
    }
    std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        while (piece_ < pieces_.size() && pieces_[piece_].size - used_ < text.size()) {
            ++piece_;
            used_ = 0;
        }
        if (piece_ == pieces_.size()) {
            std::size_t const size = std::max<std::size_t>(text.size(), std::size_t{64} << 10);
            pieces_.push_back({std::unique_ptr<char[]>(new char[size]), size});
        }
        char* const out = pieces_[piece_].bytes.get() + used_;
        std::memcpy(out, text.data(), text.size());
        used_ += text.size();
        return {out, text.size()};
    }

private:
    struct piece {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<piece> pieces_;
    std::size_t piece_ = 0;
    std::size_t used_ = 0;
};

} // namespace

class json_block_reader::implementation {
public:
    explicit implementation(json_layout const& layout)
        : builder_(layout.wanted(), {}, 0), parser_(options(), *layout.tree_, layout.wanted().size()) {}

    parsed_block const& parse(text_chunk& chunk) {
        std::string_view const text = chunk.text();
        builder_.begin(text, chunk.sequence());
        parser_.handler().arena.clear();
        std::uint64_t line = chunk.first_line();
        std::size_t begin = 0;
        bool one_each = true;
        while (begin < text.size()) {
            std::size_t const feed = std::min(text.find('\n', begin), text.size());
            std::size_t const end = feed > begin && text[feed - 1] == '\r' ? feed - 1 : feed;
            if (is_blank(text.substr(begin, end - begin))) {
                builder_.add_blank_lines(1);
                one_each = false;
            } else {
                if (!one_each || builder_.rows() == 0)
                    builder_.add_stretch(builder_.rows(), static_cast<std::uint32_t>(begin), line, true);
                one_each = true;
                builder_.add_row(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
                read_line(text.substr(begin, end - begin));
            }
            ++line;
            begin = feed + 1;
        }
        return builder_.finish();
    }

private:
    using node = json_layout::tree::node;

    enum class found : std::uint8_t { nothing, null, text, number, yes, no, wrong };
    struct seen_value {
        found what = found::nothing;
        std::string_view text;
    };

    // Takes the events of Boost.JSON's parser and keeps the wanted values.
    struct handler {
        static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

        handler(json_layout::tree const& tree, std::size_t columns)
            : root(&tree.root), values(columns), visited(tree.nodes) {}

        void begin_line() {
            std::fill(values.begin(), values.end(), seen_value{});
            std::fill(visited.begin(), visited.end(), std::uint8_t{0});
            open.clear();
            next = nullptr;
            part.clear();
            duplicate = nullptr;
        }

        bool on_document_begin(error_code&) { return true; }
        bool on_document_end(error_code&) { return true; }
        bool on_object_begin(error_code&) {
            if (open.empty()) {
                open.push_back(root);
                return true;
            }
            node const* const here = next;
            set({found::wrong, {}}); // the columns of this very key, if any
            open.push_back(here != nullptr && !here->children.empty() ? here : nullptr);
            next = nullptr;
            return true;
        }
        bool on_object_end(std::size_t, error_code&) { return close(); }
        bool on_array_begin(error_code& ec) {
            if (open.empty()) return refuse(ec);
            set({found::wrong, {}});
            open.push_back(nullptr);
            return true;
        }
        bool on_array_end(std::size_t, error_code&) { return close(); }
        bool on_key_part(json::string_view s, std::size_t, error_code&) { return add_part(s); }
        bool on_key(json::string_view s, std::size_t, error_code& ec) {
            node const* const here = open.back();
            if (here != nullptr) {
                next = here->child(whole(s));
                if (next != nullptr && visited[next->number]++ != 0) {
                    duplicate = next;
                    return refuse(ec);
                }
            }
            part.clear();
            return true;
        }
        bool on_string_part(json::string_view s, std::size_t, error_code&) { return add_part(s); }
        bool on_string(json::string_view s, std::size_t, error_code& ec) {
            if (open.empty()) return refuse(ec);
            if (next != nullptr) set({found::text, arena.keep(whole(s))});
            part.clear();
            return true;
        }
        bool on_number_part(json::string_view s, error_code&) { return add_part(s); }
        bool on_int64(std::int64_t, json::string_view s, error_code& ec) { return on_number(s, ec); }
        bool on_uint64(std::uint64_t, json::string_view s, error_code& ec) { return on_number(s, ec); }
        bool on_double(double, json::string_view s, error_code& ec) { return on_number(s, ec); }
        bool on_bool(bool b, error_code& ec) { return on_word(b ? found::yes : found::no, ec); }
        bool on_null(error_code& ec) { return on_word(found::null, ec); }
        bool on_comment_part(json::string_view, error_code&) { return true; }
        bool on_comment(json::string_view, error_code&) { return true; }

        bool on_number(json::string_view s, error_code& ec) {
            if (open.empty()) return refuse(ec);
            if (next != nullptr) set({found::number, arena.keep(whole(s))});
            part.clear();
            return true;
        }
        bool on_word(found what, error_code& ec) {
            if (open.empty()) return refuse(ec);
            set({what, {}});
            return true;
        }
        bool close() {
            open.pop_back();
            next = nullptr;
            return true;
        }
        bool add_part(json::string_view s) {
            part += view(s);
            return true;
        }
        std::string_view whole(json::string_view s) {
            if (part.empty()) return view(s);
            part += view(s);
            return part;
        }
        static bool refuse(error_code& ec) {
            ec = json::error::syntax;
            return false;
        }
        void set(seen_value value) {
            if (next == nullptr) return;
            for (std::uint32_t const column : next->columns) {
                // the same column by its dotted key and by its path
                if (values[column].what != found::nothing && value.what != found::nothing) both = true;
                values[column] = value;
            }
            next = nullptr;
        }

        node const* root;
        std::vector<seen_value> values;     // by column
        std::vector<std::uint8_t> visited;  // by node
        std::vector<node const*> open;      // objects and arrays around; null: nothing in them is wanted
        node const* next = nullptr;         // what the next value is, if wanted
        node const* duplicate = nullptr;    // the key that came twice
        bool both = false;
        std::string part;
        text_arena arena;
    };

    static json::parse_options options() {
        json::parse_options all;
        all.max_depth = 64;
        return all;
    }

    static bool is_blank(std::string_view line) noexcept {
        return line.find_first_not_of(" \t") == std::string_view::npos;
    }

    void read_line(std::string_view line) {
        parser_.reset();
        handler& seen = parser_.handler();
        seen.begin_line();
        seen.both = false;
        error_code ec;
        std::size_t const used = parser_.write_some(false, line.data(), line.size(), ec);
        bool const good = !ec && parser_.done() && is_blank(line.substr(used));
        bool const twice = seen.duplicate != nullptr || seen.both;
        if (!good || twice) {
            for (auto& column : builder_.columns()) column.append_missing();
            builder_.add_bad_record(twice ? read_error::duplicate_key : read_error::not_json);
            return;
        }
        auto const columns = builder_.columns();
        for (std::uint32_t i = 0; i < columns.size(); ++i) {
            read_error const error = append(columns[i], seen.values[i]);
            if (error != read_error::none) builder_.add_bad_field(i, error, text_of(seen.values[i]));
        }
    }

    static std::string_view text_of(seen_value const& value) noexcept {
        switch (value.what) {
        case found::yes: return "true";
        case found::no: return "false";
        case found::wrong: return "an object or array";
        default: return value.text;
        }
    }

    static read_error append(detail::column_builder& column, seen_value const& value) {
        kind const base = column.wanted().what.base;
        bool const is_time = base == kind::instant || base == kind::date;
        bool wrong = value.what == found::wrong;
        switch (value.what) {
        case found::nothing:
        case found::null: column.append_missing(); return read_error::none;
        case found::text: return column.append_text(value.text);
        case found::number:
            wrong = base == kind::boolean || (is_time && !column.wanted().format.text().starts_with("unix_"));
            break;
        case found::yes:
        case found::no:
            if (base == kind::boolean) {
                column.append_bool(value.what == found::yes);
                return read_error::none;
            }
            wrong = true;
            break;
        case found::wrong: break;
        }
        if (!wrong) return column.append_text(value.text);
        column.append_missing();
        return read_error::wrong_json_type;
    }

    detail::block_builder builder_;
    json::basic_parser<handler> parser_;
};

json_block_reader::json_block_reader(json_layout const& layout)
    : implementation_(std::make_unique<implementation>(layout)) {}
json_block_reader::~json_block_reader() = default;
json_block_reader::json_block_reader(json_block_reader&&) noexcept = default;
json_block_reader& json_block_reader::operator=(json_block_reader&&) noexcept = default;

parsed_block const& json_block_reader::parse(text_chunk& chunk) { return implementation_->parse(chunk); }

} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_EXPECTED_FIGURES_HPP
#define SEGMENTA_TESTS_SUPPORT_EXPECTED_FIGURES_HPP

#include "base/json.hpp"
#include "support/test_data.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::test {

/// expected_*.json of the test data, which remembers what was asked of it. A test that ends with
///
///     CHECK(figures.unread({"tag_rules"}) == figures_left_out{});
///
/// covers every figure of the file but those it names, and says so truly: a figure nobody compared is listed, and so is
/// a name that leaves nothing out. A figure is what is not an object; a list is one figure.
using figures_left_out = std::vector<std::string>;

class expected_figures {
public:
    /// A part of the file.
    class part {
    public:
        [[nodiscard]] part at(std::string_view key) const {
            return {*file_, value_->as_object().at(key),
                    path_.empty() ? std::string(key) : path_ + '/' + std::string(key)};
        }
        [[nodiscard]] bool has(std::string_view key) const { return value_->as_object().contains(key); }
        [[nodiscard]] std::vector<std::pair<std::string, part>> members() const {
            std::vector<std::pair<std::string, part>> out;
            for (auto const& entry : value_->as_object())
                out.emplace_back(std::string(entry.key()), at(entry.key()));
            return out;
        }
        [[nodiscard]] std::string const& path() const { return path_; }

        [[nodiscard]] double number() const { return read().to_number<double>(); }
        [[nodiscard]] std::uint64_t count() const { return read().to_number<std::uint64_t>(); }
        [[nodiscard]] bool truth() const { return read().as_bool(); }
        [[nodiscard]] std::string text() const { return std::string(read().as_string()); }
        [[nodiscard]] std::vector<double> numbers() const {
            std::vector<double> out;
            for (auto const& v : read().as_array())
                out.push_back(v.to_number<double>());
            return out;
        }
        [[nodiscard]] std::vector<std::uint64_t> counts() const {
            std::vector<std::uint64_t> out;
            for (auto const& v : read().as_array())
                out.push_back(v.to_number<std::uint64_t>());
            return out;
        }
        [[nodiscard]] std::vector<std::string> texts() const {
            std::vector<std::string> out;
            for (auto const& v : read().as_array())
                out.emplace_back(v.as_string());
            return out;
        }
        [[nodiscard]] boost::json::array const& list() const { return read().as_array(); }
        /// Rows of numbers, one after the other.
        [[nodiscard]] std::vector<double> table() const {
            std::vector<double> out;
            for (auto const& row : read().as_array())
                for (auto const& v : row.as_array())
                    out.push_back(v.to_number<double>());
            return out;
        }

        /// What nobody asked for below here; see the head of this file. A name is a path from here, or `*/key` for that
        /// key wherever it stands.
        [[nodiscard]] figures_left_out unread(std::vector<std::string> const& left_out = {}) const {
            std::set<std::string> idle(left_out.begin(), left_out.end());
            figures_left_out out;
            collect(*value_, "", left_out, idle, out);
            for (auto const& name : idle)
                out.push_back(name + " leaves nothing out");
            return out;
        }

    private:
        friend expected_figures;
        part(expected_figures const& file, boost::json::value const& value, std::string path)
            : file_(&file), value_(&value), path_(std::move(path)) {}

        boost::json::value const& read() const {
            file_->read_.insert(path_);
            return *value_;
        }
        static bool leaves_out(std::string const& name, std::string const& path) {
            if (name.starts_with("*/")) return path == name.substr(2) || path.ends_with(name.substr(1));
            return path == name || path.starts_with(name + '/');
        }
        void collect(boost::json::value const& at, std::string const& path, std::vector<std::string> const& left_out,
                     std::set<std::string>& idle, figures_left_out& out) const {
            if (at.is_object()) {
                for (auto const& entry : at.as_object())
                    collect(entry.value(),
                            path.empty() ? std::string(entry.key()) : path + '/' + std::string(entry.key()), left_out,
                            idle, out);
                return;
            }
            if (file_->read_.contains(path_.empty() ? path : path_ + '/' + path)) return;
            bool named = false;
            for (auto const& name : left_out) {
                if (!leaves_out(name, path)) continue;
                named = true;
                idle.erase(name);
            }
            if (!named) out.push_back(path);
        }

        expected_figures const* file_;
        boost::json::value const* value_;
        std::string path_;
    };

    explicit expected_figures(std::string const& name) {
        std::ifstream file(test_data(name));
        std::ostringstream text;
        text << file.rdbuf();
        root_ = segmenta::detail::parse_json(text.str());
    }
    /// Of a text instead of a file.
    struct document {
        std::string_view text;
    };
    explicit expected_figures(document given) : root_(segmenta::detail::parse_json(given.text)) {}
    // parts point into it
    expected_figures(expected_figures const&) = delete;
    expected_figures& operator=(expected_figures const&) = delete;

    [[nodiscard]] part all() const { return {*this, root_, ""}; }
    [[nodiscard]] part at(std::string_view key) const { return all().at(key); }
    [[nodiscard]] figures_left_out unread(std::vector<std::string> const& left_out = {}) const {
        return all().unread(left_out);
    }

private:
    boost::json::value root_;
    mutable std::set<std::string> read_;
};

} // namespace segmenta::test

#endif

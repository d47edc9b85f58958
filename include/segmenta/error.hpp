// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_ERROR_HPP
#define SEGMENTA_ERROR_HPP

/// \file
/// Errors while building and reading: every problem is collected as an `issue` that says where, what was seen, what
/// is allowed and what to do; a whole `issue_list` is thrown once as `issue_error`. The per-request path never throws,
/// it answers with a `status` (record/status.hpp).

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How serious an issue is. Only `error` refuses the thing being built.
enum class severity : std::uint8_t {
    note,    ///< worth knowing
    warning, ///< probably not what the author wanted; the result is still well defined
    error,   ///< the plan, file or call is refused
};

/// One problem found while reading or building something.
struct issue {
    severity level = severity::error;
    std::string code;    ///< stable ASCII id such as `plan.unknown_column`; tests and hosts may rely on it
    std::string place;   ///< `file:line`, JSON pointer, column name, or several of them: `plan.json:12 /columns/vip`
    std::string seen;    ///< the offending value, shortened; may be empty
    std::string allowed; ///< what would have been accepted; may be empty
    std::string message; ///< one plain sentence saying what is wrong
    std::string remedy;  ///< what to do next; may be empty
};

/// One line for one issue:
/// `error plan.json:12 /columns/vip: unknown column "ag" (allowed: age, city). Did you mean age?`
std::string to_string(issue const& problem);

/// The issues met by one operation, in the order they were met.
///
/// Thread safety: a plain value; concurrent reads are safe.
class issue_list {
public:
    void add(issue problem) { issues_.push_back(std::move(problem)); }
    /// Adds an error; the common case.
    void error(std::string code, std::string place, std::string message, std::string seen = {},
               std::string allowed = {}, std::string remedy = {});
    /// Adds a warning.
    void warning(std::string code, std::string place, std::string message, std::string seen = {},
                 std::string allowed = {}, std::string remedy = {});
    void append(issue_list const& other);

    [[nodiscard]] bool empty() const noexcept { return issues_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return issues_.size(); }
    [[nodiscard]] issue const& operator[](std::size_t i) const noexcept { return issues_[i]; }
    [[nodiscard]] auto begin() const noexcept { return issues_.begin(); }
    [[nodiscard]] auto end() const noexcept { return issues_.end(); }
    /// Whether any issue has severity `error`.
    [[nodiscard]] bool has_errors() const noexcept;
    /// Whether any issue carries this code.
    [[nodiscard]] bool contains(std::string_view code) const noexcept;
    /// All issues, one per line.
    [[nodiscard]] std::string to_string() const;
    /// Throws `issue_error` with all issues when there is at least one error; otherwise does nothing.
    void throw_if_errors() const;

private:
    std::vector<issue> issues_;
};

/// Thrown once with all issues of a failed build or read. `what()` is the readable list.
class issue_error : public std::exception {
public:
    explicit issue_error(issue_list issues);
    /// An error with a single issue.
    issue_error(std::string code, std::string place, std::string message, std::string seen = {},
                std::string allowed = {}, std::string remedy = {});
    [[nodiscard]] char const* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] issue_list const& issues() const noexcept { return issues_; }

private:
    issue_list issues_;
    std::string text_;
};

} // namespace v0
} // namespace segmenta

#endif

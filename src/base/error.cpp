// SPDX-License-Identifier: Apache-2.0
#include <segmenta/error.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view name(severity level) noexcept {
    if (level == severity::error) return "error";
    if (level == severity::warning) return "warning";
    return "note";
}

} // namespace

std::string to_string(issue const& problem) {
    std::string text{name(problem.level)};
    if (!problem.place.empty()) text += " " + problem.place;
    text += ": " + problem.message;
    if (!problem.seen.empty()) text += " (seen: " + problem.seen;
    if (!problem.allowed.empty()) text += (problem.seen.empty() ? " (allowed: " : "; allowed: ") + problem.allowed;
    if (!problem.seen.empty() || !problem.allowed.empty()) text += ")";
    if (!problem.remedy.empty()) text += ". " + problem.remedy;
    if (!problem.code.empty()) text += " [" + problem.code + "]";
    return text;
}

void issue_list::error(std::string code, std::string place, std::string message, std::string seen, std::string allowed,
                       std::string remedy) {
    add({severity::error, std::move(code), std::move(place), std::move(seen), std::move(allowed), std::move(message),
         std::move(remedy)});
}

void issue_list::warning(std::string code, std::string place, std::string message, std::string seen,
                         std::string allowed, std::string remedy) {
    add({severity::warning, std::move(code), std::move(place), std::move(seen), std::move(allowed), std::move(message),
         std::move(remedy)});
}

void issue_list::append(issue_list const& other) {
    issues_.insert(issues_.end(), other.issues_.begin(), other.issues_.end());
}

bool issue_list::has_errors() const noexcept {
    return std::any_of(issues_.begin(), issues_.end(), [](issue const& i) { return i.level == severity::error; });
}

bool issue_list::contains(std::string_view code) const noexcept {
    return std::any_of(issues_.begin(), issues_.end(), [&](issue const& i) { return i.code == code; });
}

std::string issue_list::to_string() const {
    std::string text;
    for (auto const& problem : issues_) {
        if (!text.empty()) text += '\n';
        text += v0::to_string(problem);
    }
    return text;
}

void issue_list::throw_if_errors() const {
    if (has_errors()) throw issue_error(*this);
}

issue_error::issue_error(issue_list issues) : issues_(std::move(issues)), text_(issues_.to_string()) {}

issue_error::issue_error(std::string code, std::string place, std::string message, std::string seen,
                         std::string allowed, std::string remedy) {
    issues_.error(std::move(code), std::move(place), std::move(message), std::move(seen), std::move(allowed),
                  std::move(remedy));
    text_ = issues_.to_string();
}

} // namespace v0
} // namespace segmenta

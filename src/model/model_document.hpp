// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_DOCUMENT_HPP
#define SEGMENTA_MODEL_MODEL_DOCUMENT_HPP

// Fitted models as JSON: {"model": "bg_nbd", "version": 1, ..., "checksum": "..."}. The checksum is over all other
// members, so a file that was cut off or changed by hand is refused.

#include "base/json.hpp"

#include <segmenta/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Two spaces an indent, a line feed at the end. `fields` follow "model" and "version". NaN and infinities are written
// as null.
std::string write_model_document(std::string_view model, int version, boost::json::object fields);

// The members of a model's document behind a check of "model", "version" and "checksum". Throws issue_error:
//   model.kind      it is another model, or none
//   model.version   it was written by a newer segmenta
//   model.checksum  it was changed or is not whole
// and the codes of parse_json.
boost::json::object read_model_document(std::string_view text, std::string_view model, int newest_version);

// A document of version 1 with another member, which readers of the model alone pass over; in the order of the
// document. Throws as above.
std::string with_member(std::string_view text, std::string_view key, boost::json::value value);

// Which model a document holds; throws as above for what is no model at all.
std::string model_of_document(std::string_view text);

// A number of a document; collects `model.bad_field` for one that is absent or none. null is NaN.
class model_reader {
public:
    explicit model_reader(boost::json::object const& from, issue_list& issues, std::string pointer = {})
        : from_(from), issues_(issues), pointer_(std::move(pointer)) {}

    [[nodiscard]] double number(std::string_view key);
    [[nodiscard]] double positive(std::string_view key); // finite and above 0
    [[nodiscard]] std::vector<double> numbers(std::string_view key);
    [[nodiscard]] std::uint64_t count(std::string_view key);
    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);
    [[nodiscard]] bool flag(std::string_view key);
    // Null, after an issue, when there is no such object or array.
    [[nodiscard]] boost::json::object const* object(std::string_view key);
    [[nodiscard]] boost::json::array const* array(std::string_view key);
    [[nodiscard]] issue_list& issues() noexcept { return issues_; }
    [[nodiscard]] bool has(std::string_view key) const noexcept { return from_.contains(key); }

private:
    boost::json::value const* find(std::string_view key, std::string_view wanted);
    void bad(std::string_view key, std::string_view wanted, std::string_view seen);

    boost::json::object const& from_;
    issue_list& issues_;
    std::string pointer_;
};

// An attribute and its categories, {"name": ..., "values": [...]}: in lists, because the order of attributes counts.
boost::json::object write_categories(std::string const& name, std::vector<std::string> const& categories);
// The member "categories" of what is read, which stands at `pointer`.
std::vector<std::pair<std::string, std::vector<std::string>>> read_categories(model_reader& from,
                                                                              std::string const& pointer);

// A number, or null where it is not finite.
boost::json::value number_or_null(double value);
boost::json::array numbers_of(std::span<double const> values);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

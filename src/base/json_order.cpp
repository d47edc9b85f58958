// SPDX-License-Identifier: Apache-2.0
#include "base/json_order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

boost::json::value sorted_keys(boost::json::value const& value) {
    if (auto const* list = value.if_array()) {
        boost::json::array result;
        for (auto const& element : *list)
            result.push_back(sorted_keys(element));
        return result;
    }
    auto const* from = value.if_object();
    if (from == nullptr) return value;
    std::vector<boost::json::key_value_pair const*> members;
    for (auto const& member : *from)
        members.push_back(&member);
    std::sort(members.begin(), members.end(), [](auto const* a, auto const* b) { return a->key() < b->key(); });
    boost::json::object result;
    for (auto const* member : members)
        result[member->key()] = sorted_keys(member->value());
    return result;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_EVIDENCE_JSON_HPP
#define SEGMENTA_TAG_EVIDENCE_JSON_HPP

// What a tag says and why, as keys of a JSON object: the part that a tag_record and a tag_version share.

#include "tag/json_reader.hpp"
#include "tag/tag_text.hpp"

#include <segmenta/base/text.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline void put_text(boost::json::object& out, std::string_view key, std::string const& text) {
    if (!text.empty()) out[key] = text;
}

template <class Record>
void put_evidence(boost::json::object& out, Record const& record) {
    put_text(out, "value", record.value);
    if (record.confidence) out["confidence"] = *record.confidence;
    put_text(out, "reason", record.reason);
    put_text(out, "version", record.version);
    put_text(out, "by", record.by);
}

// `source` is the key that says what gave the tag: "version" of an automatic one, "by" of a manual one.
template <class Record>
void read_evidence(json_reader& in, boost::json::object const& object, std::string const& at, std::string_view source,
                   Record& out) {
    out.value = in.text(object, "value", at);
    out.confidence = normal_confidence(in.number(object, "confidence", at));
    out.reason = in.text(object, "reason", at);
    (source == "by" ? out.by : out.version) = in.text(object, source, at);
    if (!is_confidence(out.confidence))
        in.error("bad_confidence", pointer_append(at, "confidence"), "this is no confidence",
                 format_double(*out.confidence), "0 to 1");
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

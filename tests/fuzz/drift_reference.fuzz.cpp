// SPDX-License-Identifier: Apache-2.0
// Any bytes as a drift reference: refused with reasons, or one that writes itself back and can be compared with. A text
// that only lacks the right checksum is given it, so that what stands behind the checksum is read as well.
#include "fuzz/replay.hpp"

#include "base/json.hpp"

#include <segmenta/error.hpp>
#include <segmenta/evaluate/drift_monitor.hpp>

#include <boost/json/object.hpp>

#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;

void require(bool holds) {
    if (!holds) std::abort();
}

void require_reasons(issue_list const& issues) {
    require(issues.has_errors());
    for (auto const& problem : issues)
        require(!problem.code.empty() && !problem.place.empty() && !problem.message.empty());
}

std::optional<drift_reference> read(std::string_view text, std::string& wanted_checksum) {
    try {
        return drift_reference::from_json(text);
    } catch (issue_error const& error) {
        require_reasons(error.issues());
        if (error.issues()[0].code == "drift.checksum") wanted_checksum = error.issues()[0].allowed;
        return std::nullopt;
    }
}

void use(drift_reference const& reference) {
    auto const text = reference.to_json();
    require(drift_reference::from_json(text).to_json() == text);
    drift_monitor monitor(reference, fill_share{});
    for (auto const& feature : reference.features()) {
        for (std::size_t bin = 0; bin < feature.bins(); ++bin)
            require(!feature.bin_name(bin).empty());
        std::vector<double> const numbers{-1e300, 0, std::numeric_limits<double>::quiet_NaN()};
        std::vector<std::string> const texts{"", "x"};
        if (feature.edges)
            monitor.add(feature.name, numbers);
        else
            monitor.add(feature.name, texts);
    }
    for (auto const& row : monitor.report())
        require(row.index.has_value() && row.index->value == row.index->value);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::string checksum;
    auto reference = read(text, checksum);
    if (checksum.size() > 2) {
        auto document = detail::parse_json(text, {.comments = false});
        document.as_object()["checksum"] = checksum.substr(1, checksum.size() - 2); // without quotes
        std::string none;
        reference = read(detail::write_json(document), none);
        require(none.empty());
    }
    if (reference) use(*reference);
    return 0;
}

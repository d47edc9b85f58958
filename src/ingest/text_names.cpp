// SPDX-License-Identifier: Apache-2.0
#include "ingest/text_names.hpp"

#include "feature/identity.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

void text_names::add(text_collector const& from) {
    for (std::uint32_t code = 0; code < from.texts().size(); ++code) {
        std::string_view const text = from.texts().view(code);
        auto const [at, is_new] = texts_.emplace(identity_of(text), text);
        if (!is_new && text < at->second) at->second = text; // whichever thread saw which
    }
}

std::string_view text_names::long_text(std::uint64_t identity) const noexcept {
    auto const at = texts_.find(identity);
    return at == texts_.end() ? std::string_view{} : at->second;
}

long_texts text_names::look_up() const noexcept {
    return {this, [](void const* context, task_row const& row) noexcept {
                return static_cast<text_names const*>(context)->long_text(row.value);
            }};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

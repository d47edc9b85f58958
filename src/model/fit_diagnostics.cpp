// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/fit_diagnostics.hpp>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(identification of) noexcept {
    switch (of) {
    case identification::identified: return "identified";
    case identification::not_identified: return "not_identified";
    case identification::not_converged: break;
    }
    return "not_converged";
}

} // namespace v0
} // namespace segmenta

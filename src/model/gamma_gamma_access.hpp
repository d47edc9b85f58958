// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_GAMMA_GAMMA_ACCESS_HPP
#define SEGMENTA_MODEL_GAMMA_GAMMA_ACCESS_HPP

#include "model/fit_document.hpp"

#include <segmenta/model/gamma_gamma.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {

// Makes fitted models; only the fit and the reader of documents know how.
class gamma_gamma_access {
public:
    static constexpr std::array<std::string_view, 3> names{"p", "q", "v"};

    static gamma_gamma make(detail::stored_fit fit, double correlation, double limit) {
        gamma_gamma out;
        auto const& p = fit.parameters;
        out.values_ = {p[0].value, p[1].value, p[2].value};
        out.estimates_ = std::move(fit.parameters);
        out.diagnostics_ = std::move(fit.diagnostics);
        out.correlation_ = correlation;
        out.correlation_limit_ = limit;
        out.warn();
        return out;
    }
};

} // namespace v0
} // namespace segmenta

#endif

// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_ACCESS_HPP
#define SEGMENTA_MODEL_PARETO_ACCESS_HPP

#include "model/fit_document.hpp"

#include <segmenta/model/pareto_nbd.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {

// Makes fitted models; only the fit and the reader of documents know how.
class pareto_nbd_access {
public:
    static constexpr std::array<std::string_view, 4> names{"r", "alpha", "s", "beta"};

    static pareto_nbd make(detail::stored_fit fit, model_time_unit unit, cpu_level level) {
        pareto_nbd out;
        auto const& p = fit.parameters;
        out.values_ = {p[0].value, p[1].value, p[2].value, p[3].value};
        out.unit_ = unit;
        out.estimates_ = std::move(fit.parameters);
        out.diagnostics_ = std::move(fit.diagnostics);
        out.level_ = level;
        return out;
    }
};

} // namespace v0
} // namespace segmenta

#endif

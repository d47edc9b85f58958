// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_FIT_DIAGNOSTICS_HPP
#define SEGMENTA_MODEL_FIT_DIAGNOSTICS_HPP

/// \file
/// What every maximum-likelihood fit says about itself, so that nobody reads a number that the data do not determine.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Whether the parameters are what the data say.
enum class identification : std::uint8_t {
    identified,     ///< a maximum inside, with a well-conditioned curvature
    not_identified, ///< the likelihood has no finite maximum or is flat in some direction: parameters, standard errors
                    ///< and what hangs on single parameters must not be read
    not_converged,  ///< the search stopped before the gradient was small
};

/// `identified`, `not_identified`, `not_converged`.
[[nodiscard]] std::string_view to_string(identification of) noexcept;

/// One parameter with its uncertainty.
struct parameter_estimate {
    std::string name;
    double value = 0;
    double standard_error = 0; ///< by the delta method from the curvature of the log-likelihood in the logarithms of
                               ///< the parameters; NaN where the fit is not identified
};

/// How a fit ended.
struct fit_diagnostics {
    identification state = identification::not_converged;
    double log_likelihood = 0;   ///< of all customers, natural logarithm
    double gradient_norm = 0;    ///< largest absolute derivative by a log-parameter, of the mean log-likelihood
    double condition_number = 0; ///< of the curvature in log-parameters; infinite when it is singular
    std::size_t evaluations = 0; ///< of the log-likelihood over all data
    std::string remark;          ///< why it is not identified or not converged, and what to do; else empty
};

} // namespace v0
} // namespace segmenta

#endif

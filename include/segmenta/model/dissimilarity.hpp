// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISSIMILARITY_HPP
#define SEGMENTA_MODEL_DISSIMILARITY_HPP

/// \file
/// How different every two customers are, as a square matrix (row after row, n x n, 0 on the diagonal): what k-medoids
/// and silhouettes of mixed data start from. O(n^2) memory.

#include <segmenta/model/category_columns.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Euclidean distances. Throws `issue_error` with the issues of `check_columns`. Results do not depend on `threads`.
[[nodiscard]] std::vector<double> euclidean_dissimilarities(number_columns columns, unsigned threads = 1);

/// Gower's dissimilarity of mixed data in [0, 1]: the mean over the attributes known of both customers of
/// |a - b| / (largest - smallest) for numbers (0 for a constant column) and 0 or 1 for equal or different categories.
/// NaN and `missing_category` are "not known"; NaN where two customers share no known attribute. Either kind of columns
/// may be empty. Throws `issue_error`: `data.empty`, `data.ragged`, `data.not_finite` (an infinity).
/// Source: J. C. Gower, "A general coefficient of similarity and some of its properties", Biometrics 27, 1971; as
/// R's cluster::daisy.
[[nodiscard]] std::vector<double> gower_dissimilarities(number_columns numbers, category_columns categories,
                                                        unsigned threads = 1);

} // namespace v0
} // namespace segmenta

#endif

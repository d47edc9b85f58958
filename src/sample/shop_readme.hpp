// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_README_HPP
#define SEGMENTA_SAMPLE_SHOP_README_HPP

#include <segmenta/sample/sample_shop.hpp>

#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

// README.md and manifest.json of a written shop; both depend only on what was written.
std::string sample_readme(sample_options const& options, sample_summary const& summary);
std::string sample_manifest(sample_options const& options, sample_summary const& summary);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif

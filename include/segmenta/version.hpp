// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_VERSION_HPP
#define SEGMENTA_VERSION_HPP

// The one place where the version stands: CMakeLists.txt reads these three lines.
#define SEGMENTA_VERSION_MAJOR 0
#define SEGMENTA_VERSION_MINOR 1
#define SEGMENTA_VERSION_PATCH 0

namespace segmenta {
inline namespace v0 {

/// The version of the headers a program is compiled with. Before 1.0 a minor version may change the interface;
/// a patch version never does.
inline constexpr int version_major = SEGMENTA_VERSION_MAJOR;
inline constexpr int version_minor = SEGMENTA_VERSION_MINOR;
inline constexpr int version_patch = SEGMENTA_VERSION_PATCH;

#define SEGMENTA_VERSION_TEXT2(text) #text
#define SEGMENTA_VERSION_TEXT(number) SEGMENTA_VERSION_TEXT2(number)
/// `0.1.0`
inline constexpr char const* version_string = SEGMENTA_VERSION_TEXT(SEGMENTA_VERSION_MAJOR) "." SEGMENTA_VERSION_TEXT(
    SEGMENTA_VERSION_MINOR) "." SEGMENTA_VERSION_TEXT(SEGMENTA_VERSION_PATCH);
#undef SEGMENTA_VERSION_TEXT
#undef SEGMENTA_VERSION_TEXT2

} // namespace v0
} // namespace segmenta

#endif

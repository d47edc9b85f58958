# SPDX-License-Identifier: Apache-2.0
# Writes include/segmenta/segmenta.hpp from the folder, or with -DCHECK=ON fails when it is not what would be written.
#   cmake -P tests/house/umbrella.cmake
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(umbrella ${root}/include/segmenta/segmenta.hpp)

file(GLOB_RECURSE headers RELATIVE ${root}/include ${root}/include/segmenta/*.hpp)
# Opt-in: Eigen for researchers, and the rooms of segmenta::models.
list(FILTER headers EXCLUDE REGEX "^segmenta/(segmenta\\.hpp|eigen\\.hpp|model/.*)$")
list(SORT headers)

set(text "// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTA_HPP
#define SEGMENTA_SEGMENTA_HPP

/// \\file
/// Everything of segmenta::segmenta in one include, for small programs and experiments; larger ones include what they
/// use. Written by `cmake -P tests/house/umbrella.cmake`.

// clang-format off
")
foreach(header IN LISTS headers)
  string(APPEND text "#include <${header}> // IWYU pragma: export\n")
endforeach()
string(APPEND text "\n#endif\n")

if(NOT CHECK)
  file(WRITE ${umbrella} "${text}")
  return()
endif()
set(present "")
if(EXISTS ${umbrella})
  file(READ ${umbrella} present)
endif()
if(NOT present STREQUAL text)
  foreach(header IN LISTS headers)
    string(FIND "${present}" "<${header}>" at)
    if(at EQUAL -1)
      message("${umbrella}: lacks <${header}>")
    endif()
  endforeach()
  message(FATAL_ERROR "${umbrella} is not what the folder says. Run: cmake -P tests/house/umbrella.cmake")
endif()

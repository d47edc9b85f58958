# SPDX-License-Identifier: Apache-2.0
# The single door for libraries of others. Nothing is downloaded here; docs/dependencies.md says why each is used.

# cmake/dev.sh unpacks Boost here where the system's own Boost is too old and must not be removed.
if(PROJECT_IS_TOP_LEVEL AND EXISTS ${PROJECT_SOURCE_DIR}/.deps/boost/usr)
  list(PREPEND CMAKE_PREFIX_PATH ${PROJECT_SOURCE_DIR}/.deps/boost/usr)
endif()

# Finds a library that the installed static library needs again when a host links it, so it goes into the package
# config as well.
set(segmenta_config_dependencies "")
macro(segmenta_find_dependency)
  find_package(${ARGN} REQUIRED)
  string(REPLACE ";" " " segmenta_dependency_line "${ARGN}")
  string(APPEND segmenta_config_dependencies "  find_dependency(${segmenta_dependency_line})\n")
endmacro()

segmenta_find_dependency(Threads)
segmenta_find_dependency(ZLIB)
list(PREPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake) # for Findre2.cmake; gone at the end of this file
segmenta_find_dependency(re2)
segmenta_find_dependency(fmt 9 CONFIG)
segmenta_find_dependency(date 3 CONFIG)
segmenta_find_dependency(Boost 1.81 CONFIG COMPONENTS json)
list(POP_FRONT CMAKE_MODULE_PATH)

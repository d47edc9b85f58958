# SPDX-License-Identifier: Apache-2.0
# The single door for libraries of others. Nothing is downloaded here; docs/dependencies.md says why each is used.
# What the static library needs at link time is repeated in segmenta-config.cmake.in.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(date 3 CONFIG REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json)

# Eigen comes in with the first source of segmenta::models (see CMakeLists.txt).

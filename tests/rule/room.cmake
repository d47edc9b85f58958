# SPDX-License-Identifier: Apache-2.0
# The naive evaluator of rules, also for the tests of the rooms above that hold their executors against it.
foreach(room rule segmenter)
  target_sources(segmenta.${room} PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/rule/oracle.cpp ${CMAKE_CURRENT_SOURCE_DIR}/rule/oracle_functions.cpp)
endforeach()

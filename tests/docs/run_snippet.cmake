# SPDX-License-Identifier: Apache-2.0
# Runs PROGRAM and, when EXPECTED exists, compares what it prints.
execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE code OUTPUT_VARIABLE printed ERROR_VARIABLE errors)
message("${printed}${errors}")
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM}: exit code ${code}")
endif()
if(EXISTS ${EXPECTED})
  file(READ ${EXPECTED} expected)
  if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "${PROGRAM} does not print what the page says. The page says:\n${expected}")
  endif()
endif()

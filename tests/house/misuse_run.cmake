# SPDX-License-Identifier: Apache-2.0
# One misuse test, see misuse.cmake.
function(compile misuse code_variable text_variable)
  execute_process(
    COMMAND ${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -I ${INCLUDE} -DSEGMENTA_MISUSE=${misuse} ${FILE}
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${code_variable} ${code} PARENT_SCOPE)
  set(${text_variable} "${text}" PARENT_SCOPE)
endfunction()

compile(0 good_code good_text)
if(NOT good_code EQUAL 0)
  message(FATAL_ERROR "${FILE}: without the mistake it should compile, but:\n${good_text}")
endif()
compile(1 bad_code bad_text)
if(bad_code EQUAL 0)
  message(FATAL_ERROR "${FILE}: with the mistake it compiles, and should not")
endif()
if(NOT bad_text MATCHES "${REGEX}")
  message(FATAL_ERROR "${FILE}: the compiler refuses it, but says nothing like '${REGEX}':\n${bad_text}")
endif()

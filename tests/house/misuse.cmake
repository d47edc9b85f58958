# SPDX-License-Identifier: Apache-2.0
# segmenta_misuse_test(<name> <file> <regex>): what must not compile, does not, and says why.
#
# The file is compiled twice: with SEGMENTA_MISUSE=0 it must compile (so that the mistake is the only thing wrong with
# it), with SEGMENTA_MISUSE=1 it must fail and the compiler's output must match <regex>. Any other failure is no pass.
# Files tests/<room>/<name>.misuse.cpp are found by themselves; their line `// misuse: <regex>` holds the expectation.
function(segmenta_misuse_test name file regex)
  add_test(NAME misuse.${name}
    COMMAND ${CMAKE_COMMAND}
      "-DCOMPILER=${CMAKE_CXX_COMPILER}"
      "-DINCLUDE=${PROJECT_SOURCE_DIR}/include"
      "-DFILE=${file}"
      "-DREGEX=${regex}"
      -P ${PROJECT_SOURCE_DIR}/tests/house/misuse_run.cmake)
  set_tests_properties(misuse.${name} PROPERTIES LABELS misuse TIMEOUT 300)
endfunction()

file(GLOB misuse_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/*.misuse.cpp)
foreach(file IN LISTS misuse_files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} expectation REGEX "^// misuse: " LIMIT_COUNT 1)
  if(NOT expectation)
    message(FATAL_ERROR "${file}: no line '// misuse: <regex of the expected message>'")
  endif()
  string(REGEX REPLACE "^// misuse: " "" expectation "${expectation}")
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "\\.misuse\\.cpp$" "" name ${name})
  segmenta_misuse_test(${name} ${file} "${expectation}")
endforeach()

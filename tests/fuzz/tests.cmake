# SPDX-License-Identifier: Apache-2.0
# Each tests/fuzz/<name>.fuzz.cpp is a test that replays tests/fuzz/corpus/<name>/, and with SEGMENTA_BUILD_FUZZERS
# (preset fuzz) a libFuzzer program as well:  build/fuzz/tests/fuzz.<name>.libfuzzer tests/fuzz/corpus/<name>
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*.fuzz.cpp)
if(SEGMENTA_BUILD_FUZZERS AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "SEGMENTA_BUILD_FUZZERS needs clang; the compiler is ${CMAKE_CXX_COMPILER_ID}. Use preset fuzz.")
endif()

function(segmenta_fuzz_program target source)
  add_executable(${target} ${source} ${ARGN})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  # Models first: they need the rest.
  target_link_libraries(${target} PRIVATE segmenta_models segmenta ${segmenta_libraries})
  segmenta_private_options(${target})
endfunction()

foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME)
  string(REGEX REPLACE "\\.fuzz\\.cpp$" "" name ${name})
  segmenta_fuzz_program(fuzz.${name} ${source} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/replay.cpp)
  add_test(NAME fuzz.${name} COMMAND fuzz.${name} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS "fuzz" TIMEOUT 900)
  list(APPEND segmenta_test_targets fuzz.${name})
  if(SEGMENTA_BUILD_FUZZERS)
    # The preset instruments the library for coverage (fuzzer-no-link); here the engine is linked.
    segmenta_fuzz_program(fuzz.${name}.libfuzzer ${source})
    target_compile_options(fuzz.${name}.libfuzzer PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz.${name}.libfuzzer PRIVATE -fsanitize=fuzzer)
  endif()
endforeach()

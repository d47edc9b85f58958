# SPDX-License-Identifier: Apache-2.0
# The C++ of README.md and docs/*.md is compiled and run, so that it cannot grow old. See extract.awk for the marks.
find_program(SEGMENTA_AWK NAMES awk mawk gawk REQUIRED)
mark_as_advanced(SEGMENTA_AWK)
file(GLOB doc_pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/docs/*.md)
set(snippet_folder ${CMAKE_CURRENT_BINARY_DIR}/docs)
file(MAKE_DIRECTORY ${snippet_folder}/new)

foreach(page IN LISTS doc_pages)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
  get_filename_component(page_name ${page} NAME_WE)
  execute_process(
    COMMAND ${SEGMENTA_AWK} -v out=${snippet_folder}/new -v page=${page_name}
            -f ${CMAKE_CURRENT_SOURCE_DIR}/docs/extract.awk ${page}
    OUTPUT_VARIABLE blocks RESULT_VARIABLE code OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${page}: cannot take out its C++ blocks")
  endif()
  string(REPLACE "\n" ";" blocks "${blocks}")
  foreach(block IN LISTS blocks)
    string(REPLACE " " ";" block "${block}")
    list(GET block 0 name)
    list(GET block 1 kind)
    # Copied only when changed, so that a reconfigure compiles nothing again.
    configure_file(${snippet_folder}/new/${name}.cpp ${snippet_folder}/${name}.cpp COPYONLY)
    file(REMOVE ${snippet_folder}/${name}.output)
    if(EXISTS ${snippet_folder}/new/${name}.output)
      file(RENAME ${snippet_folder}/new/${name}.output ${snippet_folder}/${name}.output)
    endif()
    if(kind STREQUAL "run")
      add_executable(docs.${name} ${snippet_folder}/${name}.cpp)
      add_test(NAME docs.${name}
        COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:docs.${name}> -DEXPECTED=${snippet_folder}/${name}.output
                -P ${CMAKE_CURRENT_SOURCE_DIR}/docs/run_snippet.cmake
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
      set_tests_properties(docs.${name} PROPERTIES LABELS docs TIMEOUT 300)
    else()
      add_library(docs.${name} OBJECT ${snippet_folder}/${name}.cpp)
    endif()
    target_link_libraries(docs.${name} PRIVATE segmenta segmenta_models)
    segmenta_private_options(docs.${name})
  endforeach()
endforeach()
file(REMOVE_RECURSE ${snippet_folder}/new)

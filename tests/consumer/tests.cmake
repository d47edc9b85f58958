# SPDX-License-Identifier: Apache-2.0
# Builds and runs a host's project against the installed package, the build tree and the source tree.
set(consumer_work ${CMAKE_CURRENT_BINARY_DIR}/consumer)

# The host uses the same compiler, flags and prefixes as this build, so that sanitizer presets link too.
set(consumer_options
  -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
  -DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}
  "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}"
  "-DCMAKE_PREFIX_PATH=${CMAKE_PREFIX_PATH}"
  -DBUILD_SHARED_LIBS=${BUILD_SHARED_LIBS})
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
if(type)
  list(APPEND consumer_options "-DCMAKE_CXX_FLAGS_${type}=${CMAKE_CXX_FLAGS_${type}}")
endif()

function(segmenta_consumer_test name)
  add_test(NAME consumer.${name}
    COMMAND ${CMAKE_CTEST_COMMAND}
      --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/consumer ${consumer_work}/${name}
      --build-generator ${CMAKE_GENERATOR}
      --build-makeprogram ${CMAKE_MAKE_PROGRAM}
      --build-options ${consumer_options} ${ARGN}
      --test-command ${consumer_work}/${name}/consumer)
  set_tests_properties(consumer.${name} PROPERTIES LABELS consumer TIMEOUT 2400)
endfunction()

# Installed: a fixture installs what this build made.
set(consumer_prefix ${consumer_work}/prefix)
add_test(NAME consumer.install
  COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${consumer_prefix})
set_tests_properties(consumer.install PROPERTIES LABELS consumer FIXTURES_SETUP segmenta_installed)

segmenta_consumer_test(installed
  -DCONSUMER_MODE=package
  -DCONSUMER_VERSION=${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  -Dsegmenta_DIR=${consumer_prefix}/${CMAKE_INSTALL_LIBDIR}/cmake/segmenta)
segmenta_consumer_test(build_tree -DCONSUMER_MODE=package -Dsegmenta_DIR=${PROJECT_BINARY_DIR})
segmenta_consumer_test(subdirectory
  -DCONSUMER_MODE=subdirectory
  -DCONSUMER_SEGMENTA_SOURCE=${PROJECT_SOURCE_DIR}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER})
# The same sources with the same flags in another folder: let the cache see that they are the same.
set_tests_properties(consumer.subdirectory PROPERTIES
  ENVIRONMENT "CCACHE_NOHASHDIR=1;CMAKE_BUILD_PARALLEL_LEVEL=2" PROCESSORS 2)

# Other minor and major versions, and a newer patch, are refused by name. PASS_REGULAR_EXPRESSION makes the message the
# test: any other failure does not pass.
math(EXPR next_minor "${PROJECT_VERSION_MINOR} + 1")
math(EXPR next_patch "${PROJECT_VERSION_PATCH} + 1")
foreach(version IN ITEMS
    ${PROJECT_VERSION_MAJOR}.${next_minor} 1.0 ${PROJECT_VERSION_MAJOR}.0
    ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}.${next_patch})
  add_test(NAME consumer.refuses_${version}
    COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_SOURCE_DIR}/consumer -B ${consumer_work}/refuses_${version}
      -G ${CMAKE_GENERATOR} ${consumer_options}
      -DCONSUMER_MODE=package -DCONSUMER_VERSION=${version}
      -Dsegmenta_DIR=${consumer_prefix}/${CMAKE_INSTALL_LIBDIR}/cmake/segmenta)
  set_tests_properties(consumer.refuses_${version} PROPERTIES LABELS consumer
    PASS_REGULAR_EXPRESSION
      "configuration[ \n]+file[ \n]+for[ \n]+package[ \n]+\"segmenta\"[ \n]+that[ \n]+is[ \n]+compatible[ \n]+with[ \n]+requested[ \n]+version[ \n]+\"${version}\"")
endforeach()
foreach(test IN ITEMS installed refuses_${PROJECT_VERSION_MAJOR}.${next_minor} refuses_1.0 refuses_${PROJECT_VERSION_MAJOR}.0
    refuses_${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}.${next_patch})
  set_tests_properties(consumer.${test} PROPERTIES FIXTURES_REQUIRED segmenta_installed)
endforeach()

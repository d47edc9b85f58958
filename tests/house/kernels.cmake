# SPDX-License-Identifier: Apache-2.0
# Kernel files are compiled for processors that not everybody has. An inline function of a shared header that such a file
# emits could be the copy the linker keeps for all: the library would then end with SIGILL elsewhere. So kernel objects
# of an optimised build define no weak functions.
#   cmake -DNM=nm -DARCHIVES="libsegmenta.a;libsegmenta_models.a" -P tests/house/kernels.cmake
set(kernels 0)
set(wrong "")
foreach(archive IN LISTS ARCHIVES)
  execute_process(COMMAND ${NM} -C --defined-only ${archive} OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${NM} cannot read ${archive}")
  endif()
  string(REGEX REPLACE "[][;]" " " symbols "${symbols}")
  string(REPLACE "\n" ";" lines "${symbols}")
  set(file "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^(.*)\\.o:$")
      set(file ${CMAKE_MATCH_1})
      if(file MATCHES "\\.avx[0-9a-z]*\\.cpp$")
        math(EXPR kernels "${kernels} + 1")
      endif()
    elseif(file MATCHES "\\.avx[0-9a-z]*\\.cpp$" AND line MATCHES "^[0-9a-f]+ [Wu] (.*)$")
      string(APPEND wrong "\n  ${file}: ${CMAKE_MATCH_1}")
    endif()
  endforeach()
endforeach()
if(kernels LESS 4)
  message(FATAL_ERROR "only ${kernels} kernel files in ${ARCHIVES}: this test no longer finds them")
endif()
if(NOT wrong STREQUAL "")
  message(FATAL_ERROR "these functions of kernel files may be kept for processors without their instructions; make them "
                      "templates of the file's own Lanes, or static:${wrong}")
endif()
message("${kernels} kernel files, no function that others could get")

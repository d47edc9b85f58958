# SPDX-License-Identifier: Apache-2.0

# Warnings and code generation for our own targets only, always PRIVATE: nothing of this reaches a consumer.
# (A development-only INTERFACE target would break export() of a static library on CMake 3.25.)
function(segmenta_private_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    # Fused multiply-add would give other last bits on machines that have it.
    -ffp-contract=off)
  # The baseline is what every server of the last fifteen years has; faster kernels are files of their own
  # (*.avx2.cpp, *.avx512.cpp) chosen at run time.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    target_compile_options(${target} PRIVATE -march=x86-64-v2)
  endif()
endfunction()

# Gives kernel files among `files` their instruction set. Such a file should hold kernels and little else: an inline
# function of a shared header compiled here may be the copy the linker keeps for everybody.
function(segmenta_kernel_flags)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    return()
  endif()
  set(avx2 -mavx2 -mbmi -mbmi2 -mfma -mlzcnt -mpopcnt -mpclmul)
  set(avx512 ${avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512cd)
  foreach(file IN LISTS ARGN)
    if(file MATCHES "\\.avx2\\.cpp$")
      set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "${avx2}")
    elseif(file MATCHES "\\.avx512\\.cpp$")
      set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "${avx512}")
    elseif(file MATCHES "\\.avx512vbmi2\\.cpp$") # for kernels that ask for VBMI and VBMI2 beside the level
      set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "${avx512};-mavx512vbmi;-mavx512vbmi2")
    endif()
  endforeach()
endfunction()

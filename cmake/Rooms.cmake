# SPDX-License-Identifier: Apache-2.0
# A room is a folder: include/segmenta/<room>, src/<room>, tests/<room>.
#
# Each room is an OBJECT library of its own, and its tests link only the objects of that room and of the rooms below it.
# So the linker proves the layers, and a room that does not compile today does not stop the tests of the others.

set_property(GLOBAL PROPERTY segmenta_rooms "")

# Adds, once each and in order, the rooms that `room` stands on, and the room itself, to <out>.
function(segmenta_room_closure out)
  set(closure "")
  foreach(room IN LISTS ARGN)
    get_property(below GLOBAL PROPERTY segmenta_room_${room}_below)
    list(APPEND closure ${below} ${room})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(${out} ${closure} PARENT_SCOPE)
endfunction()

# The object files of all `rooms` (generator expressions) in <objects>, the libraries they need in <libraries>.
function(segmenta_room_parts objects libraries)
  set(object_list "")
  set(library_list "")
  foreach(room IN LISTS ARGN)
    get_property(has_objects GLOBAL PROPERTY segmenta_room_${room}_has_objects)
    if(has_objects)
      list(APPEND object_list $<TARGET_OBJECTS:segmenta_room_${room}>)
    endif()
    get_property(links GLOBAL PROPERTY segmenta_room_${room}_links)
    list(APPEND library_list ${links})
  endforeach()
  list(REMOVE_DUPLICATES library_list)
  set(${objects} ${object_list} PARENT_SCOPE)
  set(${libraries} ${library_list} PARENT_SCOPE)
endfunction()

# segmenta_room(<name> DEPENDS <rooms...> [LINK <private libraries>] [SOURCES_EXCEPT <regex>])
# Makes segmenta_room_<name> from src/<name>/*.cpp. A room without sources is allowed (headers only).
function(segmenta_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCES_EXCEPT" "DEPENDS;LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "segmenta_room(${name}): what is '${arg_UNPARSED_ARGUMENTS}'? Allowed: DEPENDS, LINK, SOURCES_EXCEPT")
  endif()
  get_property(known GLOBAL PROPERTY segmenta_rooms)
  foreach(below IN LISTS arg_DEPENDS)
    if(NOT below IN_LIST known)
      message(FATAL_ERROR "segmenta_room(${name}): depends on '${below}', which is not a room above it. Known: ${known}")
    endif()
  endforeach()

  # A glob, against CMake's general advice: a room is by definition everything in its folder, so a list would only be
  # a second copy to forget. CONFIGURE_DEPENDS makes Ninja look again before each build.
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(arg_SOURCES_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "${arg_SOURCES_EXCEPT}")
  endif()
  segmenta_kernel_flags(${sources})

  segmenta_room_closure(below ${arg_DEPENDS})
  segmenta_room_parts(below_objects below_links ${below})
  set(links ${below_links} ${arg_LINK})
  list(REMOVE_DUPLICATES links)

  set_property(GLOBAL APPEND PROPERTY segmenta_rooms ${name})
  set_property(GLOBAL PROPERTY segmenta_room_${name}_below "${below}")
  set_property(GLOBAL PROPERTY segmenta_room_${name}_links "${links}")
  if(sources)
    set_property(GLOBAL PROPERTY segmenta_room_${name}_has_objects TRUE)
    add_library(segmenta_room_${name} OBJECT ${sources})
    target_include_directories(segmenta_room_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_compile_features(segmenta_room_${name} PRIVATE cxx_std_20)
    target_link_libraries(segmenta_room_${name} PRIVATE ${links})
    segmenta_private_options(segmenta_room_${name})
    if(BUILD_SHARED_LIBS)
      set_target_properties(segmenta_room_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    endif()
  else()
    add_library(segmenta_room_${name} INTERFACE)
  endif()
endfunction()

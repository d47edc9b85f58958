# SPDX-License-Identifier: Apache-2.0
# The installed package, and the same package in the build tree.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(segmenta_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/segmenta)

install(TARGETS segmenta segmenta_models
  EXPORT segmenta-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET segmenta_cli)
  install(TARGETS segmenta_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(EXPORT segmenta-targets NAMESPACE segmenta:: DESTINATION ${segmenta_package_folder})
export(EXPORT segmenta-targets NAMESPACE segmenta:: FILE ${PROJECT_BINARY_DIR}/segmenta-targets.cmake)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/segmenta-config.cmake.in
  ${PROJECT_BINARY_DIR}/segmenta-config.cmake
  INSTALL_DESTINATION ${segmenta_package_folder}
  NO_SET_AND_CHECK_MACRO)
configure_file(${PROJECT_SOURCE_DIR}/cmake/Findre2.cmake ${PROJECT_BINARY_DIR}/Findre2.cmake COPYONLY)
# Before 1.0 a minor version may change the interface, so 0.1 never passes for 0.2.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/segmenta-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/segmenta-config.cmake ${PROJECT_BINARY_DIR}/segmenta-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/Findre2.cmake
  DESTINATION ${segmenta_package_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

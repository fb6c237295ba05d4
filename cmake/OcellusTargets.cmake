# The kinds of target this project has, so that a folder's CMakeLists.txt says only what is special about it.

set(OCELLUS_MODULE_DIR ${CMAKE_BINARY_DIR}/lib/ocellus)
set(OCELLUS_PLUGIN_DIR ${OCELLUS_MODULE_DIR}/plugins)
set(OCELLUS_TEST_DATA ${CMAKE_BINARY_DIR}/tests/data)  # made by tests/data_tool out of the folder of the same name

add_library(ocellus_warnings INTERFACE)
target_compile_options(ocellus_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)

# ocellus_library(NAME SOURCES... ): a static library that may end up inside a plugin.
function(ocellus_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ocellus_sdk ${ARG_LINK} PRIVATE ocellus_warnings ${ARG_PRIVATE_LINK})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# A library that is opened at run time and exports nothing but `entry`. Visibility flags alone would leave weak
# vtables of its dependencies exported; the version script does not.
function(ocellus_module name)
  cmake_parse_arguments(ARG "" "ENTRY;DESTINATION" "SOURCES;LINK" ${ARGN})
  add_library(${name} MODULE ${ARG_SOURCES})
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${name}.map)
  file(WRITE ${script} "{ global: ${ARG_ENTRY}; local: *; };\n")
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fno-gnu-unique)
  endif()
  target_link_libraries(${name} PRIVATE ocellus_sdk ocellus_warnings ${ARG_LINK})
  target_link_options(${name} PRIVATE -Wl,--version-script=${script})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${ARG_DESTINATION} LINK_DEPENDS ${script})
  set_property(GLOBAL APPEND PROPERTY OCELLUS_MODULES ${name})
endfunction()

# ocellus_plugin(NAME SOURCES... LINK...): a plugin package, found by the host in <build>/lib/ocellus/plugins.
function(ocellus_plugin name)
  ocellus_module(${name} ENTRY ocellus_package_v0 DESTINATION ${OCELLUS_PLUGIN_DIR} ${ARGN})
endfunction()

# ocellus_test(NAME SOURCES... LINK...): a GoogleTest program whose cases ctest lists one by one.
function(ocellus_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE OCELLUS_TEST_DATA="${OCELLUS_TEST_DATA}"
    OCELLUS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" OCELLUS_BUILD_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ocellus_sdk ocellus_warnings ${ARG_LINK} GTest::gtest_main GTest::gmock)
  # Compiles in three quarters of the time of -O3; the code under test lies in libraries, which keep theirs.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  add_dependencies(${name} test_data)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

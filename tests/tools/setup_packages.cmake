# tools/setup.sh names the packages of each system it knows, and stops with one sentence on others.
#   cmake -DSETUP=tools/setup.sh -DFOLDER=scratch -P setup_packages.cmake
cmake_minimum_required(VERSION 3.22)
file(MAKE_DIRECTORY ${FOLDER})

# The words behind `out` stand before --list.
function(packages_of id version out)
  file(WRITE ${FOLDER}/os-release "ID=${id}\nVERSION_ID=\"${version}\"\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E env OCELLUS_OS_RELEASE=${FOLDER}/os-release ${SETUP} ${ARGN} --list
    OUTPUT_VARIABLE list RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "--list on ${id} ${version} ended with ${code}")
  endif()
  string(REPLACE "\n" ";" list "${list}")
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

packages_of(debian 12 debian)
packages_of(ubuntu 24.04 ubuntu)
packages_of(debian 12 with_launchers --test-all)
foreach(expected "with_launchers;slurmd" "with_launchers;openmpi-bin" "with_launchers;libboost1.81-dev"
    "debian;libboost1.81-dev" "ubuntu;libboost1.83-dev" "ubuntu;libwebp-dev")
  list(GET expected 0 system)
  list(GET expected 1 package)
  if(NOT package IN_LIST ${system})
    message(FATAL_ERROR "${system} is to get ${package}, but the list is: ${${system}}")
  endif()
endforeach()
foreach(package slurmd openmpi-bin)
  if(${package} IN_LIST debian)
    message(FATAL_ERROR "${package} is for --test-all only")
  endif()
endforeach()
if("libboost1.81-dev" IN_LIST ubuntu)
  message(FATAL_ERROR "Ubuntu 24.04 has no libboost1.81-dev")
endif()

file(WRITE ${FOLDER}/os-release "ID=other\nVERSION_ID=1\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E env OCELLUS_OS_RELEASE=${FOLDER}/os-release ${SETUP}
  ERROR_VARIABLE error OUTPUT_QUIET RESULT_VARIABLE code)
if(code EQUAL 0 OR NOT error MATCHES "this system is 'other 1'.*OCELLUS_SKIP_PACKAGES=1")
  message(FATAL_ERROR "another system is to be refused with what to do; it ended with ${code}: ${error}")
endif()

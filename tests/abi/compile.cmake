# Compiles each file by itself in each standard, and lists what does not compile.
#   cmake -DCOMPILER=path -DNAME=gcc -DLANGUAGE=c -DSTANDARDS=c11;c17 -DFLAGS=... -DINCLUDE=folder -DFILES=... -P compile.cmake
if(NOT EXISTS "${COMPILER}")
  message(FATAL_ERROR "there is no ${NAME}: tools/setup.sh installs it")
endif()
set(failures "")
foreach(standard IN LISTS STANDARDS)
  foreach(file IN LISTS FILES)
    execute_process(
      COMMAND ${COMPILER} -std=${standard} -Wall -Wextra -Wpedantic -Werror ${FLAGS} -I ${INCLUDE} -fsyntax-only
        -x ${LANGUAGE} -include ${file} /dev/null
      RESULT_VARIABLE result ERROR_VARIABLE messages)
    if(NOT result EQUAL 0)
      string(APPEND failures "${file} as ${standard}:\n${messages}\n")
    endif()
  endforeach()
endforeach()
if(failures)
  message(FATAL_ERROR "does not compile with ${COMPILER}:\n${failures}")
endif()

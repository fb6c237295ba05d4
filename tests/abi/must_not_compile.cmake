# A file that compiles with -DGOOD and must not compile without: so that it fails for the reason it is there for.
#   cmake -DCOMPILER=path -DINCLUDE=folder -DFILE=file -P must_not_compile.cmake
foreach(flag "-DGOOD" "")
  execute_process(COMMAND ${COMPILER} -std=c++20 ${flag} -I ${INCLUDE} -fsyntax-only ${FILE}
    RESULT_VARIABLE result ERROR_VARIABLE messages)
  if(flag AND NOT result EQUAL 0)
    message(FATAL_ERROR "${FILE} must compile with ${flag}:\n${messages}")
  elseif(NOT flag AND result EQUAL 0)
    message(FATAL_ERROR "${FILE} compiles, and must not")
  endif()
endforeach()

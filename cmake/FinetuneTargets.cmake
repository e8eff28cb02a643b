# finetune_add_library(room SOURCES a.cpp ... DEPS other_room ... [LINK library ...] [TORCH])
#
# One static library a room. DEPS are the rooms it may include (tests/architecture checks the #include lines);
# TORCH adds LibTorch; LINK adds third-party libraries that no header of the room shows.
function(finetune_add_library room)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPS;LINK" ${ARGN})
  add_library(finetune_${room} STATIC ${ARG_SOURCES})
  target_include_directories(finetune_${room} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(finetune_${room} PRIVATE finetune_flags ${ARG_LINK})
  foreach(_dep ${ARG_DEPS})
    target_link_libraries(finetune_${room} PUBLIC finetune_${_dep})
  endforeach()
  if(ARG_TORCH)
    target_link_libraries(finetune_${room} PUBLIC finetune::torch PRIVATE OpenMP::OpenMP_CXX)
  endif()
endfunction()

# finetune_add_test(name SOURCES a_test.cpp ... DEPS room ...): one Catch2 program, registered with CTest.
function(finetune_add_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LINK" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE finetune_flags finetune_test_main ${ARG_LINK})
  foreach(_dep ${ARG_DEPS})
    target_link_libraries(${name}_test PRIVATE finetune_${_dep})
  endforeach()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${name}_test PRIVATE -O0)  # tests wait for the compiler, not for themselves
  endif()
  add_test(NAME ${name} COMMAND ${name}_test)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# Reading torch/nn/module.h takes longer than compiling what a source of ours says with it: rooms with PRECOMPILED share a
# header that is read once. Tests share one with Catch2. Sources still include what they use, since clang-tidy and the rooms
# without a precompiled header read them plainly. A header serves one set of compiler options; the target
# finetune_<name>_headers makes it.
function(finetune_add_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;OPTIONS;LINK" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_headers.cpp CONTENT "")
  add_library(finetune_${name}_headers OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/${name}_headers.cpp)
  target_link_libraries(finetune_${name}_headers PRIVATE finetune_flags ${ARG_LINK})
  target_compile_options(finetune_${name}_headers PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(finetune_${name}_headers PRIVATE ${ARG_HEADERS})
endfunction()

function(finetune_use_precompiled target name)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_precompile_headers(${target} REUSE_FROM finetune_${name}_headers)
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # lets ccache see the header as one file
  endif()
endfunction()

set(FINETUNE_TORCH_HEADERS <memory> <string> <vector> <torch/csrc/autograd/custom_function.h> <torch/nn/module.h>)
set(FINETUNE_TEST_HEADERS <catch2/catch.hpp> <filesystem> <map> <memory> <string> <vector>)
set(FINETUNE_TEST_OPTIONS "")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(FINETUNE_TEST_OPTIONS -O0)  # tests wait for the compiler, not for themselves
endif()

# finetune_add_library(room SOURCES a.cpp ... DEPS other_room ... [LINK library ...] [TORCH] [PRECOMPILED])
#
# One static library a room. DEPS are the rooms it may include (tests/architecture checks the #include lines);
# TORCH adds LibTorch, PRECOMPILED its headers; LINK adds third-party libraries that no header of the room shows.
function(finetune_add_library room)
  cmake_parse_arguments(ARG "TORCH;PRECOMPILED" "" "SOURCES;DEPS;LINK" ${ARGN})
  add_library(finetune_${room} STATIC ${ARG_SOURCES})
  target_include_directories(finetune_${room} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(finetune_${room} PRIVATE finetune_flags ${ARG_LINK})
  foreach(_dep ${ARG_DEPS})
    target_link_libraries(finetune_${room} PUBLIC finetune_${_dep})
  endforeach()
  if(ARG_TORCH)
    target_link_libraries(finetune_${room} PUBLIC finetune::torch PRIVATE OpenMP::OpenMP_CXX)
  endif()
  foreach(_dep ${ARG_DEPS})
    get_property(_torch_rooms GLOBAL PROPERTY FINETUNE_TORCH_ROOMS)
    if(_dep IN_LIST _torch_rooms)
      set(ARG_TORCH TRUE)
    endif()
  endforeach()
  if(ARG_TORCH)
    set_property(GLOBAL APPEND PROPERTY FINETUNE_TORCH_ROOMS ${room})
  endif()
  if(ARG_PRECOMPILED)
    finetune_use_precompiled(finetune_${room} torch)
  endif()
endfunction()

# finetune_add_test(name SOURCES a_test.cpp ... DEPS room ...): one Catch2 program, registered with CTest. Where its rooms know
# LibTorch its headers come precompiled before Catch2's, because the CHECK that is defined last is the one that tests get.
function(finetune_add_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LINK" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE finetune_flags finetune_test_main ${ARG_LINK})
  foreach(_dep ${ARG_DEPS})
    target_link_libraries(${name}_test PRIVATE finetune_${_dep})
  endforeach()
  target_compile_options(${name}_test PRIVATE ${FINETUNE_TEST_OPTIONS})
  set(_headers test)
  get_property(_torch_rooms GLOBAL PROPERTY FINETUNE_TORCH_ROOMS)
  foreach(_dep ${ARG_DEPS})
    if(_dep IN_LIST _torch_rooms)
      set(_headers torch_test)
    endif()
  endforeach()
  finetune_use_precompiled(${name}_test ${_headers})
  # mold 1.10 protects a page that is not there where a program's only thread-local variable is one zero byte, ATen's.
  target_link_options(${name}_test PRIVATE -Wl,-z,norelro)
  add_test(NAME ${name} COMMAND ${name}_test)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

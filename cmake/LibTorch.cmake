# Imported target finetune::torch: LibTorch >= 2.13 from Torch_DIR or CMAKE_PREFIX_PATH, else from the
# wheel that scripts/setup.sh put into .deps/venv. Own targets instead of find_package(Torch): the
# package of a CUDA wheel insists on a matching CUDA toolkit even for programs that never compile CUDA.
set(_torch_candidates ${Torch_DIR} ${CMAKE_PREFIX_PATH} $ENV{CMAKE_PREFIX_PATH})
file(GLOB _wheels ${PROJECT_SOURCE_DIR}/.deps/venv/lib/python3*/site-packages/torch)
if(NOT Torch_DIR)  # a wrong Torch_DIR is an error, not a reason to take another LibTorch
  list(APPEND _torch_candidates ${_wheels})
endif()
set(FINETUNE_TORCH_ROOT "")
foreach(_path ${_torch_candidates})
  foreach(_up "" /.. /../.. /../../..)   # accepts <root>, <root>/share/cmake and <root>/share/cmake/Torch
    if(NOT FINETUNE_TORCH_ROOT AND EXISTS ${_path}${_up}/lib/libtorch_cpu.so)
      get_filename_component(FINETUNE_TORCH_ROOT ${_path}${_up} REALPATH)
    endif()
  endforeach()
endforeach()
if(NOT FINETUNE_TORCH_ROOT)
  message(FATAL_ERROR "LibTorch not found. Run scripts/setup.sh, or pass -DTorch_DIR=<libtorch>/share/cmake/Torch.")
endif()

file(STRINGS ${FINETUNE_TORCH_ROOT}/include/torch/headeronly/version.h _version
     REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
string(REGEX REPLACE "[^0-9;]" "" _version "${_version}")
list(JOIN _version "." FINETUNE_TORCH_VERSION)
if(FINETUNE_TORCH_VERSION VERSION_LESS 2.13)
  message(FATAL_ERROR "LibTorch ${FINETUNE_TORCH_VERSION} at ${FINETUNE_TORCH_ROOT} is too old: 2.13 or newer is needed.")
endif()

foreach(_lib c10 torch_cpu torch)
  add_library(finetune_import_${_lib} SHARED IMPORTED)
  set_target_properties(finetune_import_${_lib} PROPERTIES
    IMPORTED_LOCATION ${FINETUNE_TORCH_ROOT}/lib/lib${_lib}.so IMPORTED_NO_SONAME OFF)
endforeach()
add_library(finetune::torch INTERFACE IMPORTED)
target_include_directories(finetune::torch SYSTEM INTERFACE
  ${FINETUNE_TORCH_ROOT}/include ${FINETUNE_TORCH_ROOT}/include/torch/csrc/api/include)
target_link_libraries(finetune::torch INTERFACE finetune_import_torch finetune_import_torch_cpu finetune_import_c10)

if(FINETUNE_CUDA)
  if(NOT EXISTS ${FINETUNE_TORCH_ROOT}/lib/libtorch_cuda.so)
    message(FATAL_ERROR "FINETUNE_CUDA=ON needs a CUDA LibTorch, but ${FINETUNE_TORCH_ROOT} has no lib/libtorch_cuda.so. "
                        "Pass -DTorch_DIR=<a CUDA libtorch>/share/cmake/Torch.")
  endif()
  # Nothing refers to libtorch_cuda by symbol: its operators register only if it is really linked.
  target_link_options(finetune::torch INTERFACE -Wl,--no-as-needed ${FINETUNE_TORCH_ROOT}/lib/libtorch_cuda.so
    ${FINETUNE_TORCH_ROOT}/lib/libc10_cuda.so -Wl,--as-needed -Wl,--allow-shlib-undefined)
endif()

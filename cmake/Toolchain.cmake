# Compiler cache, linker and the flags that every target of ours gets.
find_program(FINETUNE_CCACHE ccache)
if(FINETUNE_CCACHE)
  # Relative paths, so that two clones of the same sources share the cache; the headers that a source depends on are those
  # that g++ names while it compiles, so that it need not be preprocessed first.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_DEPEND=1
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${FINETUNE_CCACHE})
endif()
find_program(FINETUNE_MOLD mold)
if(FINETUNE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(finetune_flags INTERFACE)
target_compile_options(finetune_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Werror>)
if(FINETUNE_SANITIZE)
  target_compile_options(finetune_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(finetune_flags INTERFACE -fsanitize=address,undefined)
endif()
if(FINETUNE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "FINETUNE_FUZZ=ON needs libFuzzer: configure with -DCMAKE_CXX_COMPILER=clang++-14, as scripts/fuzz.sh does.")
  endif()
  set(_fuzz -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  # Warnings are g++'s affair.
  target_compile_options(finetune_flags INTERFACE -w ${_fuzz} -fno-omit-frame-pointer)
  target_link_options(finetune_flags INTERFACE ${_fuzz})
endif()

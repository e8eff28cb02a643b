# Imported target finetune::sentencepiece: the static library that scripts/setup.sh built into .deps/sentencepiece, or that of
# FINETUNE_SENTENCEPIECE_ROOT (scripts/fuzz.sh builds one with sanitizers).
# --exclude-libs keeps its protobuf and absl symbols out of the dynamic table, where LibTorch's would meet them.
set(FINETUNE_SENTENCEPIECE_ROOT ${PROJECT_SOURCE_DIR}/.deps/sentencepiece CACHE PATH "Where sentencepiece is")
set(_root ${FINETUNE_SENTENCEPIECE_ROOT})
if(NOT EXISTS ${_root}/lib/libsentencepiece.a)
  message(FATAL_ERROR "sentencepiece not found in ${_root}. Run scripts/setup.sh.")
endif()
add_library(finetune::sentencepiece INTERFACE IMPORTED)
target_include_directories(finetune::sentencepiece SYSTEM INTERFACE ${_root}/include)
target_link_libraries(finetune::sentencepiece INTERFACE ${_root}/lib/libsentencepiece_train.a ${_root}/lib/libsentencepiece.a)
if(NOT FINETUNE_FUZZ)  # shared libraries must find the allocator of the sanitizer
  target_link_options(finetune::sentencepiece INTERFACE -Wl,--exclude-libs,ALL)
endif()

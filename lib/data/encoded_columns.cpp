#include "data/encoded_columns.h"

#include "base/hash.h"

namespace finetune::data {

TableView view_of(const EncodedColumns& columns) {
  return {.offsets = columns.offsets,
          .token_ids = columns.token_ids,
          .second_begins = columns.second_begins,
          .tokens_cut = columns.tokens_cut,
          .class_ids = columns.class_ids,
          .targets = columns.targets,
          .lines = columns.lines,
          .text_hashes = columns.text_hashes,
          .label_offsets = columns.label_offsets,
          .label_ids = columns.label_ids,
          .num_targets = columns.num_targets};
}

uint64_t hash_of(const TableView& view) {
  uint64_t hash = static_cast<uint64_t>(view.num_targets);
  const auto add = [&hash](auto column) { hash = base::hash64(std::as_bytes(column), hash); };
  add(view.offsets);
  add(view.token_ids);
  add(view.second_begins);
  add(view.tokens_cut);
  add(view.class_ids);
  add(view.targets);
  add(view.lines);
  add(view.text_hashes);
  if (!view.label_offsets.empty()) {
    add(view.label_offsets);
    add(view.label_ids);
  }
  return hash;
}

}  // namespace finetune::data

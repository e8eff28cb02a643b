#include "models/name_rows.h"

namespace finetune::models {

void add_tensor(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
                bool is_head) {
  NameRow row;
  row.ours = ours;
  row.theirs = theirs;
  row.is_head = is_head;
  rows.push_back(std::move(row));
}

void add_linear(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
                bool is_head) {
  add_tensor(rows, ours + ".weight", theirs + ".weight", is_head);
  add_tensor(rows, ours + ".bias", theirs + ".bias", is_head);
}

void add_norm(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
              bool is_head) {
  add_tensor(rows, ours + ".gain", theirs + ".weight", is_head);
  add_tensor(rows, ours + ".shift", theirs + ".bias", is_head);
}

void add_fused_linear(std::vector<NameRow>& rows, const std::string& ours,
                      const std::vector<std::string>& theirs, bool is_head) {
  for (size_t i = 0; i < theirs.size(); ++i) {
    const size_t first = rows.size();
    add_linear(rows, ours, theirs[i], is_head);
    for (size_t row = first; row < rows.size(); ++row) {
      rows[row].slice_index = static_cast<int64_t>(i);
      rows[row].slice_count = static_cast<int64_t>(theirs.size());
    }
  }
}

void set_usual_fresh_values(std::vector<NameRow>& rows, double deviation) {
  for (NameRow& row : rows) {
    if (row.ours.ends_with(".gain")) {
      row.fresh_mean = 1.0;
    } else if (!row.ours.ends_with(".bias") && !row.ours.ends_with(".shift")) {
      row.fresh_deviation = deviation;
    }
  }
}

}  // namespace finetune::models

#include "tasks/label_head.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/log.h"
#include "base/strings.h"
#include "models/parameters.h"

namespace finetune::tasks {
namespace {

/// The tensors of the head's last layer, which have a row a label.
std::vector<models::NameRow> label_rows(const models::NameTable& table) {
  const auto last = std::ranges::find_if(table.rows.rbegin(), table.rows.rend(),
                                         [](const auto& row) { return row.is_head; });
  if (last == table.rows.rend()) return {};
  const std::string layer = last->ours.substr(0, last->ours.rfind('.') + 1);
  std::vector<models::NameRow> rows;
  std::ranges::copy_if(table.rows, std::back_inserter(rows),
                       [&](const auto& row) { return row.ours.starts_with(layer); });
  return rows;
}

/// The names that Hugging Face gives where there are none.
bool is_unnamed(const std::vector<std::string>& labels) {
  for (size_t id = 0; id < labels.size(); ++id) {
    if (labels[id] != base::cat("LABEL_", id)) return false;
  }
  return true;
}

/// Where each of `wanted` stands in `trained`; nothing unless they are the same labels.
std::optional<std::vector<int64_t>> order_of(const std::vector<std::string>& wanted,
                                             const std::vector<std::string>& trained) {
  std::map<std::string, int64_t> places;
  for (const std::string& label : trained) places.emplace(label, std::ssize(places));
  std::vector<int64_t> order;
  for (const std::string& label : wanted) {
    const auto place = places.find(label);
    if (place == places.end()) return std::nullopt;
    order.push_back(place->second);
  }
  return places.size() == wanted.size() ? std::optional(order) : std::nullopt;
}

std::string listed(const std::vector<std::string>& labels) {
  return base::quote(base::join(labels, ", "), 300);
}

void move_rows(models::SequenceClassifier& model, const std::vector<models::NameRow>& tensors,
               const std::vector<int64_t>& order) {
  const c10::NoGradGuard no_grad;
  const auto values = models::named_values(model.module());
  for (const models::NameRow& row : tensors) {
    const at::Tensor block = models::block_of(values.at(row.ours), row);  // [C, ...]
    const at::Tensor old = block.clone();
    for (size_t id = 0; id < order.size(); ++id)
      block.select(0, static_cast<int64_t>(id)).copy_(old.select(0, order[id]));
  }
}

}  // namespace

void fit_label_head(models::LoadedClassifier& loaded, const std::vector<std::string>& trained,
                    const std::vector<std::string>& wanted) {
  const std::vector<models::NameRow> tensors = label_rows(loaded.model->names());
  const auto is_new = [&](const models::NameRow& row) {
    return std::ranges::count(loaded.report.initialized, row.theirs) > 0;
  };
  if (trained == wanted || std::ranges::any_of(tensors, is_new)) return;
  if (const auto order = order_of(wanted, trained)) {
    move_rows(*loaded.model, tensors, *order);
  } else if (!is_unnamed(trained)) {
    base::log_warning(base::cat("the model was trained for ", listed(trained),
                                "; its head is reused for ", listed(wanted), ", in that order"));
  }
}

}  // namespace finetune::tasks

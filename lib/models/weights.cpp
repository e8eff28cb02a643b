#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "models/checkpoint_names.h"
#include "models/model.h"
#include "models/parameters.h"
#include "tensors/convert.h"

namespace finetune::models {
namespace {

using base::cat;

/// A view of contiguous fp32 `values`, which it keeps alive.
tensors::TensorView as_view(const at::Tensor& values) {
  tensors::TensorView view;
  view.shape = values.sizes().vec();
  view.bytes = {static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()};
  view.owner = std::make_shared<at::Tensor>(values);
  return view;
}

/// Everything that does not fit, collected before anybody is told.
struct Misfits {
  std::vector<std::string> missing;
  std::vector<std::string> misshaped;
  std::vector<std::string> nonfinite;
};

void add_list(std::string& text, std::string_view what, const std::vector<std::string>& names,
              std::string_view way_out = "") {
  if (!names.empty())
    text += cat("\n    ", what, " (", names.size(), way_out, "): ", base::join(names, ", "));
}

void check(const Misfits& misfits, const CheckpointNames& names, std::string_view file) {
  std::string lists;
  add_list(lists, "missing", misfits.missing);
  add_list(lists, "of another shape", misfits.misshaped);
  add_list(lists, "not part of the model that config.json describes", names.unexpected,
           "; --allow-unused leaves them out");
  add_list(lists, "under two names", names.ambiguous);
  add_list(lists, "holding NaN or infinity", misfits.nonfinite, "; --allow-nonfinite accepts them");
  if (lists.empty()) return;
  throw CheckpointError(cat("the tensors of ", file.empty() ? "the checkpoint" : base::quote(file),
                            " do not fit the model; use files that belong together", lists));
}

/// A head made for another number of labels: only the first dimension, the labels, differs.
bool is_other_head(const NameRow& row, at::IntArrayRef theirs, at::IntArrayRef ours) {
  return row.is_head && theirs.size() == ours.size() && !ours.empty() &&
         theirs.slice(1).equals(ours.slice(1));
}

bool is_floating(tensors::DType dtype) {
  using tensors::DType;
  return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16 ||
         dtype == DType::kF64;
}

std::string shape_text(at::IntArrayRef shape) {
  std::vector<std::string> sizes;
  for (const int64_t size : shape) sizes.push_back(std::to_string(size));
  return cat("[", base::join(sizes, ", "), "]");
}

/// Converts `source` to fp32 into `target`; true when every value there is finite.
bool copy_values(const tensors::TensorView& source, const at::Tensor& target) {
  const at::Tensor values = target.is_contiguous() ? target : at::empty(target.sizes());
  const std::span<float> out(values.data_ptr<float>(), static_cast<size_t>(values.numel()));
  tensors::copy_as_f32(source, out);
  if (!values.is_same(target)) target.copy_(values);
  return tensors::all_finite(as_view(values));  // after the conversion: F64 may overflow
}

class Assignment {
 public:
  Assignment(const LoadOptions& options, Misfits& misfits, LoadReport& report)
      : options_(options), misfits_(misfits), report_(report) {}

  void copy(const NameRow& row, const tensors::TensorView* source, const at::Tensor& target) {
    if (source == nullptr) {
      if (row.is_buffer) return;
      return start_fresh_or(misfits_.missing, row, row.theirs);
    }
    if (target.sizes() != at::IntArrayRef(source->shape)) return refuse_shape(row, *source, target);
    if (!is_floating(source->dtype)) {
      misfits_.misshaped.push_back(cat(row.theirs, ": element type ", name_of(source->dtype),
                                       ", expected F32, F16, BF16 or F64"));
      return;
    }
    if (copy_values(*source, target) || options_.allow_nonfinite) return;
    misfits_.nonfinite.push_back(row.theirs);
  }

 private:
  void start_fresh_or(std::vector<std::string>& misfits, const NameRow& row, std::string what) {
    if (may_be_fresh(row)) {
      report_.initialized.push_back(row.theirs);
    } else {
      misfits.push_back(std::move(what));
    }
  }

  bool may_be_fresh(const NameRow& row) const {
    const auto begins_row = [&](const std::string& prefix) {
      return row.theirs.starts_with(prefix);
    };
    return (row.is_head && options_.allow_new_head) ||
           std::any_of(options_.fresh_prefixes.begin(), options_.fresh_prefixes.end(), begins_row);
  }

  void refuse_shape(const NameRow& row, const tensors::TensorView& source,
                    const at::Tensor& target) {
    std::string what = cat(row.theirs, ": ", shape_text(source.shape), " in the file, ",
                           shape_text(target.sizes()), " in the model");
    if (!is_other_head(row, source.shape, target.sizes()) || !options_.allow_new_head) {
      misfits_.misshaped.push_back(std::move(what));
      return;
    }
    base::log_warning(cat("a head for another number of labels is replaced: ", what));
    report_.initialized.push_back(row.theirs);
  }

  const LoadOptions& options_;
  Misfits& misfits_;
  LoadReport& report_;
};

}  // namespace

LoadReport load_weights(Model& model, const tensors::NamedTensors& weights,
                        const LoadOptions& options) {
  const c10::NoGradGuard no_grad;
  const NameTable table = model.names();
  CheckpointNames names = match_names(table, weights);
  const auto values = named_values(model.module());
  Misfits misfits;
  LoadReport report;
  Assignment assignment(options, misfits, report);
  for (const NameRow& row : table.rows) {
    const auto found = names.found.find(row.theirs);
    assignment.copy(row, found == names.found.end() ? nullptr : found->second,
                    block_of(values.at(row.ours), row));
  }
  if (options.allow_unused) std::ranges::move(names.unexpected, std::back_inserter(names.ignored));
  if (options.allow_unused) names.unexpected.clear();
  check(misfits, names, weights.empty() ? "" : weights.begin()->second.file);
  report.ignored = std::move(names.ignored);
  return report;
}

tensors::NamedTensors export_weights(Model& model) {
  const c10::NoGradGuard no_grad;
  const auto values = named_values(model.module());
  tensors::NamedTensors weights;
  for (const NameRow& row : model.names().rows) {
    const at::Tensor block = block_of(values.at(row.ours), row);
    weights[row.theirs] = as_view(block.detach().clone(at::MemoryFormat::Contiguous));
  }
  return weights;
}

}  // namespace finetune::models

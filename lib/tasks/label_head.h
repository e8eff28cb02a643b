#pragma once

#include <string>
#include <vector>

#include "models/load.h"

namespace finetune::tasks {

/// Fits the head of a classifier that was trained for the labels `trained` to `wanted`, in the
/// order of their ids. The same labels in another order: the head's rows move with their labels.
/// Others: a warning says that the head is reused for them, but where LABEL_0, LABEL_1, ... says
/// nothing of what it was trained for. Nothing where the head is new.
void fit_label_head(models::LoadedClassifier& loaded, const std::vector<std::string>& trained,
                    const std::vector<std::string>& wanted);

}  // namespace finetune::tasks

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/model.h"
#include "progress.h"
#include "run/resume.h"

namespace finetune::apps {

struct TrainArguments {
  std::filesystem::path config;
  std::vector<std::string> overrides;
  run::ResumeMode resume = run::ResumeMode::kAuto;
  bool is_forced = false;
  bool allows_data_change = false;
  bool repairs = false;
  models::LoadOptions load;
  bool prints_json = false;
  ProgressMode progress = ProgressMode::kAuto;
};

int run_train(const TrainArguments& arguments);

}  // namespace finetune::apps

#include "export.h"

#include <iostream>

#include "run/model_folder.h"

namespace finetune::apps {

int run_export(const ExportArguments& arguments) {
  run::export_model(arguments.source, arguments.target, arguments.overwrites, arguments.load);
  std::cout << arguments.target.string() << std::endl;
  return 0;
}

}  // namespace finetune::apps

#pragma once

namespace finetune::apps {

/// finetune schema [--markdown]: prints the JSON Schema of the config file, or docs/config.md.
int run_schema(bool prints_markdown);

}  // namespace finetune::apps

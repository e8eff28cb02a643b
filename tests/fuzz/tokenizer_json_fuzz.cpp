// The bytes of a tokenizer.json: read, tried out, and compared with the plain pipeline, whose
// document goes through another reader of JSON.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "scratch_folder.h"
#include "text/json_node.h"
#include "text/tokenizer_json.h"
#include "tokenizer_probe.h"

using namespace finetune;

namespace {

nlohmann::json parse(std::string_view bytes) { return base::parse_json(bytes, "fuzz"); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = fuzz::write_scratch("tokenizer.json", bytes);
  std::unique_ptr<text::Tokenizer> tokenizer, plain;
  const bool is_read = fuzz::accepts([&] { tokenizer = text::load_tokenizer(file); });
  if (is_read && fuzz::accepts([&] { plain = fuzz::make_plain_tokenizer(parse(bytes)); })) {
    fuzz::require_alike(*tokenizer, *plain);
  } else {  // one more pre-tokenizer around the others may be one too many
    const bool is_known = fuzz::accepts([&] {
      const nlohmann::json root = parse(bytes);
      text::make_tokenizer(text::JsonNode(root));
    });
    fuzz::require(is_read == is_known, "both readers of JSON accept the same files");
  }
  if (is_read) fuzz::probe(*tokenizer);
  return 0;
}

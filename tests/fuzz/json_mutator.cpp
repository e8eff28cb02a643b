// libFuzzer's own mutations break JSON more often than they change it: three times in four a node
// of the document is changed instead, and the rest is left well-formed.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using nlohmann::json;

/// False for a document so deep that copying it would overflow the stack.
bool list_nodes(json& node, int depth, std::vector<json*>& out) {
  out.push_back(&node);
  if (depth == 0) return false;
  if (!node.is_structured()) return true;
  return std::all_of(node.begin(), node.end(),
                     [&](json& child) { return list_nodes(child, depth - 1, out); });
}

/// The text of a node, changed as bytes, if it still reads.
json mutated(const json& node) {
  const std::string text = node.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string bytes = text;
  bytes.resize(text.size() + 64);
  bytes.resize(
      LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), text.size(), bytes.size()));
  json changed = json::parse(bytes, nullptr, false);
  return changed.is_discarded() ? json(bytes) : changed;
}

json odd_value(std::minstd_rand& draw) {
  const std::array<json, 12> values = {nullptr,  true,          false,          0,
                                       -1,       9'999'999,     1e300,          "",
                                       "\u2581", json::array(), json::object(), "(a|a)*"};
  return values[draw() % values.size()];
}

void erase_child(json& node, std::minstd_rand& draw) {
  if (!node.is_structured() || node.empty()) return;
  auto child = node.begin();
  std::advance(child, static_cast<std::ptrdiff_t>(draw() % node.size()));
  node.erase(child);
}

void change(const std::vector<json*>& nodes, std::minstd_rand& draw) {
  json& node = *nodes[draw() % nodes.size()];
  const json other = *nodes[draw() % nodes.size()];
  switch (draw() % 6) {
    case 0:
      node = other;
      break;
    case 1:
      erase_child(node, draw);
      break;
    case 2:
      node = odd_value(draw);
      break;
    case 3:
      if (node.is_array()) node.push_back(other);
      break;
    case 4:
      if (node.is_object()) node.update(other.is_object() ? other : json::object());
      break;
    default:
      node = mutated(node);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  std::minstd_rand draw(seed);
  json root = json::parse(data, data + size, nullptr, false);
  std::vector<json*> nodes;
  const bool is_shallow = !root.is_discarded() && list_nodes(root, 64, nodes);
  if (draw() % 4 == 0 || !is_shallow) return LLVMFuzzerMutate(data, size, max_size);
  change(nodes, draw);
  const std::string text = root.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}

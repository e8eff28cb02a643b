#include "tensors/torch_objects.h"

#include <catch2/catch.hpp>

#include "foreign_files.h"

using namespace finetune;
using namespace finetune::tensors;
using Catch::Contains;
using enum finetune::tensors::PickleKind;

namespace {

/// Builds values by hand; nodes live as long as it.
struct Values {
  PickleArena arena;

  PickleValue text(std::string_view value) { return {kText, 0, value, nullptr}; }
  PickleValue integer(int64_t value) { return {kInteger, value, {}, nullptr}; }
  PickleValue global(std::string_view name) { return {kGlobal, 0, name, nullptr}; }
  PickleValue boolean() { return {kBool, 1, {}, nullptr}; }
  PickleValue container(PickleKind kind, std::vector<PickleValue> items = {}) {
    return {kind, 0, {}, &arena.emplace_back(PickleNode{std::move(items)})};
  }
  PickleValue tuple(std::vector<PickleValue> items) { return container(kTuple, std::move(items)); }
  PickleValue hooks() { return container(kOrderedDict); }
  PickleValue storage() {
    return storage_of(
        tuple({text("storage"), global("torch.FloatStorage"), text("0"), text("cpu"), integer(6)}));
  }
  PickleValue call(std::string_view name, std::vector<PickleValue> arguments) {
    return rebuild(global(name), tuple(std::move(arguments)), arena);
  }
  PickleValue tensor() {
    return call("torch._utils._rebuild_tensor_v2", {storage(), integer(0), tuple({integer(6)}),
                                                    tuple({integer(1)}), boolean(), hooks()});
  }
};

}  // namespace

TEST_CASE("storage classes have the element type that torch gives them") {
  CHECK(dtype_of_storage("torch.FloatStorage") == DType::kF32);
  CHECK(dtype_of_storage("torch.BFloat16Storage") == DType::kBF16);
  CHECK(dtype_of_storage("torch.storage.UntypedStorage") == DType::kU8);
  CHECK_FALSE(dtype_of_storage("torch.ComplexFloatStorage").has_value());
}

TEST_CASE("only the names that a file of tensors needs are allowed") {
  for (const std::string name :
       {"collections.OrderedDict", "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch.Size", "torch.device", "torch.LongStorage"}) {
    CHECK(allowed_global(name) == name);
  }
  for (const std::string name : {"os.system", "collections.defaultdict", "torch.Tensor",
                                 "torch._utils._rebuild_tensor_v3", "torch.size", ""}) {
    CHECK_FALSE(allowed_global(name).has_value());
  }
}

TEST_CASE("the calls that torch.save writes give data") {
  Values v;
  CHECK(v.tensor().kind == kTensor);
  CHECK(v.call("collections.OrderedDict", {}).kind == kOrderedDict);
  CHECK(v.call("torch._utils._rebuild_parameter", {v.tensor(), v.boolean(), v.hooks()}).kind ==
        kTensor);
  CHECK(v.call("torch._utils._rebuild_parameter_with_state",
               {v.tensor(), v.boolean(), v.hooks(), v.container(kDict)})
            .kind == kTensor);
  CHECK(v.call("torch.Size", {v.tuple({v.integer(3)})}).node->items[0].integer == 3);
  CHECK(v.call("torch.device", {v.text("cuda"), v.integer(0)}).kind == kDevice);
}

TEST_CASE("the same calls with other arguments are refused") {
  Values v;
  const auto refused = [&](std::string_view name, const std::vector<PickleValue>& arguments) {
    CHECK_THAT(test::refusal([&] { v.call(name, arguments); }), Contains("refused to call"));
  };
  const auto rebuild_tensor = "torch._utils._rebuild_tensor_v2";
  const auto size = v.tuple({v.integer(6)});
  refused(rebuild_tensor, {});
  refused(rebuild_tensor, {v.storage(), v.integer(0), size, size, v.boolean()});
  refused(rebuild_tensor, {size, v.integer(0), size, size, v.boolean(), v.hooks()});
  refused(rebuild_tensor, {v.storage(), size, size, size, v.boolean(), v.hooks()});
  refused(rebuild_tensor,
          {v.storage(), v.integer(0), v.container(kList), size, v.boolean(), v.hooks()});
  refused(rebuild_tensor,
          {v.storage(), v.integer(0), v.tuple({v.text("6")}), size, v.boolean(), v.hooks()});
  refused(rebuild_tensor, {v.storage(), v.integer(0), size, size, v.boolean(), v.text("hook")});
  refused("torch._utils._rebuild_parameter", {v.storage(), v.boolean(), v.hooks()});
  refused("torch._utils._rebuild_parameter", {v.tensor(), v.boolean(), v.hooks(), v.hooks()});
  refused("torch._utils._rebuild_parameter_with_state", {v.tensor(), v.boolean(), v.hooks()});
  refused("collections.OrderedDict", {size});
  refused("torch.Size", {v.integer(1)});
  refused("torch.device", {v.integer(1)});
  refused("torch.FloatStorage", {});
}

TEST_CASE("persistent ids other than storages are refused") {
  Values v;
  const auto refused = [&](PickleValue id) {
    CHECK_THAT(test::refusal([&] { storage_of(id); }), Contains("does not name a storage"));
  };
  const auto type = v.global("torch.FloatStorage");
  refused(v.text("storage"));
  refused(v.tuple({v.text("storage"), type, v.text("0"), v.text("cpu")}));
  refused(v.tuple({v.text("module"), type, v.text("0"), v.text("cpu"), v.integer(1)}));
  refused(v.tuple(
      {v.text("storage"), v.global("torch.Size"), v.text("0"), v.text("cpu"), v.integer(1)}));
  refused(v.tuple({v.text("storage"), type, v.integer(0), v.text("cpu"), v.integer(1)}));
}

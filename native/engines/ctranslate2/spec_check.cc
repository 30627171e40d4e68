#include "engines/ctranslate2/spec_check.h"

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

constexpr int kMaxLayers = 256;

bool IsFloat(TensorType type) {
  return type == TensorType::kF32 || type == TensorType::kF16 || type == TensorType::kBF16;
}

std::string ToText(const SpecCheck::Dims& dims) {
  std::string text = "(";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  }
  return text + ")";
}

}  // namespace

const ModelVariable& SpecCheck::Get(const std::string& name) {
  const auto* variable = model_.Find(name);
  if (!variable) Fail("variable '" + name + "' is missing");
  seen_.insert(name);
  return *variable;
}

std::uint32_t SpecCheck::Dim(const std::string& name, std::size_t rank, std::size_t axis) {
  const auto& dims = Get(name).dims;
  if (dims.size() != rank) Fail("variable '" + name + "' has the shape " + ToText(dims));
  return dims[axis];
}

void SpecCheck::Float(const std::string& name, const Dims& dims) {
  const auto& variable = Shaped(name, dims);
  if (!IsFloat(variable.type)) Fail("variable '" + name + "' should hold floats");
}

void SpecCheck::Weight(const std::string& name, const Dims& dims) {
  const auto& variable = Shaped(name, dims);
  const std::string scale = name + "_scale";
  if (variable.type == TensorType::kI8) {
    Scale(scale, {dims[0]});
  } else if (variable.type == TensorType::kI16) {
    Scale(scale, {});
  } else if (!IsFloat(variable.type)) {
    Fail("variable '" + name + "' has a type that weights cannot have");
  }
}

void SpecCheck::Linear(const std::string& scope, std::uint32_t rows, std::uint32_t columns) {
  Weight(scope + "/weight", {rows, columns});
  Float(scope + "/bias", {rows});
}

void SpecCheck::Norm(const std::string& scope, std::uint32_t width) {
  Float(scope + "/gamma", {width});
  Float(scope + "/beta", {width});
}

std::int64_t SpecCheck::Integer(const std::string& name, std::int64_t low, std::int64_t high) {
  const auto& variable = Get(name);
  if (!variable.integer) Fail("variable '" + name + "' should be one integer");
  const std::int64_t value = *variable.integer;
  if (value < low || value > high) {
    Fail("'" + name + "' is " + std::to_string(value) + " and should be " + std::to_string(low) +
         (low == high ? "" : " to " + std::to_string(high)));
  }
  return value;
}

std::int64_t SpecCheck::OptionalInteger(const std::string& name, std::int64_t low,
                                        std::int64_t high, std::int64_t absent) {
  return Has(name) ? Integer(name, low, high) : absent;
}

void SpecCheck::OptionalFlag(const std::string& name, std::int64_t low, std::int64_t high) {
  const auto* variable = model_.Find(name);
  if (variable && variable->type != TensorType::kI8) Fail("'" + name + "' is not a flag");
  OptionalInteger(name, low, high);
}

int SpecCheck::CountLayers(const std::string& scope) const {
  int count = 0;
  while (count < kMaxLayers &&
         Has(scope + "/layer_" + std::to_string(count) + "/ffn/linear_0/weight")) {
    ++count;
  }
  if (count == 0) Fail("it has no " + scope + " layers");
  return count;
}

void SpecCheck::NothingElse() const {
  for (const auto& [name, variable] : model_.variables) {
    if (!seen_.contains(name)) Fail("it has the unknown variable '" + name + "'");
  }
}

void SpecCheck::Fail(const std::string& reason) const { ThrowIncompatible(model_.path, reason); }

const ModelVariable& SpecCheck::Shaped(const std::string& name, const Dims& dims) {
  const auto& variable = Get(name);
  if (variable.dims != dims) {
    Fail("variable '" + name + "' has the shape " + ToText(variable.dims) + " instead of " +
         ToText(dims));
  }
  return variable;
}

void SpecCheck::Scale(const std::string& name, const Dims& dims) {
  if (Shaped(name, dims).type != TensorType::kF32) {
    Fail("variable '" + name + "' should hold 32-bit floats");
  }
}

std::uint32_t Heads(SpecCheck& check, const std::string& name, std::uint32_t width) {
  const auto heads = static_cast<std::uint32_t>(check.Integer(name, 1, width));
  if (width % heads != 0) check.Fail("'" + name + "' does not divide the model's width");
  return heads;
}

void FeedForward(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  const auto inner = check.Dim(scope + "/linear_0/weight", 2, 0);
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", inner, width);
  check.Linear(scope + "/linear_1", width, inner);
}

void SelfAttention(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", 3 * width, width);  // queries, keys, values
  check.Linear(scope + "/linear_1", width, width);
}

void CrossAttention(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", width, width);
  check.Linear(scope + "/linear_1", 2 * width, width);  // keys, values
  check.Linear(scope + "/linear_2", width, width);
}

}  // namespace cpw

#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engines/ctranslate2/model_bin.h"

namespace cpw {

// Compares the variables of a model.bin with those that its kind must have: each there, in the one
// shape that fits the others, and no other. Every method throws CpwError kModelIncompatible.
class SpecCheck {
 public:
  using Dims = std::vector<std::uint32_t>;

  explicit SpecCheck(const ModelBin& model) : model_(model) {}

  bool Has(const std::string& name) const { return model_.Find(name) != nullptr; }
  const ModelVariable& Get(const std::string& name);
  std::uint32_t Dim(const std::string& name, std::size_t rank, std::size_t axis);

  void Float(const std::string& name, const Dims& dims);
  // Weights may be quantised; then a scale stands beside them, and only then.
  void Weight(const std::string& name, const Dims& dims);
  void Linear(const std::string& scope, std::uint32_t rows, std::uint32_t columns);
  void Norm(const std::string& scope, std::uint32_t width);

  // An integer scalar within limits.
  std::int64_t Integer(const std::string& name, std::int64_t low, std::int64_t high);
  // Within limits where it is there; otherwise `absent`.
  std::int64_t OptionalInteger(const std::string& name, std::int64_t low, std::int64_t high,
                               std::int64_t absent = 0);
  // Upstream takes such a value of another type for a factor.
  void OptionalFlag(const std::string& name, std::int64_t low, std::int64_t high);

  int CountLayers(const std::string& scope) const;
  void NothingElse() const;
  [[noreturn]] void Fail(const std::string& reason) const;

 private:
  const ModelVariable& Shaped(const std::string& name, const Dims& dims);
  void Scale(const std::string& name, const Dims& dims);

  const ModelBin& model_;
  std::set<std::string> seen_;
};

// The parts that all transformers share. `Heads` gives the number it found.
std::uint32_t Heads(SpecCheck& check, const std::string& name, std::uint32_t width);
void FeedForward(SpecCheck& check, const std::string& scope, std::uint32_t width);
void SelfAttention(SpecCheck& check, const std::string& scope, std::uint32_t width);
void CrossAttention(SpecCheck& check, const std::string& scope, std::uint32_t width);

}  // namespace cpw

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cpw {

enum class TensorType : std::uint8_t { kF32, kI8, kI16, kI32, kF16, kBF16 };

struct ModelVariable {
  std::vector<std::uint32_t> dims;  // empty for a scalar
  TensorType type = TensorType::kF32;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> integer;  // the value of an integer scalar
};

// What a CTranslate2 model.bin says about itself. The weights are skipped, never read, so a check
// costs milliseconds and little memory whatever the size of the file.
struct ModelBin {
  std::string path;
  std::string spec;  // e.g. "WhisperSpec"
  std::uint32_t revision = 0;
  std::map<std::string, ModelVariable> variables;  // under their aliases too

  const ModelVariable* Find(const std::string& name) const;
};

// Throws CpwError: kModelNotFound without the file, kModelIncompatible when it is cut off or its
// parts contradict each other.
ModelBin ReadModelBin(const std::string& folder);

}  // namespace cpw

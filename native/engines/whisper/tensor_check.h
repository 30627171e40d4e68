#pragma once

#include <ggml.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "engines/whisper/ggml_file.h"

namespace cpw {

struct TensorSpec {
  ggml_type type = GGML_TYPE_F32;
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};  // ggml's order: the fastest dimension first
};

using TensorSpecs = std::map<std::string, TensorSpec>;

// From the current position to the end of the file: each tensor of `specs` once, nothing else.
void CheckTensors(GgmlFile& file, const TensorSpecs& specs);

}  // namespace cpw

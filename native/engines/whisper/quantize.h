#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"

namespace cpw {

struct QuantizeOptions {
  std::string type;             // ggml's name: q4_0, q4_1, q5_0, q5_1 or q8_0
  std::int32_t row_length = 0;  // numbers in a row, whole blocks of 32
};

// Whole rows of finite floats in the blocks of `options.type`, by ggml's own quantiser: the bytes
// that whisper.cpp's quantize program writes.
std::vector<std::uint8_t> QuantizeRows(std::span<const float> values,
                                       const QuantizeOptions& options, const Job& job);

}  // namespace cpw

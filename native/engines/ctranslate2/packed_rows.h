#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cpw {

// The 8-bit weights of a dense layer, as they lie in a model.
struct QuantizedLayer {
  const std::int8_t* weights;  // rows x columns
  const float* scales;         // one a row; a weight is its number divided by it
  const float* bias;           // one a row, or null
  std::size_t rows;
  std::size_t columns;
};

// Inputs of a product: each row by a scale of its own in 8 bits, shifted to unsigned.
struct QuantizedInput {
  QuantizedInput(const float* values, std::size_t rows, std::size_t columns);
  std::vector<std::uint8_t> values;
  std::vector<float> inverse_scales;
  std::size_t rows;
};

// Some rows of a layer in the form that native/kernels/int8_gemm multiplies by. Upstream packs the
// rows that are asked for again for each product, which for NLLB is most of a step. Immutable.
class PackedRows {
 public:
  // Whether this CPU has a kernel.
  static bool Supported();

  PackedRows(const QuantizedLayer& layer, std::span<const std::uint32_t> rows);
  std::size_t size() const { return scales_.size(); }
  // Writes input.rows x size() products; a row of `output` begins `stride` floats behind the last.
  // They are the numbers that upstream computes.
  void Multiply(const QuantizedInput& input, float* output, std::size_t stride) const;

 private:
  std::size_t columns_;
  std::vector<std::int8_t> packed_;
  std::vector<std::int32_t> compensation_;
  std::vector<float> scales_;
  std::vector<float> bias_;  // empty without
};

}  // namespace cpw

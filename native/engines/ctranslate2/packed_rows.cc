#include "engines/ctranslate2/packed_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/int8_gemm.h"

namespace cpw {
namespace {

constexpr int kShift = 128;                // of the inputs, to unsigned
constexpr std::size_t kPanelsAtOnce = 16;  // their products stay in the second-level cache
constexpr std::size_t kColumnsAtOnce = kPanelsAtOnce * kernels::kInt8PanelColumns;

}  // namespace

QuantizedInput::QuantizedInput(const float* source, std::size_t count, std::size_t columns)
    : values(count * columns), inverse_scales(count), rows(count) {
  for (std::size_t r = 0; r < count; ++r) {
    const float* row = source + r * columns;
    float largest = 0;
    for (std::size_t i = 0; i < columns; ++i) largest = std::max(largest, std::abs(row[i]));
    const float scale = largest != 0 ? 127.0F / largest : 1.0F;
    inverse_scales[r] = 1.0F / scale;
    std::uint8_t* const to = values.data() + r * columns;
    for (std::size_t i = 0; i < columns; ++i) {
      to[i] = static_cast<std::uint8_t>(std::nearbyint(row[i] * scale + kShift));
    }
  }
}

bool PackedRows::Supported() { return kernels::BestInt8Gemm() != nullptr; }

PackedRows::PackedRows(const QuantizedLayer& layer, std::span<const std::uint32_t> rows)
    : columns_(layer.columns) {
  const kernels::Int8Gemm& gemm = *kernels::BestInt8Gemm();
  packed_.resize(gemm.packed_size(rows.size(), columns_));
  std::vector<std::int8_t> chosen;
  std::int8_t* packed = packed_.data();
  for (std::size_t first = 0; first < rows.size(); first += kColumnsAtOnce) {
    const auto part = rows.subspan(first, std::min(kColumnsAtOnce, rows.size() - first));
    chosen.clear();
    for (const std::uint32_t row : part) {
      const std::int8_t* const begin = layer.weights + row * columns_;
      chosen.insert(chosen.end(), begin, begin + columns_);
      compensation_.push_back(-kShift * std::accumulate(begin, begin + columns_, 0));
      scales_.push_back(layer.scales[row]);
      if (layer.bias != nullptr) bias_.push_back(layer.bias[row]);
    }
    gemm.pack(chosen.data(), part.size(), columns_, packed);
    packed += gemm.packed_size(part.size(), columns_);
  }
}

void PackedRows::Multiply(const QuantizedInput& input, float* output, std::size_t stride) const {
  const kernels::Int8Gemm& gemm = *kernels::BestInt8Gemm();
  std::vector<std::int32_t> products(input.rows * std::min(kColumnsAtOnce, size()));
  const std::int8_t* packed = packed_.data();
  for (std::size_t first = 0; first < size(); first += kColumnsAtOnce) {
    const std::size_t width = std::min(kColumnsAtOnce, size() - first);
    const std::size_t panels =
        (width + kernels::kInt8PanelColumns - 1) / kernels::kInt8PanelColumns;
    gemm.multiply(input.values.data(), input.rows, width, columns_, packed,
                  compensation_.data() + first, products.data(), 0, panels);
    packed += gemm.packed_size(width, columns_);
    const float* const scales = scales_.data() + first;
    for (std::size_t r = 0; r < input.rows; ++r) {
      const std::int32_t* const from = products.data() + r * width;
      float* const to = output + r * stride + first;
      const float inverse = input.inverse_scales[r];
      // In upstream's order of operations, so that the numbers are the same.
      for (std::size_t i = 0; i < width; ++i) {
        to[i] = static_cast<float>(from[i]) * inverse / scales[i];
      }
      if (bias_.empty()) continue;
      for (std::size_t i = 0; i < width; ++i) to[i] += bias_[first + i];
    }
  }
}

}  // namespace cpw

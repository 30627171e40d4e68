#pragma once

#include <cstddef>

namespace cpw::kernels {

inline constexpr std::size_t kDensePanel = 64;  // columns that stand side by side in packed weights

// What becomes of a sum before it is stored. Half: the nearest number that f16 has, 65504 at most.
enum class DenseFinish {
  kPlain,
  kRelu,  // what is not above 0 (a NaN as well) becomes 0
  kReluHalf,
};

// C = A x B + bias, all f32. B is packed: panels of kDensePanel columns, each of them row by row,
// `panel_stride` floats apart. `columns` is a multiple of kDensePanel.
struct DenseProduct {
  const float* a;
  std::size_t lda;
  std::size_t rows;
  const float* b;
  std::size_t panel_stride;
  std::size_t depth;
  std::size_t columns;
  const float* bias;
  DenseFinish finish;
  float* c;
  std::size_t ldc;
};

// What a small network is made of. Every `count` and `width` is a multiple of 16.
struct Dense {
  const char* name;
  void (*multiply)(const DenseProduct& product);
  void (*half)(const float* in, std::size_t count, float* out);
  // Half of sqrt(re^2 + im^2)
  void (*magnitude)(const float* re, const float* im, std::size_t count, float* out);
  // One step of an LSTM: `gates` holds the sums for input, forget, cell and output, `width` each.
  void (*lstm)(const float* gates, std::size_t width, float* cell, float* hidden);
};

// The fastest one that this CPU runs: there always is one.
const Dense& BestDense();

struct Denses {
  const Dense* items[3];
  std::size_t count;
};
Denses AllDenses();

// Each is compiled for its instruction set and must not be called on a CPU without it.
extern const Dense kDenseAvx512;
extern const Dense kDenseAvx2;
extern const Dense kDensePortable;

}  // namespace cpw::kernels

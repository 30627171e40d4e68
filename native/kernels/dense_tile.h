// What the kernels of dense.h share, over a vector type V: kWidth floats, Load, Store, Set, Add,
// Mul, Div, Sqrt, Min, Max, MulAdd, Exp, Half (of what f16 can hold), and the registers it has:
// kTileRows x kTileVectors sums, or kRowVectors of one row. Included by files that are compiled for
// one instruction set each: no standard header that emits code may come in here.
#pragma once

#include <cstddef>

#include "kernels/dense.h"

namespace cpw::kernels {
namespace {

using std::size_t;

template <typename V>
inline typename V::Type Half(typename V::Type x) {
  return V::Half(V::Min(x, V::Set(65504)));
}

// Adds rows x (vectors x kWidth) of A x B, over `depth`, to `total`.
template <typename V, size_t rows, size_t vectors>
inline void DenseBlock(const float* a, size_t lda, const float* b, size_t depth,
                       typename V::Type (&total)[rows][vectors]) {
  typename V::Type sum[rows][vectors];
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (size_t j = 0; j < vectors; ++j) sum[r][j] = V::Set(0);
  for (size_t d = 0; d < depth; ++d) {
    typename V::Type weights[vectors];
#pragma GCC unroll 8
    for (size_t j = 0; j < vectors; ++j) weights[j] = V::Load(b + d * kDensePanel + j * V::kWidth);
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r) {
      const typename V::Type value = V::Set(a[r * lda + d]);
#pragma GCC unroll 8
      for (size_t j = 0; j < vectors; ++j) sum[r][j] = V::MulAdd(value, weights[j], sum[r][j]);
    }
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (size_t j = 0; j < vectors; ++j) total[r][j] = V::Add(total[r][j], sum[r][j]);
}

// `rows` x (`vectors` x kWidth) of the product, `column` of it on. Blocks are summed apart, which
// keeps more of the last bits: half as many of Silero's probabilities were off by 1e-5.
template <typename V, size_t rows, size_t vectors>
inline void DenseTile(const DenseProduct& p, size_t row, size_t column) {
  constexpr size_t kBlock = 32;
  const float* a = p.a + row * p.lda;
  const float* b = p.b + column / kDensePanel * p.panel_stride + column % kDensePanel;
  typename V::Type total[rows][vectors];
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (size_t j = 0; j < vectors; ++j) total[r][j] = V::Load(p.bias + column + j * V::kWidth);
  for (size_t d = 0; d < p.depth; d += kBlock) {
    DenseBlock<V, rows, vectors>(a + d, p.lda, b + d * kDensePanel,
                                 p.depth - d < kBlock ? p.depth - d : kBlock, total);
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (size_t j = 0; j < vectors; ++j) {
      if (p.finish != DenseFinish::kPlain) total[r][j] = V::Max(total[r][j], V::Set(0));
      if (p.finish == DenseFinish::kReluHalf) total[r][j] = Half<V>(total[r][j]);
      V::Store(p.c + (row + r) * p.ldc + column + j * V::kWidth, total[r][j]);
    }
  }
}

// A column of tiles at a time, so that its weights are read from the second-level cache once.
template <typename V, size_t rows, size_t vectors>
inline void DenseRows(const DenseProduct& p, size_t first, size_t end) {
  for (size_t column = 0; column < p.columns; column += vectors * V::kWidth)
    for (size_t row = first; row < end; row += rows) DenseTile<V, rows, vectors>(p, row, column);
}

template <typename V>
void DenseMultiply(const DenseProduct& p) {
  const size_t full = p.rows / V::kTileRows * V::kTileRows;
  DenseRows<V, V::kTileRows, V::kTileVectors>(p, 0, full);
  DenseRows<V, 1, V::kRowVectors>(p, full, p.rows);
}

template <typename V>
void DenseHalf(const float* in, size_t count, float* out) {
  for (size_t i = 0; i < count; i += V::kWidth) V::Store(out + i, Half<V>(V::Load(in + i)));
}

template <typename V>
void DenseMagnitude(const float* re, const float* im, size_t count, float* out) {
  for (size_t i = 0; i < count; i += V::kWidth) {
    const typename V::Type x = V::Load(re + i);
    const typename V::Type y = V::Load(im + i);
    V::Store(out + i, Half<V>(V::Sqrt(V::MulAdd(x, x, V::Mul(y, y)))));
  }
}

// 1 / (1 + e^(-scale x)), with no power above e^80, since f32 ends soon after: 1 / e^80 is nothing.
template <typename V>
inline typename V::Type Logistic(typename V::Type x, float scale) {
  const typename V::Type bounded = V::Max(V::Mul(x, V::Set(scale)), V::Set(-80));
  const typename V::Type power = V::Exp(V::Mul(bounded, V::Set(-1)));
  return V::Div(V::Set(1), V::Add(V::Set(1), power));
}

template <typename V>
inline typename V::Type Tanh(typename V::Type x) {
  return V::MulAdd(V::Set(2), Logistic<V>(x, 2), V::Set(-1));
}

template <typename V>
void DenseLstm(const float* gates, size_t width, float* cell, float* hidden) {
  for (size_t i = 0; i < width; i += V::kWidth) {
    const typename V::Type input = Logistic<V>(V::Load(gates + i), 1);
    const typename V::Type forget = Logistic<V>(V::Load(gates + width + i), 1);
    const typename V::Type fresh = Tanh<V>(V::Load(gates + 2 * width + i));
    const typename V::Type output = Logistic<V>(V::Load(gates + 3 * width + i), 1);
    const typename V::Type next = V::MulAdd(forget, V::Load(cell + i), V::Mul(input, fresh));
    V::Store(cell + i, next);
    V::Store(hidden + i, V::Mul(output, Tanh<V>(next)));
  }
}

template <typename V>
constexpr Dense MakeDense(const char* name) {
  return {name, DenseMultiply<V>, DenseHalf<V>, DenseMagnitude<V>, DenseLstm<V>};
}

}  // namespace
}  // namespace cpw::kernels

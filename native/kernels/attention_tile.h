// What the x86 kernels share, over a vector type V: kWidth floats, Load, Store, Set, Add, Mul, Max,
// MulAdd, Exp, Sum, Largest. Included by files that are compiled for one instruction set each: no
// standard header that emits code may come in here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cpw::kernels {
namespace {

using std::size_t;

constexpr size_t kDepth = 64;
constexpr size_t kPanel = 64;        // keys that one panel of transposed K holds
constexpr size_t kBlock = 48;        // queries whose scores are held at once
constexpr size_t kValueChunk = 128;  // rows of V that stay in the first-level cache
constexpr size_t kTileRows = 6;
constexpr float kNever = -3.0e38f;

inline size_t Padded(size_t keys) { return (keys + kPanel - 1) / kPanel * kPanel; }
inline size_t Least(size_t a, size_t b) { return a < b ? a : b; }

// C (rows x kPanel) = A (rows x depth) x B, or += with `add`. B has kPanel items a row, of a type
// that V loads as floats.
template <typename V, size_t rows, bool add, typename Item>
inline void Tile(const float* a, size_t lda, const Item* b, size_t depth, float* c, size_t ldc) {
  // A single row has registers left for all columns: fewer sums would wait for one another.
  constexpr size_t vectors = rows == 1 ? kPanel / V::kWidth : V::kTileVectors;
  for (size_t column = 0; column < kPanel; column += vectors * V::kWidth) {
    typename V::Type sum[rows][vectors];
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
      for (size_t j = 0; j < vectors; ++j)
        sum[r][j] = add ? V::Load(c + r * ldc + column + j * V::kWidth) : V::Set(0);
    for (size_t d = 0; d < depth; ++d) {
      typename V::Type row[vectors];
#pragma GCC unroll 8
      for (size_t j = 0; j < vectors; ++j)
        row[j] = V::Load(b + d * kPanel + column + j * V::kWidth);
#pragma GCC unroll 6
      for (size_t r = 0; r < rows; ++r) {
        const typename V::Type value = V::Set(a[r * lda + d]);
#pragma GCC unroll 8
        for (size_t j = 0; j < vectors; ++j) sum[r][j] = V::MulAdd(value, row[j], sum[r][j]);
      }
    }
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
      for (size_t j = 0; j < vectors; ++j)
        V::Store(c + r * ldc + column + j * V::kWidth, sum[r][j]);
  }
}

// The rows that a tile of kTileRows leaves over, in one tile of their own.
template <typename V, bool add, size_t most, typename Item>
inline void LastTile(size_t rows, const float* a, size_t lda, const Item* b, size_t depth, float* c,
                     size_t ldc) {
  if constexpr (most > 0) {
    if (rows == most)
      Tile<V, most, add>(a, lda, b, depth, c, ldc);
    else
      LastTile<V, add, most - 1>(rows, a, lda, b, depth, c, ldc);
  }
}

template <typename V, bool add, typename Item>
inline void Tiles(size_t rows, const float* a, size_t lda, const Item* b, size_t depth, float* c,
                  size_t ldc) {
  for (; rows >= kTileRows; rows -= kTileRows, a += kTileRows * lda, c += kTileRows * ldc)
    Tile<V, kTileRows, add>(a, lda, b, depth, c, ldc);
  LastTile<V, add, kTileRows - 1>(rows, a, lda, b, depth, c, ldc);
}

// Keys as columns, in panels; the last one filled up with zeros.
inline void Transpose(const float* k, size_t keys, float* panels) {
  for (size_t key = 0; key < Padded(keys); ++key) {
    float* column = panels + key / kPanel * kPanel * kDepth + key % kPanel;
    for (size_t d = 0; d < kDepth; ++d)
      column[d * kPanel] = key < keys ? k[key * kDepth + d] : 0.0f;
  }
}

// Exponentials of the first `keys` scaled scores less their maximum, zeros behind them; returns one
// divided by their sum. The weights may lie where the scores do.
template <typename V, typename Item>
inline float Exponentials(float* scores, size_t keys, size_t padded, float scale, Item* weights) {
  for (size_t i = keys; i < padded; ++i) scores[i] = keys > 0 ? kNever : 0.0f;
  if (keys == 0) return 0;
  typename V::Type largest = V::Set(kNever);
  for (size_t i = 0; i < padded; i += V::kWidth) largest = V::Max(largest, V::Load(scores + i));
  const typename V::Type factor = V::Set(scale);
  const typename V::Type offset = V::Set(-V::Largest(largest) * scale);
  typename V::Type sum = V::Set(0);
  for (size_t i = 0; i < padded; i += V::kWidth) {
    const typename V::Type value = V::Exp(V::MulAdd(V::Load(scores + i), factor, offset));
    V::Store(weights + i, value);
    sum = V::Add(sum, value);
  }
  return 1.0f / V::Sum(sum);
}

// Dot products with single queries, where transposing K would cost more than the products.
template <typename V>
inline void Dots(const float* q, const float* k, size_t keys, float* scores) {
  constexpr size_t vectors = kDepth / V::kWidth;
  typename V::Type query[vectors];
  for (size_t j = 0; j < vectors; ++j) query[j] = V::Load(q + j * V::kWidth);
  for (size_t key = 0; key < keys; ++key, k += kDepth) {
    typename V::Type sum = V::Mul(query[0], V::Load(k));
#pragma GCC unroll 8
    for (size_t j = 1; j < vectors; ++j) sum = V::MulAdd(query[j], V::Load(k + j * V::kWidth), sum);
    scores[key] = V::Sum(sum);
  }
}

// Sums of the first `keys` values by their weights, each row times its factor.
template <typename V, typename Item>
inline void WeightedSums(size_t rows, const float* weights, size_t padded, const float* factors,
                         const Item* v, size_t keys, float* result) {
  Tiles<V, false>(rows, weights, padded, v, Least(kValueChunk, keys), result, kDepth);
  for (size_t at = kValueChunk; at < keys; at += kValueChunk)
    Tiles<V, true>(rows, weights + at, padded, v + at * kDepth, Least(kValueChunk, keys - at),
                   result, kDepth);
  for (size_t r = 0; r < rows; ++r) {
    for (size_t d = 0; d < kDepth; d += V::kWidth) {
      float* at = result + r * kDepth + d;
      V::Store(at, V::Mul(V::Load(at), V::Set(factors[r])));
    }
  }
}

template <typename V>
void Attend(const float* q, const float* k, const float* v, size_t queries, size_t keys,
            float scale, const std::int32_t* lengths, float* out, float* scratch) {
  const size_t padded = Padded(keys);
  const bool few = queries < kTileRows;
  float* panels = scratch;
  float* scores = few ? scratch : scratch + padded * kDepth;
  if (!few) Transpose(k, keys, panels);
  for (size_t first = 0; first < queries; first += kBlock) {
    const size_t rows = Least(kBlock, queries - first);
    const float* block = q + first * kDepth;
    float* result = out + first * kDepth;
    if (few) {
      for (size_t r = 0; r < rows; ++r) Dots<V>(block + r * kDepth, k, keys, scores + r * padded);
    } else {
      for (size_t at = 0; at < padded; at += kPanel)
        Tiles<V, false>(rows, block, kDepth, panels + at * kDepth, kDepth, scores + at, padded);
    }
    float inverse[kBlock];
    for (size_t r = 0; r < rows; ++r) {
      const size_t seen = lengths ? Least(keys, static_cast<size_t>(lengths[first + r])) : keys;
      inverse[r] = Exponentials<V>(scores + r * padded, seen, padded, scale, scores + r * padded);
    }
    WeightedSums<V>(rows, scores, padded, inverse, v, keys, result);
  }
}

inline size_t ScratchFloats(size_t queries, size_t keys) {
  const size_t padded = Padded(keys);
  return (queries < kTileRows ? 0 : padded * kDepth) + Least(kBlock, queries) * padded;
}

}  // namespace
}  // namespace cpw::kernels

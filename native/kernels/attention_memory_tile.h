// What the x86 kernels share, over a vector type V as in attention_tile.h that also has Min, and
// Load and Store for half precision. Included by files that are compiled for one instruction set
// each: no standard header that emits code may come in here.
#pragma once

#include "kernels/attention_memory.h"
#include "kernels/attention_tile.h"

namespace cpw::kernels {
namespace {

using Half = std::uint16_t;
constexpr float kLargestHalf = 65504.0f;
static_assert(kMemoryPanel == kPanel);

template <typename V>
inline void NarrowRow(const float* from, Half* to) {
  for (size_t i = 0; i < kPanel; i += V::kWidth) {
    const typename V::Type value = V::Min(V::Load(from + i), V::Set(kLargestHalf));
    V::Store(to + i, V::Max(value, V::Set(-kLargestHalf)));
  }
}

template <typename V>
inline void WidenRow(const Half* from, float* to) {
  for (size_t i = 0; i < kPanel; i += V::kWidth) V::Store(to + i, V::Load(from + i));
}

template <typename V>
void NarrowMemory(const float* k, const float* v, size_t keys, Half* narrow_k, Half* narrow_v) {
  float panel[kPanel * kDepth];
  for (size_t at = 0; at < keys; at += kPanel) {
    Transpose(k + at * kDepth, Least(kPanel, keys - at), panel);
    for (size_t d = 0; d < kDepth; ++d)
      NarrowRow<V>(panel + d * kPanel, narrow_k + at * kDepth + d * kPanel);
  }
  for (size_t key = 0; key < keys; ++key) NarrowRow<V>(v + key * kDepth, narrow_v + key * kDepth);
}

template <typename V>
void WidenMemory(const Half* narrow_k, const Half* narrow_v, size_t keys, float* k, float* v) {
  float panel[kPanel * kDepth];
  for (size_t at = 0; at < keys; at += kPanel) {
    for (size_t d = 0; d < kDepth; ++d)
      WidenRow<V>(narrow_k + at * kDepth + d * kPanel, panel + d * kPanel);
    for (size_t key = 0; key < Least(kPanel, keys - at); ++key)
      for (size_t d = 0; d < kDepth; ++d) k[(at + key) * kDepth + d] = panel[d * kPanel + key];
  }
  for (size_t key = 0; key < keys; ++key) WidenRow<V>(narrow_v + key * kDepth, v + key * kDepth);
}

// A few queries at a time, which share what is read. Keys that none of them sees are not read.
template <typename V>
void AttendMemory(const float* q, const Half* k, const Half* v, size_t queries, size_t keys,
                  float scale, const std::int32_t* lengths, float* out, float* scores) {
  for (size_t first = 0; first < queries; first += kTileRows) {
    const size_t rows = Least(kTileRows, queries - first);
    size_t seen[kTileRows];
    size_t most = 0;
    for (size_t r = 0; r < rows; ++r) {
      seen[r] = lengths ? Least(keys, static_cast<size_t>(lengths[first + r])) : keys;
      if (seen[r] > most) most = seen[r];
    }
    const size_t padded = Padded(most);
    for (size_t at = 0; at < padded; at += kPanel)
      Tiles<V, false>(rows, q + first * kDepth, kDepth, k + at * kDepth, kDepth, scores + at,
                      padded);
    float inverse[kTileRows];
    for (size_t r = 0; r < rows; ++r)
      inverse[r] =
          Exponentials<V>(scores + r * padded, seen[r], padded, scale, scores + r * padded);
    WeightedSums<V>(rows, scores, padded, inverse, v, most, out + first * kDepth);
  }
}

inline size_t MemoryScratchFloats(size_t queries, size_t keys) {
  return Least(kTileRows, queries) * Padded(keys);
}

template <typename V>
constexpr MemoryAttention MakeMemoryAttention(const char* name) {
  return {name, NarrowMemory<V>, WidenMemory<V>, MemoryScratchFloats, AttendMemory<V>};
}

}  // namespace
}  // namespace cpw::kernels

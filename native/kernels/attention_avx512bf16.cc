// Products of bfloat16 with sums of floats: two of them in a lane. Everything
// between the products, the exponentials too, is done in floats.
#include "kernels/attention.h"
#include "kernels/attention_tile.h"
#include "kernels/avx512.h"

namespace cpw::kernels {
namespace {

using Bf16 = std::uint16_t;
constexpr size_t kPairs = kDepth / 2;
// With fewer queries, rounding keys and values to pairs costs more than it saves.
constexpr size_t kFewest = kBlock / 2;

// What the tiles take for a float is a pair of bfloat16 here: Load, Store and Set only move it.
struct Pairs : Avx512 {
  using Avx512::Store;
  static inline Type MulAdd(Type a, Type b, Type c) {
    return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
  }
};

struct Rounded : Avx512 {
  using Avx512::Store;
  static inline __m256i Round(Type x) { return (__m256i)_mm512_cvtneps_pbh(x); }
  static inline void Store(Bf16* p, Type x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), Round(x));
  }
  // 2^n x 2^f as in avx512.h, with a polynomial that is right to 1e-4: bfloat16 keeps less.
  static inline Type Exp(Type x) {
    const Type y = Mul(Max(x, Set(-87.0f)), Set(1.44269504f));
    const Type n = _mm512_roundscale_ps(y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const Type f = _mm512_sub_ps(y, n);
    Type p = Set(5.50089372e-2f);
    p = MulAdd(p, f, Set(2.42211018e-1f));
    p = MulAdd(p, f, Set(6.93282933e-1f));
    p = MulAdd(p, f, Set(1.0f));
    return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, Set(-87.0f), _CMP_GE_OQ), p, n);
  }
};

// A row's neighbours as pairs.
inline void PairRow(const float* row, float* pairs) {
  for (size_t d = 0; d < kDepth; d += 32) {
    Rounded::Store(reinterpret_cast<Bf16*>(pairs + d / 2), Avx512::Load(row + d));
    Rounded::Store(reinterpret_cast<Bf16*>(pairs + d / 2) + 16, Avx512::Load(row + d + 16));
  }
}

// Keys as columns of pairs, in panels; the last one filled up with zeros.
inline void PairKeys(const float* k, size_t keys, float* panels) {
  for (size_t key = 0; key < Padded(keys); ++key) {
    float row[kPairs] = {};
    if (key < keys) PairRow(k + key * kDepth, row);
    float* column = panels + key / kPanel * kPanel * kPairs + key % kPanel;
    for (size_t d = 0; d < kPairs; ++d) column[d * kPanel] = row[d];
  }
}

// Each value of a row beside that of the next row, a missing one is zero.
inline void PairValues(const float* v, size_t keys, float* pairs) {
  for (size_t key = 0; key < keys; key += 2, v += 2 * kDepth, pairs += kDepth) {
    for (size_t d = 0; d < kDepth; d += Avx512::kWidth) {
      const __m512 next = key + 1 < keys ? Avx512::Load(v + kDepth + d) : Avx512::Set(0);
      const __m512i low = _mm512_cvtepu16_epi32(Rounded::Round(Avx512::Load(v + d)));
      const __m512i high = _mm512_cvtepu16_epi32(Rounded::Round(next));
      _mm512_storeu_si512(pairs + d, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
  }
}

void AttendPairs(const float* q, const float* k, const float* v, size_t queries, size_t keys,
                 float scale, const std::int32_t* lengths, float* out, float* scratch) {
  if (queries < kFewest) {
    Attend<Avx512>(q, k, v, queries, keys, scale, lengths, out, scratch);
    return;
  }
  const size_t padded = Padded(keys);
  float* panels = scratch;
  float* values = panels + padded * kPairs;
  float* block = values + padded * kPairs;
  float* scores = block + kBlock * kPairs;
  PairKeys(k, keys, panels);
  PairValues(v, keys, values);
  for (size_t first = 0; first < queries; first += kBlock) {
    const size_t rows = Least(kBlock, queries - first);
    for (size_t r = 0; r < rows; ++r) PairRow(q + (first + r) * kDepth, block + r * kPairs);
    for (size_t at = 0; at < padded; at += kPanel)
      Tiles<Pairs, false>(rows, block, kPairs, panels + at * kPairs, kPairs, scores + at, padded);
    float inverse[kBlock];
    for (size_t r = 0; r < rows; ++r) {
      const size_t seen = lengths ? Least(keys, static_cast<size_t>(lengths[first + r])) : keys;
      float* row = scores + r * padded;
      inverse[r] = Exponentials<Rounded>(row, seen, padded, scale, reinterpret_cast<Bf16*>(row));
    }
    WeightedSums<Pairs>(rows, scores, padded, inverse, values, (keys + 1) / 2,
                        out + first * kDepth);
  }
}

inline size_t PairScratchFloats(size_t queries, size_t keys) {
  if (queries < kFewest) return ScratchFloats(queries, keys);
  return 2 * Padded(keys) * kPairs + kBlock * kPairs + Least(kBlock, queries) * Padded(keys);
}

}  // namespace

const Attention kAttentionAvx512Bf16 = {"AVX512BF16", PairScratchFloats, AttendPairs};

}  // namespace cpw::kernels

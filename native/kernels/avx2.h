// Eight floats at a time. Included by files that are compiled for it: no standard
// header that emits code may come in here.
#pragma once

#include <immintrin.h>

#include <cstddef>

namespace cpw::kernels {
namespace {

using std::size_t;

struct Avx2 {
  using Type = __m256;
  static constexpr size_t kWidth = 8;
  static constexpr size_t kTileVectors = 2;
  static inline Type Load(const float* p) { return _mm256_loadu_ps(p); }
  static inline void Store(float* p, Type x) { _mm256_storeu_ps(p, x); }
  static inline Type Set(float x) { return _mm256_set1_ps(x); }
  static inline Type Add(Type a, Type b) { return _mm256_add_ps(a, b); }
  static inline Type Mul(Type a, Type b) { return _mm256_mul_ps(a, b); }
  static inline Type Max(Type a, Type b) { return _mm256_max_ps(a, b); }
  static inline Type MulAdd(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }
  static inline float Sum(Type x) {
    __m128 y = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_add_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
  }
  static inline float Largest(Type x) {
    __m128 y = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_max_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_max_ss(y, _mm_movehdup_ps(y)));
  }
  // As in avx512.h.
  static inline Type Exp(Type x) {
    const Type y = Mul(Max(x, Set(-87.0f)), Set(1.44269504f));
    const Type n = _mm256_round_ps(y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const Type f = _mm256_sub_ps(y, n);
    Type p = Set(1.32764725e-3f);
    p = MulAdd(p, f, Set(9.67554096e-3f));
    p = MulAdd(p, f, Set(5.55071309e-2f));
    p = MulAdd(p, f, Set(2.40221202e-1f));
    p = MulAdd(p, f, Set(6.93146944e-1f));
    p = MulAdd(p, f, Set(1.0f));
    const __m256i bits =
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    const Type power = Mul(p, _mm256_castsi256_ps(bits));
    return _mm256_and_ps(power, _mm256_cmp_ps(x, Set(-87.0f), _CMP_GE_OQ));
  }
};

}  // namespace
}  // namespace cpw::kernels

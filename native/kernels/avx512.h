// Sixteen floats at a time. Included by files that are compiled for it: no standard
// header that emits code may come in here.
#pragma once

#include <immintrin.h>

#include <cstddef>

namespace cpw::kernels {
namespace {

using std::size_t;

struct Avx512 {
  using Type = __m512;
  static constexpr size_t kWidth = 16;
  static constexpr size_t kTileVectors = 4;
  static inline Type Load(const float* p) { return _mm512_loadu_ps(p); }
  static inline void Store(float* p, Type x) { _mm512_storeu_ps(p, x); }
  static inline Type Set(float x) { return _mm512_set1_ps(x); }
  static inline Type Add(Type a, Type b) { return _mm512_add_ps(a, b); }
  static inline Type Mul(Type a, Type b) { return _mm512_mul_ps(a, b); }
  static inline Type Max(Type a, Type b) { return _mm512_max_ps(a, b); }
  static inline Type MulAdd(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }
  static inline float Sum(Type x) { return _mm512_reduce_add_ps(x); }
  static inline float Largest(Type x) { return _mm512_reduce_max_ps(x); }
  // 2^n x 2^f with f in -0.5..0.5, where the best polynomial of degree 5 that starts with 1 is
  // right to 2e-7. Below -87 it is 0.
  static inline Type Exp(Type x) {
    const Type y = Mul(Max(x, Set(-87.0f)), Set(1.44269504f));
    const Type n = _mm512_roundscale_ps(y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const Type f = _mm512_sub_ps(y, n);
    Type p = Set(1.32764725e-3f);
    p = MulAdd(p, f, Set(9.67554096e-3f));
    p = MulAdd(p, f, Set(5.55071309e-2f));
    p = MulAdd(p, f, Set(2.40221202e-1f));
    p = MulAdd(p, f, Set(6.93146944e-1f));
    p = MulAdd(p, f, Set(1.0f));
    return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, Set(-87.0f), _CMP_GE_OQ), p, n);
  }
};

}  // namespace
}  // namespace cpw::kernels

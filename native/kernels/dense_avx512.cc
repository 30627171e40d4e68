#include "kernels/avx512.h"
#include "kernels/dense.h"
#include "kernels/dense_tile.h"

namespace cpw::kernels {
namespace {

struct DenseAvx512 : Avx512 {
  static constexpr size_t kTileVectors = 2;
  static constexpr size_t kTileRows = 8;
  static constexpr size_t kRowVectors = 4;
  static inline Type Min(Type a, Type b) { return _mm512_min_ps(a, b); }
  static inline Type Div(Type a, Type b) { return _mm512_div_ps(a, b); }
  static inline Type Sqrt(Type a) { return _mm512_sqrt_ps(a); }
  static inline Type Half(Type x) {
    return _mm512_cvtph_ps(_mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
  }
};

}  // namespace

constinit const Dense kDenseAvx512 = MakeDense<DenseAvx512>("AVX512");

}  // namespace cpw::kernels

#include "kernels/avx2.h"
#include "kernels/dense.h"
#include "kernels/dense_tile.h"

namespace cpw::kernels {
namespace {

struct DenseAvx2 : Avx2 {
  static constexpr size_t kTileRows = 4;
  static constexpr size_t kRowVectors = 8;
  static inline Type Min(Type a, Type b) { return _mm256_min_ps(a, b); }
  static inline Type Div(Type a, Type b) { return _mm256_div_ps(a, b); }
  static inline Type Sqrt(Type a) { return _mm256_sqrt_ps(a); }
  static inline Type Half(Type x) {
    return _mm256_cvtph_ps(_mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
  }
};

}  // namespace

constinit const Dense kDenseAvx2 = MakeDense<DenseAvx2>("AVX2");

}  // namespace cpw::kernels

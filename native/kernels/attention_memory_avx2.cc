#include "kernels/attention_memory.h"
#include "kernels/attention_memory_tile.h"
#include "kernels/avx2.h"

namespace cpw::kernels {
namespace {

struct HalfAvx2 : Avx2 {
  using Avx2::Load;
  using Avx2::Store;
  static inline Type Load(const Half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static inline void Store(Half* p, Type x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  static inline Type Min(Type a, Type b) { return _mm256_min_ps(a, b); }
};

}  // namespace

constinit const MemoryAttention kMemoryAttentionAvx2 = MakeMemoryAttention<HalfAvx2>("AVX2");

}  // namespace cpw::kernels

#include "kernels/attention_memory.h"
#include "kernels/attention_memory_tile.h"
#include "kernels/avx512.h"

namespace cpw::kernels {
namespace {

struct HalfAvx512 : Avx512 {
  using Avx512::Load;
  using Avx512::Store;
  static inline Type Load(const Half* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static inline void Store(Half* p, Type x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  static inline Type Min(Type a, Type b) { return _mm512_min_ps(a, b); }
};

}  // namespace

constinit const MemoryAttention kMemoryAttentionAvx512 = MakeMemoryAttention<HalfAvx512>("AVX512");

}  // namespace cpw::kernels

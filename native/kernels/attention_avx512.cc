#include "kernels/attention.h"
#include "kernels/attention_tile.h"
#include "kernels/avx512.h"

namespace cpw::kernels {
const Attention kAttentionAvx512 = {"AVX512", ScratchFloats, Attend<Avx512>};

}  // namespace cpw::kernels

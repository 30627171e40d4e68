#include "kernels/attention.h"
#include "kernels/attention_tile.h"
#include "kernels/avx2.h"

namespace cpw::kernels {
const Attention kAttentionAvx2 = {"AVX2", ScratchFloats, Attend<Avx2>};

}  // namespace cpw::kernels

#include "kernels/attention.h"

#include "core/cpu_features.h"

namespace cpw::kernels {

Attentions AllAttentions() {
  Attentions found{};
#if defined(__x86_64__)
  const CpuFeatures cpu = ReadCpuFeatures();
  if (cpu.avx512) found.items[found.count++] = &kAttentionAvx512;
  if (cpu.avx2 && cpu.fma) found.items[found.count++] = &kAttentionAvx2;
#endif
  return found;
}

const Attention* BestAttention() {
  static const Attentions all = AllAttentions();
  return all.count > 0 ? all.items[0] : nullptr;
}

}  // namespace cpw::kernels

#include "kernels/attention.h"

#include "core/cpu_features.h"
#include "kernels/attention_memory.h"

namespace cpw::kernels {

Attentions AllAttentions() {
  Attentions found{};
#if defined(__x86_64__)
  const CpuFeatures cpu = ReadCpuFeatures();
  if (cpu.avx512_bf16) found.items[found.count++] = &kAttentionAvx512Bf16;
  if (cpu.avx512) found.items[found.count++] = &kAttentionAvx512;
  if (cpu.avx2 && cpu.fma) found.items[found.count++] = &kAttentionAvx2;
#endif
  return found;
}

const Attention* BestAttention() {
  static const Attentions all = AllAttentions();
  return all.count > 0 ? all.items[0] : nullptr;
}

MemoryAttentions AllMemoryAttentions() {
  MemoryAttentions found{};
#if defined(__x86_64__)
  const CpuFeatures cpu = ReadCpuFeatures();
  if (cpu.avx512) found.items[found.count++] = &kMemoryAttentionAvx512;
  if (cpu.avx2 && cpu.fma && cpu.f16c) found.items[found.count++] = &kMemoryAttentionAvx2;
#endif
  return found;
}

const MemoryAttention* BestMemoryAttention() {
  static const MemoryAttentions all = AllMemoryAttentions();
  return all.count > 0 ? all.items[0] : nullptr;
}

}  // namespace cpw::kernels

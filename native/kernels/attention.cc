#include "kernels/attention.h"

namespace cpw::kernels {

Attentions AllAttentions() {
  Attentions found{};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) found.items[found.count++] = &kAttentionAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    found.items[found.count++] = &kAttentionAvx2;
#endif
  return found;
}

const Attention* BestAttention() {
  static const Attentions all = AllAttentions();
  return all.count > 0 ? all.items[0] : nullptr;
}

}  // namespace cpw::kernels

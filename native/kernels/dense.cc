#include "kernels/dense.h"

#include "core/cpu_features.h"

namespace cpw::kernels {

Denses AllDenses() {
  Denses found{};
#if defined(__x86_64__)
  const CpuFeatures cpu = ReadCpuFeatures();
  if (cpu.avx512) found.items[found.count++] = &kDenseAvx512;
  if (cpu.avx2 && cpu.fma && cpu.f16c) found.items[found.count++] = &kDenseAvx2;
#endif
  found.items[found.count++] = &kDensePortable;
  return found;
}

const Dense& BestDense() {
  static const Denses all = AllDenses();
  return *all.items[0];
}

}  // namespace cpw::kernels

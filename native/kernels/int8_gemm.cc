#include "kernels/int8_gemm.h"

#include "core/cpu_features.h"
#include "kernels/int8_gemm_kernels.h"

namespace cpw::kernels {

Int8Gemms AllInt8Gemms() {
  Int8Gemms found{};
#if defined(__x86_64__)
  const CpuFeatures cpu = ReadCpuFeatures();
  if (cpu.avx512_vnni) found.items[found.count++] = &kInt8GemmAvx512Vnni;
  if (cpu.avx2) found.items[found.count++] = &kInt8GemmAvx2;
#endif
  return found;
}

const Int8Gemm* BestInt8Gemm() {
  static const Int8Gemms all = AllInt8Gemms();
  return all.count > 0 ? all.items[0] : nullptr;
}

}  // namespace cpw::kernels

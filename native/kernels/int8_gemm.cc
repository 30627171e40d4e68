#include "kernels/int8_gemm.h"

#include "kernels/int8_gemm_kernels.h"

namespace cpw::kernels {

Int8Gemms AllInt8Gemms() {
  Int8Gemms found{};
#if defined(__x86_64__)
  __builtin_cpu_init();
  // GCC and clang look at what the system saves as well, not at the CPU alone.
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    found.items[found.count++] = &kInt8GemmAvx512Vnni;
  if (__builtin_cpu_supports("avx2")) found.items[found.count++] = &kInt8GemmAvx2;
#endif
  return found;
}

const Int8Gemm* BestInt8Gemm() {
  static const Int8Gemms all = AllInt8Gemms();
  return all.count > 0 ? all.items[0] : nullptr;
}

}  // namespace cpw::kernels

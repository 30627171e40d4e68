#include "core/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace cpw {

#if defined(__x86_64__)
namespace {

// XCR0: the registers that the system saves when it switches threads.
constexpr unsigned kYmmState = 0x06;
constexpr unsigned kZmmState = 0xe6;
// Leaf 7.1's eax. Not every <cpuid.h> has a name for it.
constexpr unsigned kAvx512Bf16 = 1u << 5;

unsigned SavedState(unsigned leaf1_ecx) {
  if ((leaf1_ecx & bit_OSXSAVE) == 0) return 0;
  unsigned low = 0;
  unsigned high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

bool Has(unsigned reg, unsigned bits) { return (reg & bits) == bits; }

}  // namespace

CpuFeatures ReadCpuFeatures() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  CpuFeatures found;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return found;
  const unsigned leaf1_ecx = ecx;
  const unsigned state = SavedState(leaf1_ecx);
  const bool ymm = Has(state, kYmmState);
  found.fma = ymm && Has(leaf1_ecx, bit_FMA);
  found.f16c = ymm && Has(leaf1_ecx, bit_F16C);
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return found;
  const unsigned subleaves = eax;
  found.avx2 = ymm && Has(ebx, bit_AVX2);
  found.bmi2 = Has(ebx, bit_BMI2);
  found.avx512 = Has(state, kZmmState) && Has(ebx, bit_AVX512F);
  found.avx512_vnni =
      found.avx512 && Has(ebx, bit_AVX512BW | bit_AVX512VL) && Has(ecx, bit_AVX512VNNI);
  if (subleaves < 1 || __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.avx512_bf16 = found.avx512 && Has(eax, kAvx512Bf16);
  return found;
}
#else
CpuFeatures ReadCpuFeatures() { return {}; }
#endif

}  // namespace cpw

#pragma once

namespace cpw {

// What this CPU can do and the system lets programs use. All false where it is no x64 CPU.
struct CpuFeatures {
  bool avx2 = false;
  bool fma = false;
  bool f16c = false;
  bool bmi2 = false;
  bool avx512 = false;  // its foundation alone
  // AVX512 F, BW, VL and VNNI: 8-bit products in registers of any width.
  bool avx512_vnni = false;
  bool avx512_bf16 = false;  // AVX512 F and products of bfloat16
};

// Asks the CPU itself. Not the compiler's __builtin_cpu_supports: zig 0.17.1 links a run-time
// library for it that answers no to everything.
CpuFeatures ReadCpuFeatures();

}  // namespace cpw

// What Node calls first: it looks at the CPU itself before any engine runs. src/native/cpu.ts asks
// the same question before the addon is loaded; what it reads, /proc/cpuinfo, can be absent or tell
// of another CPU (emulators, containers that mask features). No C++ library here: this file is
// compiled for every x64 CPU, and an inline function could be linked as the copy of one that is
// not.
#include "binding/entry.h"

#include <node_api.h>

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstring>
#endif

namespace {

#if defined(__x86_64__)
constexpr unsigned kYmmState = 6;  // XCR0: the system saves SSE and AVX registers

bool SystemSavesYmm(unsigned leaf1_ecx) {
  if ((leaf1_ecx & bit_OSXSAVE) == 0) return false;
  unsigned low = 0;
  unsigned high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & kYmmState) == kYmmState;
}

// Writes the names of what is missing, separated by commas; nothing where all is there.
void MissingFeatures(char (&names)[64]) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  unsigned leaf7_ebx = 0;
  __get_cpuid(1, &eax, &ebx, &ecx, &edx);
  const unsigned leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) leaf7_ebx = ebx;
  const bool ymm = SystemSavesYmm(leaf1_ecx);
  const struct {
    const char* name;
    bool present;
  } features[] = {{"avx2", ymm && (leaf7_ebx & bit_AVX2) != 0},
                  {"fma", ymm && (leaf1_ecx & bit_FMA) != 0},
                  {"f16c", ymm && (leaf1_ecx & bit_F16C) != 0},
                  {"bmi2", (leaf7_ebx & bit_BMI2) != 0}};
  names[0] = '\0';
  for (const auto& feature : features) {
    if (feature.present) continue;
    if (names[0] != '\0') strcat(names, ", ");
    strcat(names, feature.name);
  }
}

bool RefuseCpu(napi_env env) {
  char names[64];
  MissingFeatures(names);
  if (names[0] == '\0') return false;
  char message[256] = "This CPU lacks ";
  strcat(message, names);
  strcat(message,
         ", which the native addon needs. Next step: run on a CPU with AVX2 (Intel since 2013, AMD "
         "since 2015).");
  napi_throw_error(env, "CPW_BINARY_NOT_FOUND", message);
  return true;
}
#else
bool RefuseCpu(napi_env) { return false; }
#endif

}  // namespace

NAPI_MODULE_INIT() { return RefuseCpu(env) ? nullptr : cpw::RegisterAddon(env, exports); }

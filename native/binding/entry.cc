// What Node calls first: it looks at the CPU itself before any engine runs. src/native/cpu.ts asks
// the same question before the addon is loaded; what it reads, /proc/cpuinfo, can be absent or tell
// of another CPU (emulators, containers that mask features). No C++ library here: this file is
// compiled for every x64 CPU, and an inline function could be linked as the copy of one that is
// not.
#include "binding/entry.h"

#include <node_api.h>

#include <cstring>

#include "core/cpu_features.h"

namespace {

// Writes the names of what is missing, separated by commas; nothing where all is there.
void MissingFeatures(char (&names)[64]) {
  names[0] = '\0';
#if defined(__x86_64__)
  const cpw::CpuFeatures found = cpw::ReadCpuFeatures();
  const struct {
    const char* name;
    bool present;
  } needed[] = {
      {"avx2", found.avx2}, {"fma", found.fma}, {"f16c", found.f16c}, {"bmi2", found.bmi2}};
  for (const auto& feature : needed) {
    if (feature.present) continue;
    if (names[0] != '\0') std::strcat(names, ", ");
    std::strcat(names, feature.name);
  }
#endif
}

bool RefuseCpu(napi_env env) {
  char names[64];
  MissingFeatures(names);
  if (names[0] == '\0') return false;
  char message[256] = "This CPU lacks ";
  std::strcat(message, names);
  std::strcat(
      message,
      ", which the native addon needs. Next step: run on a CPU with AVX2 (Intel since 2013, AMD "
      "since 2015).");
  napi_throw_error(env, "CPW_BINARY_NOT_FOUND", message);
  return true;
}

}  // namespace

NAPI_MODULE_INIT() { return RefuseCpu(env) ? nullptr : cpw::RegisterAddon(env, exports); }

#pragma once

#include <node_api.h>

namespace cpw {

// Fills the module's exports. Called by entry.cc once the CPU has been found fit.
napi_value RegisterAddon(napi_env env, napi_value exports);

}  // namespace cpw

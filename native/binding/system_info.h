#pragma once

#include <napi.h>

namespace cpw {

// Versions and build facts. Asks no device, so no driver can take the process down.
Napi::Value BuildInfo(const Napi::CallbackInfo& info);

// Versions, build facts and what each backend says of itself. Shape: src/native/addon.ts.
Napi::Value SystemInfo(const Napi::CallbackInfo& info);

}  // namespace cpw

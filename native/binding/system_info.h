#pragma once

#include <napi.h>

namespace cpw {

// Versions, build facts and what each backend says of itself. Shape: src/native/addon.ts.
Napi::Value SystemInfo(const Napi::CallbackInfo& info);

}  // namespace cpw

#pragma once

#include <napi.h>

namespace cpw {

// quantizeGgml(values, options): a job that resolves to the blocks. Shape: src/native/addon.ts.
Napi::Value QuantizeGgml(const Napi::CallbackInfo& info);

}  // namespace cpw

#pragma once

#include <napi.h>

#include <cstddef>
#include <string>
#include <vector>

#include "core/error.h"

namespace cpw {

// A typed array's content, copied on the JS thread: what JavaScript does to its buffer later, a
// transfer or a resize, cannot reach the engine. `what`: "A chunk"; `expected`: "Float32Array".
template <typename Item>
std::vector<Item> CopyTypedArray(const Napi::Value& value, napi_typedarray_type type,
                                 const std::string& what, const char* expected) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw CpwError(ErrorCode::kInternal, what + " must be a " + expected + ".");
  }
  napi_typedarray_type found;
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &found, &length, &data, nullptr, nullptr) !=
      napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  if (length == 0 || data == nullptr) {
    throw CpwError(ErrorCode::kInternal, what + " must not be empty or detached.");
  }
  const auto* items = static_cast<const Item*>(data);
  return std::vector<Item>(items, items + length);
}

}  // namespace cpw

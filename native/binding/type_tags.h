#pragma once

#include <napi.h>

#include <string>

#include "core/error.h"

namespace cpw {

// Tags prove that a JS object wraps the class it claims, whatever was done to its prototype.
inline constexpr napi_type_tag kRecognizerTag = {0x8f0c4a1d52e64b7f, 0x9a3be1c07d5f2a61};
inline constexpr napi_type_tag kSpeechDetectorTag = {0x1d7e93b8c4f04a25, 0xb6c28fe05a7d4913};
inline constexpr napi_type_tag kTranslatorTag = {0x2ae5d8741bc93f06, 0x57f13c9e8ab0d264};
inline constexpr napi_type_tag kAudioInputTag = {0x63b1f7da90ce4e18, 0x84d05cb37e1f6a92};

// Throws CPW_INTERNAL unless `value` is an object of class `Wrap` made by this addon.
template <typename Wrap>
Wrap* UnwrapTagged(const Napi::Value& value, const napi_type_tag& tag, const char* what) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&tag)) {
    throw CpwError(ErrorCode::kInternal, std::string(what) + " expected.");
  }
  return Wrap::Unwrap(value.As<Napi::Object>());
}

// Wrapped classes are made by this addon alone: their constructors want this External.
template <typename Payload>
Payload* ConstructorPayload(const Napi::CallbackInfo& info, const char* what) {
  if (info.Length() != 1 || !info[0].IsExternal()) {
    throw Napi::TypeError::New(info.Env(), std::string(what) + " has no public constructor.");
  }
  return info[0].As<Napi::External<Payload>>().Data();
}

}  // namespace cpw

#pragma once

#include <napi.h>

#include <vector>

#include "core/transcript.h"
#include "core/transcription.h"
#include "core/translation.h"
#include "core/window_recognizer.h"

namespace cpw {

// One conversion per type. Shapes: src/native/addon.ts.
Napi::Value ToJs(Napi::Env env, const Segment& segment);
Napi::Value ToJs(Napi::Env env, const SpeechSegment& segment);
Napi::Value ToJs(Napi::Env env, const RemovedText& removed);
Napi::Value ToJs(Napi::Env env, const LanguageScore& score);
Napi::Value ToJs(Napi::Env env, const TranscriptionResult& result);
Napi::Value ToJs(Napi::Env env, const ModelInfo& info);
Napi::Value ToJs(Napi::Env env, const TranslationResult& result);
Napi::Value ToJs(Napi::Env env, const TranslationHypothesis& hypothesis);
Napi::Value ToJs(Napi::Env env, const TranslatorInfo& info);
inline Napi::Value ToJs(Napi::Env env, const std::string& text) {
  return Napi::String::New(env, text);
}

template <typename T>
Napi::Value ToJs(Napi::Env env, const std::vector<T>& items) {
  Napi::Array array = Napi::Array::New(env, items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i) array.Set(i, ToJs(env, items[i]));
  return array;
}

}  // namespace cpw

#pragma once

#include <napi.h>

#include <memory>

#include "engines/silero/speech_detector.h"

namespace cpw {

class SpeechDetectorWrap : public Napi::ObjectWrap<SpeechDetectorWrap> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  // Null gives null; a closed one is CPW_CLOSED.
  static std::shared_ptr<SpeechDetector> FromJs(const Napi::Value& value);
  explicit SpeechDetectorWrap(const Napi::CallbackInfo& info);

 private:
  static Napi::Value Load(const Napi::CallbackInfo& info);
  Napi::Value DetectSpeech(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  std::shared_ptr<SpeechDetector> Opened() const;

  std::shared_ptr<SpeechDetector> detector_;
};

}  // namespace cpw

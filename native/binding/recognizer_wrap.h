#pragma once

#include <napi.h>

#include <memory>

#include "core/job_threads.h"
#include "core/window_recognizer.h"

namespace cpw {

// A loaded recogniser of any engine. close() drops the pointer: running calls keep theirs.
class RecognizerWrap : public Napi::ObjectWrap<RecognizerWrap> {
 public:
  // Sets the loaders (WhisperRecognizer, CTranslate2Recognizer, ProbeRecognizer) on `exports`.
  static void Register(Napi::Env env, Napi::Object exports);
  explicit RecognizerWrap(const Napi::CallbackInfo& info);
  ~RecognizerWrap() override;

 private:
  static Napi::Value Wrap(Napi::Env env, std::shared_ptr<WindowRecognizer> recognizer);
  Napi::Value Transcribe(const Napi::CallbackInfo& info);
  Napi::Value DetectLanguage(const Napi::CallbackInfo& info);
  Napi::Value Info(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  std::shared_ptr<WindowRecognizer> Opened() const;

  const std::shared_ptr<JobThreads> threads_;  // outlives the environment's teardown
  std::shared_ptr<WindowRecognizer> recognizer_;
};

}  // namespace cpw

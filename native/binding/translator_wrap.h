#pragma once

#include <napi.h>

#include <memory>

#include "core/job_threads.h"
#include "engines/ctranslate2/translator.h"

namespace cpw {

// A loaded translation model. close() drops the pointer: running calls keep theirs.
class TranslatorWrap : public Napi::ObjectWrap<TranslatorWrap> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit TranslatorWrap(const Napi::CallbackInfo& info);
  ~TranslatorWrap() override;

 private:
  static Napi::Value Load(const Napi::CallbackInfo& info);
  Napi::Value TranslateBatch(const Napi::CallbackInfo& info);
  Napi::Value Info(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  std::shared_ptr<Translator> Opened() const;

  const std::shared_ptr<JobThreads> threads_;  // outlives the environment's teardown
  std::shared_ptr<Translator> translator_;
};

}  // namespace cpw

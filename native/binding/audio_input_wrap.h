#pragma once

#include <napi.h>

#include <memory>
#include <variant>

#include "core/audio_source.h"
#include "media/byte_stream.h"
#include "media/push_source.h"

namespace cpw {

// A stream of audio for one call: a file, or a queue that JavaScript fills.
class AudioInputWrap : public Napi::ObjectWrap<AudioInputWrap> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit AudioInputWrap(const Napi::CallbackInfo& info);

  // The source, once: a second call gets CPW_INTERNAL.
  std::shared_ptr<AudioSource> Take();

  using Queue =
      std::variant<std::monostate, std::shared_ptr<PushSource>, std::shared_ptr<PushByteStream>>;
  struct Parts {
    std::shared_ptr<AudioSource> source;
    Queue queue;
  };

 private:
  static Napi::Value FromFile(const Napi::CallbackInfo& info);
  static Napi::Value PushSamples(const Napi::CallbackInfo& info);
  static Napi::Value PushBytes(const Napi::CallbackInfo& info);
  static Napi::Value IdentifyFile(const Napi::CallbackInfo& info);
  static Napi::Value IdentifyHead(const Napi::CallbackInfo& info);
  Napi::Value Clip(const Napi::CallbackInfo& info);
  Napi::Value Push(const Napi::CallbackInfo& info);
  void End(const Napi::CallbackInfo& info);
  void Fail(const Napi::CallbackInfo& info);

  std::shared_ptr<AudioSource> source_;
  Queue queue_;
};

// At the end of a call: whoever still waits to push is let go.
class ConsumerGuard {
 public:
  explicit ConsumerGuard(AudioSource& source) : source_(source) {}
  ~ConsumerGuard() { source_.Interrupt(); }
  ConsumerGuard(const ConsumerGuard&) = delete;
  ConsumerGuard& operator=(const ConsumerGuard&) = delete;

 private:
  AudioSource& source_;
};

}  // namespace cpw

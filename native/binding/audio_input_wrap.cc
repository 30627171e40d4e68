#include "binding/audio_input_wrap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "binding/environment.h"
#include "binding/fields.h"
#include "binding/js_error.h"
#include "binding/submit.h"
#include "binding/type_tags.h"
#include "binding/typed_array.h"
#include "media/clip_source.h"
#include "media/decoded_source.h"
#include "media/identify.h"

namespace cpw {
namespace {

// -1: all of them, mixed.
std::optional<std::size_t> ReadChannel(Fields& fields) {
  const std::int32_t channel = fields.Int32("channel");
  return channel < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(channel));
}

Napi::Value Make(Napi::Env env, AudioInputWrap::Parts parts) {
  return Environment::Get(env).audio_input_class.New(
      {Napi::External<AudioInputWrap::Parts>::New(env, &parts)});
}

ErrorCode CodeOf(const std::string& name) {
  for (std::size_t i = 0; i < std::size(kErrorCodeNames); ++i) {
    if (name == kErrorCodeNames[i]) return static_cast<ErrorCode>(i);
  }
  throw CpwError(ErrorCode::kInternal, name + " is no error code.");
}

Napi::Value ToJs(Napi::Env env, const MediaIdentity& identity) {
  static constexpr const char* kRoutes[] = {"decoded", "foreign", "more"};
  Napi::Object object = Napi::Object::New(env);
  object.Set("route", kRoutes[static_cast<int>(identity.route)]);
  object.Set("format", identity.format);
  object.Set("channels", identity.channels);
  return object;
}

// Hands a chunk over; the promise settles when the queue has room again.
template <typename Target, typename Item>
Napi::Value PushTo(Napi::Env env, Target& target, std::vector<Item> chunk) {
  Environment& environment = Environment::Get(env);
  auto call = std::make_unique<Call>(env);
  call->keeps_alive = false;
  const Napi::Promise promise = call->deferred.Promise();
  const std::uint64_t id = environment.Open(std::move(call));
  PendingCall pending(environment, id);
  const auto resolve = [id](Napi::Env js) {
    Settle(js, id, [](Napi::Env inner, Napi::Promise::Deferred& deferred) {
      deferred.Resolve(inner.Undefined());
    });
  };
  // The queue may outlive the environment, and then lets its pushers go.
  const bool room = target.TryPush(std::move(chunk), [weak = environment.weak_channel(), resolve] {
    if (const auto channel = weak.lock()) channel->Send(resolve);
  });
  pending.Started();
  if (room) resolve(env);
  return promise;
}

}  // namespace

void AudioInputWrap::Register(Napi::Env env, Napi::Object exports) {
  Environment::Get(env).audio_input_class = Napi::Persistent(DefineClass(
      env, "AudioInput",
      {InstanceMethod<&AudioInputWrap::Clip>("clip"), InstanceMethod<&AudioInputWrap::Push>("push"),
       InstanceMethod<&AudioInputWrap::End>("end"),
       InstanceMethod<&AudioInputWrap::Fail>("fail")}));
  Napi::Object type = Napi::Object::New(env);
  type.Set("fromFile", Napi::Function::New<&AudioInputWrap::FromFile>(env));
  type.Set("pushSamples", Napi::Function::New<&AudioInputWrap::PushSamples>(env));
  type.Set("pushBytes", Napi::Function::New<&AudioInputWrap::PushBytes>(env));
  type.Set("identifyFile", Napi::Function::New<&AudioInputWrap::IdentifyFile>(env));
  type.Set("identifyHead", Napi::Function::New<&AudioInputWrap::IdentifyHead>(env));
  exports.Set("AudioInput", type);
}

AudioInputWrap::AudioInputWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<AudioInputWrap>(info) {
  auto* parts = ConstructorPayload<Parts>(info, "AudioInput");
  source_ = std::move(parts->source);
  queue_ = std::move(parts->queue);
  info.This().As<Napi::Object>().TypeTag(&kAudioInputTag);
}

std::shared_ptr<AudioSource> AudioInputWrap::Take() {
  if (!source_) {
    throw CpwError(ErrorCode::kInternal, "An audio input was handed to a second call.");
  }
  return std::move(source_);
}

Napi::Value AudioInputWrap::FromFile(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    Fields fields(info[0], "options");
    auto stream = std::make_shared<FileByteStream>(fields.String("path"));
    const auto channel = ReadChannel(fields);
    fields.Finish();
    return Make(info.Env(), {std::make_shared<DecodedSource>(std::move(stream), channel), {}});
  });
}

Napi::Value AudioInputWrap::PushSamples(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    Fields fields(info[0], "options");
    const double capacity_s = fields.Number("capacityS");
    const double duration_s = fields.Number("durationS");
    fields.Finish();
    if (capacity_s <= 0) throw CpwError(ErrorCode::kInternal, "capacityS must be above 0.");
    auto source =
        std::make_shared<PushSource>(static_cast<std::size_t>(capacity_s * kSampleRate),
                                     duration_s < 0 ? std::nullopt : std::optional(duration_s));
    return Make(info.Env(), {source, source});
  });
}

Napi::Value AudioInputWrap::PushBytes(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    Fields fields(info[0], "options");
    const std::int32_t capacity = fields.Int32("capacityBytes");
    const auto channel = ReadChannel(fields);
    fields.Finish();
    if (capacity <= 0) throw CpwError(ErrorCode::kInternal, "capacityBytes must be above 0.");
    auto stream = std::make_shared<PushByteStream>(static_cast<std::size_t>(capacity));
    return Make(info.Env(), {std::make_shared<DecodedSource>(stream, channel), stream});
  });
}

Napi::Value AudioInputWrap::IdentifyFile(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    if (!info[0].IsString()) throw CpwError(ErrorCode::kInternal, "path must be a string.");
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    return Submit(
        info.Env(), info.Env().Undefined(),
        [path](const std::shared_ptr<Job>&) {
          FileByteStream stream(path);
          return IdentifyMedia(stream);
        },
        [](Napi::Env env, const MediaIdentity& identity) { return ToJs(env, identity); });
  });
}

// On the JS thread: the beginning of a stream is small, and looking at it takes microseconds.
Napi::Value AudioInputWrap::IdentifyHead(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    const auto head =
        CopyTypedArray<std::uint8_t>(info[0], napi_uint8_array, "The head", "Uint8Array");
    return ToJs(info.Env(), cpw::IdentifyHead(head, info[1].ToBoolean()));
  });
}

Napi::Value AudioInputWrap::Clip(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    Fields fields(info[0], "options");
    const std::vector<double> begins = fields.Numbers("beginSamples");
    const std::vector<double> ends = fields.Numbers("endSamples");
    fields.Finish();
    if (begins.size() != ends.size()) {
      throw CpwError(ErrorCode::kInternal, "A clip has a begin and an end.");
    }
    std::vector<ClipRange> clips;
    for (std::size_t i = 0; i < begins.size(); ++i) {
      if (begins[i] < 0) throw CpwError(ErrorCode::kInternal, "No clip begins below 0.");
      ClipRange& clip = clips.emplace_back();
      clip.begin = static_cast<std::uint64_t>(begins[i]);
      if (ends[i] >= 0) clip.end = static_cast<std::uint64_t>(ends[i]);
    }
    source_ = std::make_shared<ClipSource>(Take(), std::move(clips));
    return info.Env().Undefined();
  });
}

Napi::Value AudioInputWrap::Push(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    if (auto* samples = std::get_if<std::shared_ptr<PushSource>>(&queue_)) {
      return PushTo(env, **samples,
                    CopyTypedArray<float>(info[0], napi_float32_array, "A chunk", "Float32Array"));
    }
    if (auto* bytes = std::get_if<std::shared_ptr<PushByteStream>>(&queue_)) {
      return PushTo(
          env, **bytes,
          CopyTypedArray<std::uint8_t>(info[0], napi_uint8_array, "A chunk", "Uint8Array"));
    }
    throw CpwError(ErrorCode::kInternal, "This audio input takes no chunks.");
  });
}

void AudioInputWrap::End(const Napi::CallbackInfo&) {
  if (auto* samples = std::get_if<std::shared_ptr<PushSource>>(&queue_)) (*samples)->End();
  if (auto* bytes = std::get_if<std::shared_ptr<PushByteStream>>(&queue_)) (*bytes)->End();
}

void AudioInputWrap::Fail(const Napi::CallbackInfo& info) {
  Guarded(info.Env(), [&] {
    const ErrorCode code = CodeOf(info[0].ToString().Utf8Value());
    const std::string message = info[1].ToString().Utf8Value();
    if (auto* samples = std::get_if<std::shared_ptr<PushSource>>(&queue_)) {
      (*samples)->Fail(code, message);
    }
    if (auto* bytes = std::get_if<std::shared_ptr<PushByteStream>>(&queue_)) {
      (*bytes)->Fail(code, message);
    }
    return info.Env().Undefined();
  });
}

}  // namespace cpw

#include "binding/speech_detector_wrap.h"

#include <utility>

#include "binding/audio_input_wrap.h"
#include "binding/options.h"
#include "binding/submit.h"
#include "binding/type_tags.h"
#include "core/transcription.h"

namespace cpw {

void SpeechDetectorWrap::Register(Napi::Env env, Napi::Object exports) {
  Environment::Get(env).speech_detector_class = Napi::Persistent(
      DefineClass(env, "SpeechDetector",
                  {InstanceMethod<&SpeechDetectorWrap::DetectSpeech>("detectSpeech"),
                   InstanceMethod<&SpeechDetectorWrap::Close>("close")}));
  Napi::Object type = Napi::Object::New(env);
  type.Set("load", Napi::Function::New<&SpeechDetectorWrap::Load>(env));
  exports.Set("SpeechDetector", type);
}

SpeechDetectorWrap::SpeechDetectorWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<SpeechDetectorWrap>(info) {
  detector_ = *ConstructorPayload<std::shared_ptr<SpeechDetector>>(info, "SpeechDetector");
  info.This().As<Napi::Object>().TypeTag(&kSpeechDetectorTag);
}

std::shared_ptr<SpeechDetector> SpeechDetectorWrap::FromJs(const Napi::Value& value) {
  if (value.IsNull()) return nullptr;
  return UnwrapTagged<SpeechDetectorWrap>(value, kSpeechDetectorTag, "A speech detector")->Opened();
}

std::shared_ptr<SpeechDetector> SpeechDetectorWrap::Opened() const {
  if (!detector_) {
    throw CpwError(ErrorCode::kClosed,
                   "The speech detector is closed. Next step: load it again, or close it later.");
  }
  return detector_;
}

Napi::Value SpeechDetectorWrap::Load(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    Fields fields(info[0], "options");
    const std::string path = fields.String("path");
    fields.Finish();
    return Submit(
        info.Env(), info.Env().Undefined(),
        [path](const std::shared_ptr<Job>&) { return std::make_shared<SpeechDetector>(path); },
        [](Napi::Env env, std::shared_ptr<SpeechDetector> detector) -> Napi::Value {
          return Environment::Get(env).speech_detector_class.New(
              {Napi::External<std::shared_ptr<SpeechDetector>>::New(env, &detector)});
        });
  });
}

Napi::Value SpeechDetectorWrap::DetectSpeech(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    auto detector = Opened();
    auto* input = UnwrapTagged<AudioInputWrap>(info[0], kAudioInputTag, "An audio input");
    const VadOptions vad = ReadVadOptions(Fields(info[1], "vad"));
    auto source = input->Take();
    return Submit(
        info.Env(), info[2],
        [detector, vad, source](const std::shared_ptr<Job>& job) {
          const ConsumerGuard guard(*source);
          return cpw::DetectSpeech(*source, *detector->MakeScorer(), vad, job);
        },
        [](Napi::Env env, const std::vector<SpeechSegment>& segments) {
          return ToJs(env, segments);
        });
  });
}

void SpeechDetectorWrap::Close(const Napi::CallbackInfo&) { detector_.reset(); }

}  // namespace cpw

#include "binding/recognizer_wrap.h"

#include <string>
#include <utility>

#include "binding/audio_input_wrap.h"
#include "binding/options.h"
#include "binding/speech_detector_wrap.h"
#include "binding/submit.h"
#include "binding/type_tags.h"
#include "core/clip_transcription.h"

namespace cpw {

void RecognizerWrap::Register(Napi::Env env, Napi::Object exports) {
  Environment::Get(env).recognizer_class = Napi::Persistent(
      DefineClass(env, "Recognizer",
                  {InstanceMethod<&RecognizerWrap::Transcribe>("transcribe"),
                   InstanceMethod<&RecognizerWrap::DetectLanguage>("detectLanguage"),
                   InstanceMethod<&RecognizerWrap::Close>("close"),
                   InstanceAccessor<&RecognizerWrap::Info>("info")}));
  for (const RecognizerLoader& loader : RecognizerLoaders()) {
    Napi::Object type = Napi::Object::New(env);
    type.Set("load", Napi::Function::New(env, [&loader](const Napi::CallbackInfo& info) {
               return Guarded(info.Env(), [&] {
                 return Submit(info.Env(), info.Env().Undefined(), loader.read(info[0]), Wrap);
               });
             }));
    exports.Set(loader.name, type);
  }
}

Napi::Value RecognizerWrap::Wrap(Napi::Env env, std::shared_ptr<WindowRecognizer> recognizer) {
  return Environment::Get(env).recognizer_class.New(
      {Napi::External<std::shared_ptr<WindowRecognizer>>::New(env, &recognizer)});
}

RecognizerWrap::RecognizerWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<RecognizerWrap>(info), threads_(Environment::Get(info.Env()).threads()) {
  recognizer_ = *ConstructorPayload<std::shared_ptr<WindowRecognizer>>(info, "Recognizer");
  info.This().As<Napi::Object>().TypeTag(&kRecognizerTag);
}

RecognizerWrap::~RecognizerWrap() { Dispose(*threads_, std::move(recognizer_)); }

std::shared_ptr<WindowRecognizer> RecognizerWrap::Opened() const {
  if (!recognizer_) {
    throw CpwError(ErrorCode::kClosed,
                   "The recognizer is closed. Next step: load it again, or close it later.");
  }
  return recognizer_;
}

Napi::Value RecognizerWrap::Transcribe(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    auto recognizer = Opened();
    auto* input = UnwrapTagged<AudioInputWrap>(info[0], kAudioInputTag, "An audio input");
    auto detector = SpeechDetectorWrap::FromJs(info[1]);
    const TranscriptionOptions options = ReadTranscriptionOptions(info[2]);
    if (options.vad && !detector) {
      throw CpwError(ErrorCode::kInternal, "options.vad needs a speech detector.");
    }
    auto source = input->Take();
    return Submit(
        info.Env(), info[3],
        [recognizer, detector, options, source](const std::shared_ptr<Job>& job) {
          const ConsumerGuard guard(*source);
          const auto scorer = [&] { return options.vad ? detector->MakeScorer() : nullptr; };
          return TranscribeClips(*recognizer, *source, scorer, options, job);
        },
        [](Napi::Env env, const TranscriptionResult& result) { return ToJs(env, result); });
  });
}

Napi::Value RecognizerWrap::DetectLanguage(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    auto recognizer = Opened();
    auto* input = UnwrapTagged<AudioInputWrap>(info[0], kAudioInputTag, "An audio input");
    auto detector = SpeechDetectorWrap::FromJs(info[1]);
    std::optional<VadOptions> vad;
    if (!info[2].IsNull()) vad = ReadVadOptions(Fields(info[2], "vad"));
    if (vad && !detector) throw CpwError(ErrorCode::kInternal, "vad needs a speech detector.");
    auto source = input->Take();
    return Submit(
        info.Env(), info.Env().Undefined(),
        [recognizer, detector, vad, source](const std::shared_ptr<Job>& job) {
          const ConsumerGuard guard(*source);
          const auto scorer = vad ? detector->MakeScorer() : nullptr;
          return cpw::DetectLanguage(*recognizer, *source, scorer.get(), vad, job);
        },
        [](Napi::Env env, const std::vector<LanguageScore>& scores) { return ToJs(env, scores); });
  });
}

Napi::Value RecognizerWrap::Info(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] { return ToJs(info.Env(), Opened()->info()); });
}

void RecognizerWrap::Close(const Napi::CallbackInfo&) {
  Dispose(*threads_, std::move(recognizer_));
  recognizer_.reset();
}

}  // namespace cpw

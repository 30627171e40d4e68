#include "binding/to_js.h"

namespace cpw {
namespace {

Napi::Value ToJs(Napi::Env env, const Word& word) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", word.start);
  object.Set("end", word.end);
  object.Set("word", word.word);
  object.Set("probability", word.probability);
  return object;
}

}  // namespace

Napi::Value ToJs(Napi::Env env, const Segment& segment) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", segment.start);
  object.Set("end", segment.end);
  object.Set("text", segment.text);
  object.Set("avgLogprob", segment.avg_logprob);
  object.Set("noSpeechProb", segment.no_speech_prob);
  if (!segment.words.empty()) {
    Napi::Array words = Napi::Array::New(env, segment.words.size());
    for (std::uint32_t i = 0; i < segment.words.size(); ++i) {
      words.Set(i, ToJs(env, segment.words[i]));
    }
    object.Set("words", words);
  }
  return object;
}

Napi::Value ToJs(Napi::Env env, const SpeechSegment& segment) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", segment.start);
  object.Set("end", segment.end);
  return object;
}

Napi::Value ToJs(Napi::Env env, const LanguageScore& score) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("language", score.language);
  object.Set("probability", score.probability);
  return object;
}

Napi::Value ToJs(Napi::Env env, const TranscriptionResult& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("language", result.language);
  object.Set("languageProbability", result.language_probability);
  object.Set("duration", result.duration);
  object.Set("damage", result.damage);
  return object;
}

Napi::Value ToJs(Napi::Env env, const ModelInfo& info) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("engine", info.engine);
  object.Set("device", info.device);
  object.Set("computeType", info.compute_type);
  object.Set("multilingual", info.multilingual);
  object.Set("mels", info.mels);
  object.Set("languages", ToJs(env, info.languages));
  return object;
}

}  // namespace cpw

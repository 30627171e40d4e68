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

// As TypeScript's DecodingPass.
const char* NameOf(DecodingPass pass) {
  constexpr const char* kNames[] = {"first", "beam", "full", "sampled"};
  return kNames[static_cast<std::size_t>(pass)];
}

}  // namespace

Napi::Value ToJs(Napi::Env env, const RemovedText& removed) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", removed.start);
  object.Set("end", removed.end);
  object.Set("text", removed.text);
  object.Set("reason", removed.reason);
  return object;
}

Napi::Value ToJs(Napi::Env env, const Segment& segment) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", segment.start);
  object.Set("end", segment.end);
  object.Set("text", segment.text);
  object.Set("avgLogprob", segment.avg_logprob);
  object.Set("noSpeechProb", segment.no_speech_prob);
  object.Set("compressionRatio", segment.compression_ratio);
  object.Set("temperature", segment.temperature);
  object.Set("pass", NameOf(segment.pass));
  if (!segment.language.empty()) object.Set("language", segment.language);
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
  object.Set("removed", ToJs(env, result.removed));
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

Napi::Value ToJs(Napi::Env env, const TranslationHypothesis& hypothesis) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("text", hypothesis.text);
  object.Set("score", hypothesis.score);
  return object;
}

Napi::Value ToJs(Napi::Env env, const TranslationResult& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("hypotheses", ToJs(env, result.hypotheses));
  object.Set("sourceTokens", result.source_tokens);
  object.Set("unknownTokens", result.unknown_tokens);
  object.Set("targetTokens", result.target_tokens);
  object.Set("cutOff", result.cut_off);
  return object;
}

Napi::Value ToJs(Napi::Env env, const TranslatorInfo& info) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("layout", info.layout);
  object.Set("device", info.device);
  object.Set("computeType", info.compute_type);
  object.Set("sourceLanguages", ToJs(env, info.source_languages));
  object.Set("targetLanguages", ToJs(env, info.target_languages));
  return object;
}

}  // namespace cpw

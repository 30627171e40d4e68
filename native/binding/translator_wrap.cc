#include "binding/translator_wrap.h"

#include <string>
#include <utility>
#include <vector>

#include "binding/options.h"
#include "binding/submit.h"
#include "binding/type_tags.h"

namespace cpw {
namespace {

ModelLoadOptions ReadLoadOptions(const Napi::Value& value) {
  Fields fields(value, "options");
  ModelLoadOptions options;
  ReadModelLoadOptions(fields, options);
  fields.Finish();
  return options;
}

TranslateOptions ReadTranslateOptions(const Napi::Value& value) {
  Fields fields(value, "options");
  TranslateOptions options{};
  options.source = fields.String("source");
  options.target = fields.String("target");
  options.script = fields.String("script");
  options.separator = fields.String("separator");
  options.target_prefix = fields.String("targetPrefix");
  options.beam_size = fields.Int32("beamSize");
  options.alternatives = fields.Int32("alternatives");
  options.patience = fields.Number("patience");
  options.length_penalty = fields.Number("lengthPenalty");
  options.repetition_penalty = fields.Number("repetitionPenalty");
  options.no_repeat_ngram_size = fields.Int32("noRepeatNgramSize");
  options.min_length = fields.Int32("minLength");
  options.max_length = fields.Int32("maxLength");
  options.scores = fields.Bool("scores");
  fields.Finish();
  return options;
}

std::vector<std::string> ReadTexts(const Napi::Value& value) {
  if (!value.IsArray()) throw CpwError(ErrorCode::kInternal, "texts must be an array.");
  const Napi::Array list = value.As<Napi::Array>();
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value text = list.Get(i);
    if (!text.IsString()) throw CpwError(ErrorCode::kInternal, "texts must hold strings alone.");
    texts.push_back(text.As<Napi::String>().Utf8Value());
  }
  return texts;
}

}  // namespace

void TranslatorWrap::Register(Napi::Env env, Napi::Object exports) {
  Environment::Get(env).translator_class = Napi::Persistent(
      DefineClass(env, "Translator",
                  {InstanceMethod<&TranslatorWrap::TranslateBatch>("translateBatch"),
                   InstanceMethod<&TranslatorWrap::Close>("close"),
                   InstanceAccessor<&TranslatorWrap::Info>("info")}));
  Napi::Object type = Napi::Object::New(env);
  type.Set("load", Napi::Function::New<&TranslatorWrap::Load>(env));
  exports.Set("Translator", type);
}

TranslatorWrap::TranslatorWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<TranslatorWrap>(info), threads_(Environment::Get(info.Env()).threads()) {
  translator_ = *ConstructorPayload<std::shared_ptr<Translator>>(info, "Translator");
  info.This().As<Napi::Object>().TypeTag(&kTranslatorTag);
}

TranslatorWrap::~TranslatorWrap() { Dispose(*threads_, std::move(translator_)); }

std::shared_ptr<Translator> TranslatorWrap::Opened() const {
  if (!translator_) {
    throw CpwError(ErrorCode::kClosed,
                   "The translator is closed. Next step: load it again, or close it later.");
  }
  return translator_;
}

Napi::Value TranslatorWrap::Load(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    const ModelLoadOptions options = ReadLoadOptions(info[0]);
    return Submit(
        info.Env(), info.Env().Undefined(),
        [options](const std::shared_ptr<Job>& job) {
          return std::make_shared<Translator>(options, *job);
        },
        [](Napi::Env env, std::shared_ptr<Translator> translator) -> Napi::Value {
          return Environment::Get(env).translator_class.New(
              {Napi::External<std::shared_ptr<Translator>>::New(env, &translator)});
        });
  });
}

Napi::Value TranslatorWrap::TranslateBatch(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    auto translator = Opened();
    const std::vector<std::string> texts = ReadTexts(info[0]);
    const TranslateOptions options = ReadTranslateOptions(info[1]);
    return Submit(
        info.Env(), info[2],
        [translator, texts, options](const std::shared_ptr<Job>& job) {
          return translator->Translate(texts, options, job);
        },
        [](Napi::Env env, const std::vector<TranslationResult>& results) {
          return ToJs(env, results);
        });
  });
}

Napi::Value TranslatorWrap::Info(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] { return ToJs(info.Env(), Opened()->info()); });
}

void TranslatorWrap::Close(const Napi::CallbackInfo&) {
  Dispose(*threads_, std::move(translator_));
  translator_.reset();
}

}  // namespace cpw

#include <napi.h>

#include "binding/audio_input_wrap.h"
#include "binding/entry.h"
#include "binding/environment.h"
#include "binding/quantize.h"
#include "binding/recognizer_wrap.h"
#include "binding/speech_detector_wrap.h"
#include "binding/system_info.h"
#include "binding/translator_wrap.h"
#include "core/error.h"

namespace cpw {
namespace {

Napi::Value SetLogSink(const Napi::CallbackInfo& info) {
  if (!info[0].IsNull() && !info[0].IsFunction()) {
    throw Napi::TypeError::New(info.Env(), "A log sink is a function or null.");
  }
  Environment::Get(info.Env()).SetLogSink(info[0]);
  return info.Env().Undefined();
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));  // Node-API owns it from here
  Napi::Array codes = Napi::Array::New(env);
  for (const char* code : kErrorCodeNames) codes.Set(codes.Length(), code);
  exports.Set("errorCodes", codes);
  exports.Set("buildInfo", Napi::Function::New<BuildInfo>(env));
  exports.Set("systemInfo", Napi::Function::New<SystemInfo>(env));
  exports.Set("setLogSink", Napi::Function::New<SetLogSink>(env));
  exports.Set("quantizeGgml", Napi::Function::New<QuantizeGgml>(env));
  RecognizerWrap::Register(env, exports);
  SpeechDetectorWrap::Register(env, exports);
  TranslatorWrap::Register(env, exports);
  AudioInputWrap::Register(env, exports);
  return exports;
}

}  // namespace

napi_value RegisterAddon(napi_env env, napi_value exports) {
  return Napi::RegisterModule(env, exports, Initialize);
}

}  // namespace cpw

#include "binding/system_info.h"

#include <string>
#include <vector>

#include "engines/ctranslate2/backends.h"
#include "engines/whisper/backends.h"

namespace cpw {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "gcc " __VERSION__;
#endif

void Append(Napi::Env env, Napi::Array& list, const char* engine,
            const std::vector<BackendReport>& reports) {
  for (const BackendReport& report : reports) {
    Napi::Object row = Napi::Object::New(env);
    row.Set("engine", engine);
    row.Set("device", report.device);
    row.Set("available", report.available);
    row.Set("detail", report.detail);
    list.Set(list.Length(), row);
  }
}

}  // namespace

Napi::Value BuildInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object versions = Napi::Object::New(env);
  versions.Set("whisper.cpp", CPW_WHISPER_CPP_VERSION);
  versions.Set("ctranslate2", CPW_CTRANSLATE2_VERSION);
  versions.Set("sentencepiece", CPW_SENTENCEPIECE_VERSION);
  versions.Set("node-api", std::to_string(NAPI_VERSION));
  Napi::Object build = Napi::Object::New(env);
  build.Set("blas", CPW_BUILD_BLAS);
  build.Set("cuda", Napi::Boolean::New(env, CPW_BUILD_CUDA));
  build.Set("metal", Napi::Boolean::New(env, CPW_BUILD_METAL));
  build.Set("compiler", kCompiler);
  Napi::Object result = Napi::Object::New(env);
  result.Set("versions", versions);
  result.Set("build", build);
  return result;
}

Napi::Value SystemInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array backends = Napi::Array::New(env);
  Append(env, backends, "whisper", WhisperBackends());
  Append(env, backends, "ctranslate2", CTranslate2Backends());
  Napi::Object result = BuildInfo(info).As<Napi::Object>();
  result.Set("backends", backends);
  return result;
}

}  // namespace cpw

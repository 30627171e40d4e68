#include "engines/whisper/model.h"

#include <optional>

#include "core/alignment_heads.h"
#include "core/error.h"
#include "engines/whisper/backends.h"
#include "engines/whisper/ggml_file.h"
#include "engines/whisper/model_check.h"
#include "engines/whisper/prompt.h"
#include "engines/whisper/upstream_log.h"

namespace cpw {
namespace {

// The vocabulary's special tokens follow the text; what is left over are languages: 99, and 100
// since large-v3.
constexpr int kTokensWithoutLanguages = 51766;

std::vector<std::string> LanguagesOf(const WhisperHeader& header) {
  if (!header.multilingual()) return {"en"};
  std::vector<std::string> languages;
  for (int i = 0; i < header.n_vocab - kTokensWithoutLanguages; ++i) {
    languages.emplace_back(whisper_lang_str(i));
  }
  return languages;
}

}  // namespace

WhisperModel LoadWhisperModel(const WhisperLoadOptions& options, const Job& job) {
  if (options.replicas < 1 || options.threads < 1) {
    throw CpwError(ErrorCode::kInternal, "replicas and threads must be 1 or more.");
  }
  RouteUpstreamLogs();
  const std::optional<int> gpu = FindWhisperDevice(options.device, options.device_index);
  GgmlFile file(options.path, "a Whisper model");
  const WhisperHeader header = CheckWhisperFile(file);
  job.Check();

  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = gpu.has_value();
  params.gpu_device = gpu.value_or(0);
  params.flash_attn = true;  // in the encoder alone: patches/whisper.cpp/0007

  WhisperModel model;
  if (const auto* known =
          FindAlignmentHeads(header.n_text_layer, header.n_text_state, header.n_vocab)) {
    for (const auto& [layer, head] : known->heads) model.alignment_heads.push_back({layer, head});
    params.dtw_token_timestamps = true;  // costs nothing until words are asked for
    params.dtw_aheads_preset = WHISPER_AHEADS_CUSTOM;
    params.dtw_aheads = {model.alignment_heads.size(), model.alignment_heads.data()};
  }
  GgmlLoader loader(file, job);
  const UpstreamErrors errors;
  {
    std::lock_guard lock(UpstreamSetupMutex());
    model.context.reset(whisper_init_with_params_no_state(loader.get(), params));
  }
  if (!model.context) {
    loader.Rethrow();
    errors.ThrowLoad("The model " + options.path + " could not be loaded on " + options.device);
  }
  model.threads = options.threads;
  model.mel = std::make_unique<MelSpectrogram>(header.n_mels);
  model.non_speech_tokens = NonSpeechTokens(model.context.get());
  model.info = {"whisper",     options.device,     header.WeightType(), header.multilingual(),
                header.n_mels, LanguagesOf(header)};
  return model;
}

}  // namespace cpw

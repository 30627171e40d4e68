#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/window.h"
#include "core/window_recognizer.h"
#include "core/words.h"
#include "engines/whisper/handles.h"
#include "engines/whisper/model.h"
#include "engines/whisper/pass_quality.h"

namespace cpw {

// One replica: decodes windows one after the other, on one thread at a time, over weights that it
// shares. Its state (caches and compute buffers, 100 MB and more) is made when first needed.
class WhisperDecoder {
 public:
  explicit WhisperDecoder(const WhisperModel& model) : model_(model) {}

  WindowResult Decode(const Window& window, const DecodeOptions& options, const Job& job);
  std::vector<LanguageScore> DetectLanguage(const Window& window, const Job& job);

 private:
  struct PassOptions {
    int beam_size;
    bool fall_back;  // to higher temperatures, as upstream does by itself
    bool first_chunk_only;
  };
  struct Pass;
  struct Timer;
  struct Hooks;

  std::span<const float> Prepare(const Window& window);
  std::vector<LanguageScore> Detect(std::span<const float> samples, const Job& job);
  Pass Run(std::span<const float> samples, const DecodeOptions& options,
           const std::string& language, const PassOptions& pass_options, const Job& job);
  void RunUpstream(const whisper_full_params& params, std::span<const float> samples,
                   const Job& job);
  Pass Collect(double no_speech_prob, std::span<const std::vector<TimedToken>> tokens) const;
  const std::vector<whisper_token>& PromptTokens(const std::string& prompt);
  whisper_state* State();

  const WhisperModel& model_;
  WhisperState state_;
  std::vector<float> padded_;
  std::size_t heard_ = 0;  // samples of the window in hand, its padding left out
  std::string prompt_;
  std::vector<whisper_token> prompt_tokens_;
};

}  // namespace cpw

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/decoding_ladder.h"
#include "core/job.h"
#include "core/window.h"
#include "core/window_recognizer.h"
#include "core/words.h"
#include "engines/whisper/handles.h"
#include "engines/whisper/model.h"
#include "engines/whisper/prompt.h"
#include "engines/whisper/token_rules.h"

namespace cpw {

// Throws CpwError kUnsupportedMedia where the samples are not numbers.
void CheckSamples(const Window& window);

// One replica: decodes windows one after the other, on one thread at a time, over weights that it
// shares. Its state (caches and compute buffers, 100 MB and more) is made when first needed.
class WhisperDecoder {
 public:
  explicit WhisperDecoder(const WhisperModel& model) : model_(model) {}

  WindowResult Decode(const Window& window, const DecodeOptions& options, const Job& job);
  std::vector<LanguageScore> DetectLanguage(const Window& window, const Job& job);

 private:
  struct Pass;
  struct Hooks;

  // The best text of what the decoder hears now, its times from the part's beginning.
  // A short rest of the window is not worth more than one attempt: text in doubt is left out.
  Pass DecodePart(const DecodeOptions& options, const std::string& language, bool short_rest,
                  const Job& job);
  // Appends the times of the part's tokens, from the window's beginning.
  void TimePart(Pass& pass, const DecodeOptions& options, const std::string& language,
                double offset, std::vector<std::vector<TimedToken>>& tokens, const Job& job);
  Pass Run(const DecodingAttempt& attempt, const DecodeOptions& options,
           const std::string& language, const Job& job);
  Pass Collect() const;
  std::vector<LanguageScore> ScoreLanguages(const Job& job);
  // What is decoded from here on, heard through `context` positions of the encoder.
  void Hear(std::span<const float> samples, int context);
  void RunUpstream(const whisper_full_params& params, const Job& job);
  const WhisperPrompt& Prompt(const DecodeOptions& options);
  int WholeContext() const;
  int OwnContext(std::size_t samples) const;
  whisper_state* State();

  const WhisperModel& model_;
  WhisperState state_;
  std::span<const float> heard_;
  int context_ = 0;
  std::vector<float> spectrogram_;
  DecodeOptions prompted_{};  // what prompt_ was built of
  WhisperPrompt prompt_;
};

}  // namespace cpw

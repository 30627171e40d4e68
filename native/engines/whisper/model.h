#pragma once

#include <memory>
#include <vector>

#include "core/job.h"
#include "core/mel.h"
#include "core/window_recognizer.h"
#include "engines/whisper/handles.h"
#include "engines/whisper/load_options.h"

namespace cpw {

// In DecodeOptions::suppress_tokens: the model's own list.
inline constexpr int kModelsOwnTokens = -1;

// Loaded weights. Read-only once loaded, so every replica shares them.
struct WhisperModel {
  WhisperContext context;
  ModelInfo info;
  int threads = 1;
  std::vector<whisper_ahead> alignment_heads;  // the context points at them
  std::unique_ptr<const MelSpectrogram> mel;
  std::vector<whisper_token> non_speech_tokens;
};

// Checks the file, then loads it. Throws Aborted between two tensors once `job` is aborted.
WhisperModel LoadWhisperModel(const WhisperLoadOptions& options, const Job& job);

}  // namespace cpw

#pragma once

#include <vector>

#include "core/job.h"
#include "core/window_recognizer.h"
#include "engines/whisper/handles.h"
#include "engines/whisper/load_options.h"

namespace cpw {

// Loaded weights. Read-only once loaded, so every replica shares them.
struct WhisperModel {
  WhisperContext context;
  ModelInfo info;
  int threads = 1;
  std::vector<whisper_ahead> alignment_heads;  // the context points at them
};

// Checks the file, then loads it. Throws Aborted between two tensors once `job` is aborted.
WhisperModel LoadWhisperModel(const WhisperLoadOptions& options, const Job& job);

}  // namespace cpw

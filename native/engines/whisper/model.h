#pragma once

#include <string>

#include "core/job.h"
#include "core/window_recognizer.h"
#include "engines/whisper/handles.h"

namespace cpw {

struct WhisperLoadOptions {
  std::string path;
  std::string device;  // "cpu" | "cuda" | "metal"
  int device_index = 0;
  int replicas = 1;  // windows worked on at the same time, each with a state of its own
  int threads = 1;   // of each replica
};

// Loaded weights. Read-only once loaded, so every replica shares them.
struct WhisperModel {
  WhisperContext context;
  ModelInfo info;
  int threads = 1;
};

// Checks the file, then loads it. Throws Aborted between two tensors once `job` is aborted.
WhisperModel LoadWhisperModel(const WhisperLoadOptions& options, const Job& job);

}  // namespace cpw

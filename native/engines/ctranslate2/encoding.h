#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/job.h"
#include "core/transcript.h"
#include "engines/ctranslate2/loaded_whisper.h"

namespace ctranslate2 {
class StorageView;
namespace models {
class WhisperReplica;
}
}  // namespace ctranslate2

namespace cpw {

// Frames that a window is encoded with: its own and the slack behind them, 3000 at most.
std::size_t OwnFrames(std::size_t samples);

// Encodes `frames` of the spectrogram, silence behind the samples included: (1, frames / 2, width).
// Throws CpwError, Aborted, or what upstream throws.
::ctranslate2::StorageView Encode(::ctranslate2::models::WhisperReplica& replica,
                                  const LoadedWhisper& model, std::span<const float> samples,
                                  std::size_t frames, const Job& job);

// Most probable first. `encoded` is one window of a multilingual model.
std::vector<LanguageScore> ScoreLanguages(::ctranslate2::models::WhisperReplica& replica,
                                          ::ctranslate2::StorageView& encoded);

}  // namespace cpw

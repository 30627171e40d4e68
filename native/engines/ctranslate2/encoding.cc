#include "engines/ctranslate2/encoding.h"

#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace cpw {
namespace {

using ::ctranslate2::StorageView;
using ::ctranslate2::models::WhisperReplica;

constexpr std::size_t kLongestWindow = 30 * kSampleRate;

// Frames of silence that a window is encoded with beyond its own: the model wants to hear that the
// speech is over. Filling it up to 30 s instead costs base 1.5 to 2.5 times the work and wins no
// word; a window whose text looks wrong is filled up after all (window_task.cc).
constexpr std::size_t kSlackFrames = 256;
// Short windows have little to go by: with less than 12.8 s the beginnings of sentences get lost.
constexpr std::size_t kLeastFrames = 1280;
constexpr std::size_t kFrameStep = 32;  // lengths that come again reuse the memory of the last one

}  // namespace

std::size_t OwnFrames(std::size_t samples) {
  const std::size_t frames = std::max(samples / kMelHop + kSlackFrames, kLeastFrames);
  const std::size_t rounded = (frames + kFrameStep - 1) / kFrameStep * kFrameStep;
  return std::min<std::size_t>(rounded, kEncoderFrames);
}

StorageView Encode(WhisperReplica& replica, const LoadedWhisper& model,
                   std::span<const float> samples, std::size_t frames, const Job& job) {
  if (samples.size() > kLongestWindow) {
    throw CpwError(ErrorCode::kInternal, "A window of " + std::to_string(samples.size()) +
                                             " samples reached the engine; 30 s is the longest.");
  }
  std::vector<float> mel;
  model.mel.Compute(samples, frames, mel);
  job.Check();
  const ::ctranslate2::Shape shape{1, model.folder.shape.mels, static_cast<std::int64_t>(frames)};
  return replica.encode(StorageView(shape, mel.data()), /*to_cpu=*/false);
}

std::vector<LanguageScore> ScoreLanguages(WhisperReplica& replica, StorageView& encoded) {
  StorageView view(encoded.dtype(), encoded.device());
  view.shallow_copy(encoded);
  std::vector<LanguageScore> scores;
  const auto found = replica.detect_language(std::move(view));
  for (const auto& [token, probability] : found.at(0)) {
    scores.push_back({StripMarks(token), probability});
  }
  std::stable_sort(scores.begin(), scores.end(), [](const auto& left, const auto& right) {
    return left.probability > right.probability;
  });
  return scores;
}

}  // namespace cpw

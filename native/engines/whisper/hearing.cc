// What a decoder hears, and what it is told before.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <tuple>

#include "core/error.h"
#include "engines/whisper/decoder.h"
#include "engines/whisper/upstream_log.h"

namespace cpw {
namespace {

// Positions of the encoder (20 ms each) that hear silence behind a part: the model wants to hear
// that the speech is over. On the long recording 64, 128 and 192 made 26, 28 and 30 errors of 1006
// words with base and 36, 37 and 37 with tiny.en.
constexpr int kSlack = 64;
// A few seconds of speech need more, or the model says them over and over. Of 32 windows of 1.5 to
// 4 s, 13 failed with tiny.en where nothing was added, 6 at 384 positions, 2 at 512 and at 640.
constexpr int kLeastContext = 512;
constexpr int kContextStep = 64;      // lengths that come again reuse the memory of the last one
constexpr int kGpuContextStep = 256;  // its attention pads to that
constexpr std::size_t kSamplesPerPosition = 2 * kMelHop;

}  // namespace

void CheckSamples(const Window& window) {
  const std::vector<float>& samples = window.samples;
  if (std::all_of(samples.begin(), samples.end(), [](float x) { return std::isfinite(x); })) return;
  throw CpwError(
      ErrorCode::kUnsupportedMedia,
      "The audio holds values that are not finite numbers (NaN or infinity). Next step: check "
      "what produced the samples.");
}

void WhisperDecoder::Hear(std::span<const float> samples, int context) {
  heard_ = samples;
  context_ = context;
  const auto frames = 2 * static_cast<std::size_t>(context);
  model_.mel->Compute(samples.first(std::min(samples.size(), frames * kMelHop)), frames,
                      spectrogram_);
  const UpstreamErrors errors;
  const int status = whisper_set_mel_with_state(model_.context.get(), State(), spectrogram_.data(),
                                                static_cast<int>(frames), model_.mel->bands());
  if (status != 0) errors.ThrowInference("The spectrogram of a window was not taken");
}

// Upstream would tokenise the text anew for each call.
const WhisperPrompt& WhisperDecoder::Prompt(const DecodeOptions& options) {
  const auto texts = [](const DecodeOptions& of) {
    return std::tie(of.initial_prompt, of.previous_text, of.hotwords, of.prefix);
  };
  if (texts(options) == texts(prompted_)) return prompt_;
  prompt_ = BuildPrompt(model_, options);
  prompted_ = options;
  return prompt_;
}

int WhisperDecoder::WholeContext() const { return whisper_n_audio_ctx(model_.context.get()); }

int WhisperDecoder::OwnContext(std::size_t samples) const {
  const int step = model_.info.device == "cpu" ? kContextStep : kGpuContextStep;
  const int positions = static_cast<int>(samples / kSamplesPerPosition) + 1 + kSlack;
  const int rounded = (positions + step - 1) / step * step;
  return std::min(std::max(rounded, kLeastContext), WholeContext());
}

whisper_state* WhisperDecoder::State() {
  if (state_) return state_.get();
  const UpstreamErrors errors;
  std::lock_guard lock(UpstreamSetupMutex());
  state_.reset(whisper_init_state(model_.context.get()));
  if (!state_) errors.ThrowInference("The model's working memory could not be set up");
  return state_.get();
}

}  // namespace cpw

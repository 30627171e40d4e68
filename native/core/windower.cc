#include "core/windower.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/speech_windower.h"

namespace cpw {
namespace {

constexpr std::size_t kStep = 16 * SpeechScorer::kFrameSamples;
constexpr std::int64_t kShortestWindow = kSampleRate / 10;
constexpr float kSilence = 1e-5f;  // below half a step of 16-bit audio

}  // namespace

bool Windower::Advance() {
  if (ended_) return false;
  const std::size_t held = buffer_.size();
  buffer_.resize(held + kStep);
  std::size_t fresh = 0;
  try {
    fresh = source_.Read(buffer_.data() + held, kStep);
  } catch (...) {
    buffer_.resize(held);
    throw;
  }
  buffer_.resize(held + fresh);
  read_ += static_cast<std::int64_t>(fresh);
  ended_ = fresh < kStep;
  OnRead(fresh);
  return true;
}

std::optional<Window> Windower::Next() {
  for (;;) {
    if (auto window = Take()) return window;
    if (!Advance()) return std::nullopt;
  }
}

std::optional<Window> Windower::Copy(SampleRange range) const {
  if (range.end - range.begin < kShortestWindow) return std::nullopt;
  const auto first = buffer_.begin() + (range.begin - buffer_begin());
  const auto last = buffer_.begin() + (range.end - buffer_begin());
  if (std::all_of(first, last, [](float x) { return std::abs(x) <= kSilence; }))
    return std::nullopt;
  return Window{static_cast<double>(range.begin) / kSampleRate, std::vector<float>(first, last)};
}

void Windower::DropBefore(std::int64_t sample) {
  const std::int64_t drop =
      std::clamp<std::int64_t>(sample - buffer_begin(), 0, std::ssize(buffer_));
  buffer_.erase(buffer_.begin(), buffer_.begin() + drop);
}

SeekWindower::SeekWindower(AudioSource& source, double window_s)
    : Windower(source), window_(std::llround(window_s * kSampleRate)) {}

std::optional<Window> SeekWindower::Take() {
  for (;;) {
    DropBefore(next_);
    const std::int64_t end = std::min(next_ + window_, read());
    if (end <= next_ || (end - next_ < window_ && !ended())) return std::nullopt;
    lent_begin_ = next_;
    next_ = end;
    if (auto window = Copy({lent_begin_, end})) return window;
  }
}

void SeekWindower::Consumed(double seconds) {
  // A tenth of a second at least: a model that closes a segment at 0.02 s again and again would
  // otherwise decode the same window a thousand times.
  const std::int64_t samples = std::isfinite(seconds) && seconds > 0 && seconds < 1e6
                                   ? std::llround(seconds * kSampleRate)
                                   : 0;
  if (samples >= kShortestWindow) next_ = std::min(next_, lent_begin_ + samples);
}

std::unique_ptr<Windower> MakeWindower(AudioSource& source, SpeechScorer* scorer,
                                       const std::optional<VadOptions>& vad, double window_s) {
  if (!(window_s >= 1 && window_s <= 30)) {
    throw CpwError(ErrorCode::kInternal, "A window of " + std::to_string(window_s) +
                                             " s was asked for; windowS must lie in 1..30.");
  }
  if (!vad) return std::make_unique<SeekWindower>(source, window_s);
  if (!scorer) {
    throw CpwError(ErrorCode::kInternal,
                   "Speech detection was asked for without a detector. Next step: pass one, or set "
                   "vad to null.");
  }
  return std::make_unique<SpeechWindower>(source, *scorer, *vad, window_s);
}

}  // namespace cpw

#include "core/speech_windower.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace cpw {
namespace {

constexpr std::int64_t kFrame = SpeechScorer::kFrameSamples;
// A window of its own costs about 1.3 s of context, a prompt and a language token; silence inside
// a window costs its length, and Whisper invents words in long silences. 2 s is where they meet.
constexpr std::int64_t kLongestGap = 2 * kSampleRate;
// The first text of a recording is waited for; a window as short as this still has sentences in it.
constexpr std::int64_t kFirstWindow = 10 * kSampleRate;
constexpr std::int64_t kSmoothing = 2;  // frames on each side: a pause of 160 ms shows fully

}  // namespace

std::span<const float> FrameScorer::Score(std::span<const float> samples) {
  const std::size_t frames =
      (samples.size() + SpeechScorer::kFrameSamples - 1) / SpeechScorer::kFrameSamples;
  if (samples.size() != frames * SpeechScorer::kFrameSamples) {
    filled_.assign(samples.begin(), samples.end());
    filled_.resize(frames * SpeechScorer::kFrameSamples, 0.0f);
    samples = filled_;
  }
  if (frames == 0) return {};
  const std::span<const float> scores = scorer_.Score(samples);
  if (scores.size() != frames) {
    throw CpwError(ErrorCode::kInternal, "The speech detector gave " +
                                             std::to_string(scores.size()) + " probabilities for " +
                                             std::to_string(frames) +
                                             " frames. Next step: report this.");
  }
  return scores;
}

SpeechWindower::SpeechWindower(AudioSource& source, SpeechScorer& scorer, const VadOptions& vad,
                               double window_s)
    : Windower(source),
      scorer_(scorer),
      segmenter_(vad),
      neg_threshold_(vad.neg_threshold),
      window_(std::llround(window_s * kSampleRate)),
      pad_(std::min(segmenter_.pad(), window_ / 4)) {}

std::optional<Window> SpeechWindower::Take() {
  if (ready_.empty()) return std::nullopt;
  Window window = std::move(ready_.front());
  ready_.pop_front();
  return window;
}

void SpeechWindower::OnRead(std::size_t fresh) {
  const auto samples = std::span<const float>(buffer()).last(fresh);
  // One frame at a time, so that the windows do not depend on how much is read at once.
  for (const float probability : scorer_.Score(samples)) {
    probabilities_.push_back(probability);
    segmenter_.Push(probability);
    Plan();
  }
  if (ended()) {
    segmenter_.Finish(read());
    Plan();
    if (draft_) CloseDraft();
  }
  Forget();
}

void SpeechWindower::Plan() {
  while (const auto segment = segmenter_.Pop()) Add(*segment);
  if (const auto open = segmenter_.open()) {
    Watch(*open);
  } else if (draft_ && segmenter_.earliest_begin() >
                           std::min(draft_->end + kLongestGap, draft_->begin + window_)) {
    CloseDraft();
  }
}

void SpeechWindower::Add(SampleRange segment) {
  segment.begin = std::max(segment.begin, done_);
  // The rest of a segment that was cut and then ended earlier than it had seemed.
  if (segment.end <= segment.begin) return;
  Join(segment);
  while (draft_->end - draft_->begin > window_) {
    const SampleRange whole = *draft_;
    if (CloseEarly(whole.begin, whole.end)) continue;
    CloseAt(whole.begin, BestCut(whole.begin, whole.end).at);
    draft_ = SampleRange{done_, whole.end};
  }
}

void SpeechWindower::Join(SampleRange segment) {
  if (draft_ && segment.end - draft_->begin > window_) CloseEarly(draft_->begin, draft_->end);
  if (draft_ &&
      (segment.begin - draft_->end > kLongestGap || segment.end - draft_->begin > window_)) {
    CloseDraft();
  }
  if (draft_) {
    draft_->end = segment.end;
  } else {
    draft_ = segment;
  }
}

void SpeechWindower::Watch(SampleRange open) {
  if (draft_ && open.begin - draft_->end > kLongestGap) CloseDraft();
  for (;;) {
    const std::int64_t begin = draft_ ? draft_->begin : std::max(open.begin, done_);
    if (open.end + pad_ - begin <= window_) return;
    if (CloseEarly(begin, open.end)) continue;
    const Cut cut = BestCut(begin, open.end);
    // The silence before the open segment is the surer border, unless it would leave a short window
    // and there is a pause further on.
    if (draft_ && (draft_->end - begin >= window_ / 2 || cut.probability >= neg_threshold_)) {
      CloseDraft();
      continue;
    }
    CloseAt(begin, cut.at);
    draft_.reset();
  }
}

// In the last third of what a window from `begin` may hold, and never so late that what is left
// before `end` makes a window too short to hand on.
SpeechWindower::Cut SpeechWindower::BestCut(std::int64_t begin, std::int64_t end) const {
  const std::int64_t margin = std::min<std::int64_t>(kSampleRate / 5, window_ / 10);
  const std::int64_t latest = std::min(begin + window_, end) - margin;
  return Quietest(std::min(begin + window_ * 2 / 3, latest - 2 * kFrame), latest);
}

// Decided when a whole window was heard: what ends before that is better decoded in one piece.
bool SpeechWindower::CloseEarly(std::int64_t begin, std::int64_t end) {
  if (!early_ || end - begin <= kFirstWindow) return false;
  early_ = false;
  const SampleRange early{begin + kFirstWindow / 3, begin + kFirstWindow};
  if (draft_ && draft_->end >= early.begin && draft_->end <= early.end) {
    CloseDraft();  // a finished segment's end is the surest border
    return true;
  }
  const Cut cut = Quietest(early.begin, early.end);
  if (cut.probability >= neg_threshold_) return false;  // it would cut a word in two
  CloseAt(begin, cut.at);
  if (draft_ && draft_->end > cut.at) {
    draft_->begin = cut.at;
  } else {
    draft_.reset();
  }
  return true;
}

SpeechWindower::Cut SpeechWindower::Quietest(std::int64_t earliest, std::int64_t latest) const {
  Cut best{latest, Speech(latest / kFrame)};
  double least = SpokenLevel(latest / kFrame);
  for (std::int64_t frame = earliest / kFrame + 1; (frame + 1) * kFrame <= latest; ++frame) {
    const double loudness = SpokenLevel(frame);
    if (loudness > least) continue;
    least = loudness;
    best = {frame * kFrame + kFrame / 2, Speech(frame)};
  }
  return best;
}

template <typename Value>
double SpeechWindower::Around(std::int64_t frame, Value value) const {
  const std::int64_t held = first_frame_ + std::ssize(probabilities_);
  double sum = 0;
  int count = 0;
  for (std::int64_t i = frame - kSmoothing; i <= frame + kSmoothing; ++i) {
    if (i < first_frame_ || i >= held) continue;
    sum += value(i);
    ++count;
  }
  return count ? sum / count : 1.0;
}

double SpeechWindower::Speech(std::int64_t frame) const {
  return Around(frame, [this](std::int64_t i) { return Probability(i); });
}

double SpeechWindower::SpokenLevel(std::int64_t frame) const {
  return Around(frame, [this](std::int64_t i) { return Probability(i) * Level(i); });
}

double SpeechWindower::Probability(std::int64_t frame) const {
  return probabilities_[static_cast<std::size_t>(frame - first_frame_)];
}

double SpeechWindower::Level(std::int64_t frame) const {
  const std::int64_t begin = std::max(frame * kFrame - buffer_begin(), std::int64_t{0});
  const std::int64_t end = std::min((frame + 1) * kFrame - buffer_begin(), std::ssize(buffer()));
  double sum = 0;
  for (std::int64_t i = begin; i < end; ++i) {
    sum += std::abs(buffer()[static_cast<std::size_t>(i)]);
  }
  return end > begin ? sum / static_cast<double>(end - begin) : 0;
}

void SpeechWindower::CloseAt(std::int64_t begin, std::int64_t end) {
  done_ = end;
  early_ = false;
  auto window = Copy({begin, end});
  if (!window) return;
  // The last frame may have been scored in part only: the audio may end inside it.
  for (std::int64_t frame = begin / kFrame; frame * kFrame < end; ++frame) {
    const std::int64_t held = frame - first_frame_;
    if (held >= 0 && held < std::ssize(probabilities_))
      window->speech.push_back(probabilities_[static_cast<std::size_t>(held)]);
  }
  ready_.push_back(std::move(*window));
}

void SpeechWindower::CloseDraft() {
  CloseAt(draft_->begin, draft_->end);
  draft_.reset();
}

void SpeechWindower::Forget() {
  const std::int64_t keep = draft_ ? draft_->begin : std::max(segmenter_.earliest_begin(), done_);
  DropBefore(keep);
  while (!probabilities_.empty() && (first_frame_ + kSmoothing + 1) * kFrame <= buffer_begin()) {
    probabilities_.pop_front();
    ++first_frame_;
  }
}

}  // namespace cpw

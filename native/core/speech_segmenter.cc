#include "core/speech_segmenter.h"

#include <algorithm>

#include "core/audio_source.h"
#include "core/window.h"

namespace cpw {
namespace {

constexpr std::int64_t kFrame = SpeechScorer::kFrameSamples;
// Silero's number: a pause shorter than this is no place to cut a long speech.
constexpr std::int64_t kShortestPause = kSampleRate * 98 / 1000;

std::int64_t SamplesOf(int milliseconds) {
  return std::int64_t{kSampleRate} * std::max(milliseconds, 0) / 1000;
}

}  // namespace

SpeechSegmenter::SpeechSegmenter(const VadOptions& options)
    : threshold_(options.threshold),
      neg_threshold_(options.neg_threshold),
      min_speech_(SamplesOf(options.min_speech_duration_ms)),
      min_silence_(SamplesOf(options.min_silence_duration_ms)),
      pad_(SamplesOf(options.speech_pad_ms)),
      max_speech_(std::max(
          kSampleRate * options.max_speech_duration_s - static_cast<double>(kFrame + 2 * pad_),
          static_cast<double>(kFrame))) {}

std::int64_t SpeechSegmenter::position() const { return frames_ * kFrame; }

void SpeechSegmenter::Push(float probability) {
  const std::int64_t at = position();
  ++frames_;
  Step(probability, at);
  if (speaking_ && (quiet_since_ ? quiet_since_ : at) - begin_ > min_speech_) Confirm();
  // With twice the padding of silence behind it, nothing that follows reaches the closed segment.
  const std::int64_t next = speaking_ ? begin_ : position();
  if (closed_ && next - closed_->end >= 2 * pad_) Release(closed_->end + pad_);
}

void SpeechSegmenter::Step(float probability, std::int64_t at) {
  const bool speech = probability >= threshold_;
  if (speech && quiet_since_) {
    quiet_since_ = 0;
    if (resumed_ < last_pause_) resumed_ = at;
  }
  if (speech && !speaking_) {
    speaking_ = true;
    confirmed_ = false;
    begin_ = at;
    return;
  }
  if (speaking_ && static_cast<double>(at - begin_) > max_speech_) {
    const bool pause = last_pause_ != 0;
    const std::int64_t resumed = resumed_ < last_pause_ ? 0 : resumed_;
    End(pause ? last_pause_ : at);
    if (!pause) return;
    if (resumed) {
      speaking_ = true;
      begin_ = resumed;
    }
  }
  if (!speaking_ || !(probability < neg_threshold_)) return;
  if (!quiet_since_) quiet_since_ = at;
  if (at - quiet_since_ > kShortestPause) last_pause_ = quiet_since_;
  if (at - quiet_since_ < min_silence_) return;
  if (quiet_since_ - begin_ > min_speech_) {
    End(quiet_since_);
  } else {
    speaking_ = false;
    last_pause_ = resumed_ = quiet_since_ = 0;
  }
}

void SpeechSegmenter::Confirm() {
  if (confirmed_) return;
  confirmed_ = true;
  padded_begin_ = std::max<std::int64_t>(0, begin_ - pad_);
  if (!closed_) return;
  const std::int64_t gap = begin_ - closed_->end;
  if (gap < 2 * pad_) {
    padded_begin_ = begin_ - gap / 2;
    Release(closed_->end + gap / 2);
  } else {
    Release(closed_->end + pad_);
  }
}

void SpeechSegmenter::End(std::int64_t end) {
  Confirm();
  closed_ = SampleRange{padded_begin_, end};
  speaking_ = confirmed_ = false;
  last_pause_ = resumed_ = quiet_since_ = 0;
}

void SpeechSegmenter::Release(std::int64_t end) {
  finished_.push_back({closed_->begin, end});
  closed_.reset();
}

void SpeechSegmenter::Finish(std::int64_t total) {
  if (speaking_ && total - begin_ > min_speech_) End(total);
  speaking_ = false;
  if (closed_) Release(std::min(total, closed_->end + pad_));
}

std::optional<SampleRange> SpeechSegmenter::Pop() {
  if (finished_.empty()) return std::nullopt;
  const SampleRange range = finished_.front();
  finished_.pop_front();
  return range;
}

std::optional<SampleRange> SpeechSegmenter::open() const {
  if (closed_) return closed_;
  if (!speaking_ || !confirmed_) return std::nullopt;
  return SampleRange{padded_begin_, quiet_since_ ? quiet_since_ : position()};
}

std::int64_t SpeechSegmenter::earliest_begin() const {
  if (!finished_.empty()) return finished_.front().begin;
  if (const auto range = open()) return range->begin;
  return std::max<std::int64_t>(0, (speaking_ ? begin_ : position()) - pad_);
}

}  // namespace cpw

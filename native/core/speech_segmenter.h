#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace cpw {

// Silero's names. No defaults here: TypeScript's schema states them all.
struct VadOptions {
  double threshold;
  double neg_threshold;
  int min_speech_duration_ms;
  double max_speech_duration_s;
  int min_silence_duration_ms;
  int speech_pad_ms;
};

// A half-open range of samples, counted from the beginning of the audio.
struct SampleRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// The rule of Silero's get_speech_timestamps (hysteresis, shortest speech, shortest silence,
// longest speech, padding), fed one 512-sample frame at a time: its state is a handful of numbers,
// and a segment comes out as soon as no later frame can change it.
class SpeechSegmenter {
 public:
  explicit SpeechSegmenter(const VadOptions& options);

  void Push(float probability);
  // The audio ended after `total` samples; the last frame may have been filled up with silence.
  void Finish(std::int64_t total);

  // The next finished segment, padded; segments ascend and never overlap.
  std::optional<SampleRange> Pop();

  // The segment that is certain to come but not finished: its final begin, and the end that it
  // would have (before padding) if nothing but silence followed.
  std::optional<SampleRange> open() const;
  // No segment that has not been popped begins before this sample.
  std::int64_t earliest_begin() const;
  // Samples scored so far.
  std::int64_t position() const;
  std::int64_t pad() const { return pad_; }

 private:
  void Step(float probability, std::int64_t at);
  // Settles the border between the closed segment, if any, and the current one.
  void Confirm();
  void End(std::int64_t end);
  void Release(std::int64_t end);

  const double threshold_;
  const double neg_threshold_;
  const std::int64_t min_speech_;
  const std::int64_t min_silence_;
  const std::int64_t pad_;
  const double max_speech_;  // may be infinite

  std::int64_t frames_ = 0;
  bool speaking_ = false;
  bool confirmed_ = false;             // the current speech is long enough to be kept
  std::int64_t begin_ = 0;             // of the current speech, unpadded
  std::int64_t padded_begin_ = 0;      // valid once confirmed
  std::int64_t quiet_since_ = 0;       // 0 = not quiet: speech cannot end before the second frame
  std::int64_t last_pause_ = 0;        // where the latest pause of 98 ms began, 0 = none
  std::int64_t resumed_ = 0;           // where speech went on after that pause
  std::optional<SampleRange> closed_;  // ended, but its end padding depends on what follows
  std::deque<SampleRange> finished_;
};

}  // namespace cpw

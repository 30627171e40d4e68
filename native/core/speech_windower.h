#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/windower.h"

namespace cpw {

// Appends the probabilities of `samples` (filled up with silence to a whole frame) to what
// `consume` sees. Shared with DetectSpeech.
class FrameScorer {
 public:
  explicit FrameScorer(SpeechScorer& scorer) : scorer_(scorer) {}
  std::span<const float> Score(std::span<const float> samples);

 private:
  SpeechScorer& scorer_;
  std::vector<float> filled_;
};

// Windows that hold speech. Neighbouring segments share a window while it stays within `window_s`
// and the silence between them within 2 s; the audio between them is kept, so that one offset maps
// the window's time to the recording's. Speech longer than a window is cut where it is least
// likely. The first one is short where it can be, so that its text comes early.
class SpeechWindower final : public Windower {
 public:
  SpeechWindower(AudioSource& source, SpeechScorer& scorer, const VadOptions& vad, double window_s);
  std::optional<Window> Take() override;

 private:
  struct Cut {
    std::int64_t at;
    double probability;  // of speech around it
  };

  void OnRead(std::size_t fresh) override;
  void Plan();
  // A finished segment joins the window in the making or begins the next one.
  void Add(SampleRange segment);
  // An unfinished one is cut, or set apart from what is before it, once a window cannot hold it.
  void Watch(SampleRange open);
  void Join(SampleRange segment);
  void CloseAt(std::int64_t begin, std::int64_t end);
  void CloseDraft();
  Cut BestCut(std::int64_t begin, std::int64_t end) const;
  Cut Quietest(std::int64_t earliest, std::int64_t latest) const;
  // The first window ends at its first good pause, where it has one.
  bool CloseEarly(std::int64_t begin, std::int64_t end);
  // The mean of `value(i)` over a frame and its neighbours.
  template <typename Value>
  double Around(std::int64_t frame, Value value) const;
  double Speech(std::int64_t frame) const;  // probability, smoothed
  // Probability weighed with loudness: where somebody talks on and on, every frame is speech, and
  // only how loud it is tells the gap between two words from the middle of one.
  double SpokenLevel(std::int64_t frame) const;
  double Probability(std::int64_t frame) const;
  double Level(std::int64_t frame) const;  // mean absolute sample of a frame
  void Forget();

  FrameScorer scorer_;
  SpeechSegmenter segmenter_;
  const double neg_threshold_;
  const std::int64_t window_;
  const std::int64_t pad_;
  std::deque<float> probabilities_;   // of the frames that the buffer holds
  std::int64_t first_frame_ = 0;      // index of the first of them
  std::optional<SampleRange> draft_;  // the window in the making: finished segments only
  std::int64_t done_ = 0;             // all before this sample was handed on or given up
  bool early_ = true;                 // no window was handed on yet
  std::deque<Window> ready_;
};

}  // namespace cpw

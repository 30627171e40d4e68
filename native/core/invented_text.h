#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/transcript.h"
#include "core/window.h"

namespace cpw {

// Takes out of one job's segments, fed in order, what the model wrote and nobody spoke: loops, the
// phrases that Whisper is known to fill silence with, and text where nothing is heard. Only what is
// doubtful anyhow goes: a phrase that is clearly spoken stays, however often.
class InventedTextFilter {
 public:
  // `begin`: as the Timeline's. `vad_threshold`: what counts as speech by the caller's wish.
  InventedTextFilter(double begin, double vad_threshold)
      : begin_(begin), vad_threshold_(vad_threshold) {}

  // `placed`: the window's segments as the Timeline gives them; `by_engine`: what the engine left
  // out itself, with times from the window's start. Returns what may be handed on now; a segment
  // that may be part of a loop is kept back until the next one decides.
  std::vector<Segment> Keep(const Window& window, std::vector<Segment> placed,
                            std::vector<RemovedText> by_engine);
  // After the last window: what is still kept back.
  std::vector<Segment> Finish();

  // In the order of the audio.
  std::vector<RemovedText> TakeRemoved();

 private:
  // Whether it is doubtful that somebody spoke.
  struct Doubt {
    bool of_phrases;
    bool of_loops;  // enough for what is rarely said twice
    bool of_any;    // enough for any text
  };

  Doubt DoubtOf(const Window& window, const Segment& segment) const;
  void Judge(const Window& window, Segment segment, std::vector<Segment>& kept);
  void FollowRun(Segment segment, bool doubtful, std::vector<Segment>& kept);
  void Remove(const Segment& segment, const char* reason);

  const double begin_;
  const double vad_threshold_;
  std::string last_text_;      // of the run of equal neighbours, folded
  std::vector<Segment> held_;  // its second segment, where that is doubtful
  bool looping_ = false;       // the run has three or more
  std::vector<RemovedText> removed_;
};

}  // namespace cpw

#pragma once

#include <vector>

#include "core/transcript.h"
#include "core/window.h"

namespace cpw {

// The one place where times become absolute. Whatever an engine says, what comes out ascends, does
// not overlap, is longer than zero and lies inside its window (words: inside their segment).
class Timeline {
 public:
  // `begin`: seconds of the recording before the audio that the windows count from.
  explicit Timeline(double begin = 0) : begin_(begin) {}

  // Segments without text are dropped. Windows are placed in the order of their starts.
  std::vector<Segment> Place(const Window& window, std::vector<Segment> segments);

 private:
  const double begin_;
  double last_start_ = 0;
  double last_end_ = 0;
};

}  // namespace cpw

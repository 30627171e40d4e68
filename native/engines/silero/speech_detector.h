#pragma once

#include <memory>
#include <string>

#include "core/window.h"

namespace cpw {

class SileroNetwork;

// Silero's voice activity detection. Holds the weights (1.5 MB); each stream gets a scorer of its
// own with its own recurrent state, which costs a quarter of a megabyte and no time. Scorers may
// outlive the detector.
class SpeechDetector {
 public:
  explicit SpeechDetector(const std::string& path);

  std::unique_ptr<SpeechScorer> MakeScorer() const;

 private:
  std::shared_ptr<const SileroNetwork> network_;
};

}  // namespace cpw

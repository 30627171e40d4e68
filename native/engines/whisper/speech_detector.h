#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/window.h"

namespace cpw {

// Silero's voice activity detection in whisper.cpp. Holds the checked file (under 1 MB); each
// stream gets a scorer of its own with its own recurrent state. Scorers may outlive the detector.
class SpeechDetector {
 public:
  explicit SpeechDetector(const std::string& path);

  std::unique_ptr<SpeechScorer> MakeScorer() const;

 private:
  std::string path_;
  std::shared_ptr<const std::vector<char>> image_;
};

}  // namespace cpw

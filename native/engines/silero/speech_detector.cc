#include "engines/silero/speech_detector.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "core/error.h"
#include "engines/silero/network.h"
#include "engines/silero/weights.h"

namespace cpw {
namespace {

class SileroScorer final : public SpeechScorer {
 public:
  explicit SileroScorer(std::shared_ptr<const SileroNetwork> network)
      : network_(std::move(network)), scratch_(std::make_unique<SileroNetwork::Scratch>()) {}

  std::span<const float> Score(std::span<const float> samples) override {
    if (samples.size() % kFrameSamples != 0) {
      throw CpwError(ErrorCode::kInternal, "Speech is scored in frames of 512 samples, got " +
                                               std::to_string(samples.size()) +
                                               ". Next step: report this.");
    }
    const std::size_t frames = samples.size() / kFrameSamples;
    probabilities_.resize(frames);
    for (std::size_t at = 0; at < frames; at += SileroNetwork::kBlock) {
      network_->Score(samples.data() + at * kFrameSamples,
                      std::min(SileroNetwork::kBlock, frames - at), state_, *scratch_,
                      probabilities_.data() + at);
    }
    return probabilities_;
  }

 private:
  std::shared_ptr<const SileroNetwork> network_;
  std::unique_ptr<SileroNetwork::Scratch> scratch_;
  SileroState state_;
  std::vector<float> probabilities_;
};

}  // namespace

SpeechDetector::SpeechDetector(const std::string& path)
    : network_(std::make_shared<const SileroNetwork>(ReadSileroWeights(path))) {}

std::unique_ptr<SpeechScorer> SpeechDetector::MakeScorer() const {
  try {
    return std::make_unique<SileroScorer>(network_);
  } catch (const std::bad_alloc&) {
    throw CpwError(
        ErrorCode::kOutOfMemory,
        "Memory ran out while speech detection was set up. Next step: run fewer jobs at once.");
  }
}

}  // namespace cpw

#include "core/decoding_ladder.h"

#include <algorithm>
#include <cmath>

namespace cpw {
namespace {

constexpr std::size_t kTokensBase = 48;
constexpr double kTokensPerSecond = 14;  // scripts that take several tokens a character included

}  // namespace

std::vector<DecodingAttempt> LadderFor(const DecodeOptions& options) {
  const int wider = std::max(options.beam_size, options.retry_beam_size);
  std::vector<DecodingAttempt> ladder;
  for (const double temperature : options.temperatures) {
    if (temperature > 0) {
      ladder.push_back({DecodingPass::kSampled, 1, temperature});
      continue;
    }
    ladder.push_back({DecodingPass::kFirst, options.beam_size, 0});
    if (wider > options.beam_size) ladder.push_back({DecodingPass::kBeam, wider, 0});
    ladder.push_back({DecodingPass::kFull, wider, 0});
  }
  return ladder;
}

std::size_t TokensFor(double duration) {
  return kTokensBase + static_cast<std::size_t>(std::ceil(duration * kTokensPerSecond));
}

GateLimits GateLimitsFor(const DecodeOptions& options) {
  return {options.compression_ratio_threshold, options.log_prob_threshold,
          options.no_speech_threshold};
}

}  // namespace cpw

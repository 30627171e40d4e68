#include "engines/whisper/pass_quality.h"

#include <cmath>
#include <cstddef>
#include <map>

namespace cpw {
namespace {

constexpr double kLogprobThreshold = -1.0;
constexpr double kNoSpeechThreshold = 0.6;
constexpr double kEntropyThreshold = 2.4;
constexpr std::size_t kEntropyTokens = 32;

double EntropyOfLast(const std::vector<std::int32_t>& tokens, std::size_t count) {
  std::map<std::int32_t, int> counts;
  for (std::size_t i = tokens.size() - count; i < tokens.size(); ++i) ++counts[tokens[i]];
  double entropy = 0;
  for (const auto& [token, times] : counts) {
    const double share = static_cast<double>(times) / static_cast<double>(count);
    entropy -= share * std::log(share);
  }
  return entropy;
}

}  // namespace

double PassStatistics::AverageLogprob() const {
  return tokens.empty() ? 0 : sum_logprob / static_cast<double>(tokens.size());
}

bool LooksWrong(const PassStatistics& pass) {
  const bool speech = pass.no_speech_prob < kNoSpeechThreshold;
  if (pass.tokens.empty()) return speech;
  if (speech && pass.AverageLogprob() < kLogprobThreshold) return true;
  return pass.tokens.size() > kEntropyTokens &&
         EntropyOfLast(pass.tokens, kEntropyTokens) < kEntropyThreshold;
}

}  // namespace cpw

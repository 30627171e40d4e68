#include "core/text_gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace cpw {
namespace {

constexpr std::size_t kEntropyTokens = 32;
constexpr double kEntropyThreshold = 2.4;  // nats; 32 different tokens have 3.5

constexpr std::size_t kRepeats = 4;
constexpr std::size_t kLongestPhrase = 20;
constexpr std::size_t kShortestLoop = 8;  // "no, no, no, no" is speech

constexpr std::size_t kGram = 4;
constexpr std::size_t kFewestGrams = 24;
constexpr double kDistinctShare = 0.5;

constexpr double kAgreement = 0.1;  // of the bytes may differ

using Ids = std::span<const std::size_t>;

bool LowEntropy(Ids ids) {
  if (ids.size() < kEntropyTokens) return false;
  std::map<std::size_t, int> counts;
  for (const std::size_t id : ids.last(kEntropyTokens)) ++counts[id];
  double entropy = 0;
  for (const auto& [id, count] : counts) {
    const double p = static_cast<double>(count) / kEntropyTokens;
    entropy -= p * std::log(p);
  }
  return entropy < kEntropyThreshold;
}

// A phrase of any length that stands `kRepeats` times in a row, anywhere.
bool RepeatsPhrase(Ids ids) {
  for (std::size_t length = 1; length <= kLongestPhrase; ++length) {
    const std::size_t needed = std::max(length * (kRepeats - 1), kShortestLoop - 1);
    std::size_t run = 0;
    for (std::size_t i = length; i < ids.size(); ++i) {
      run = ids[i] == ids[i - length] ? run + 1 : 0;
      if (run >= needed) return true;
    }
  }
  return false;
}

bool RepeatsGrams(Ids ids) {
  if (ids.size() < kFewestGrams + kGram - 1) return false;
  std::set<std::array<std::size_t, kGram>> distinct;
  const std::size_t total = ids.size() - kGram + 1;
  for (std::size_t i = 0; i < total; ++i) {
    distinct.insert({ids[i], ids[i + 1], ids[i + 2], ids[i + 3]});
  }
  return static_cast<double>(distinct.size()) < kDistinctShare * static_cast<double>(total);
}

}  // namespace

bool LooksLooped(Ids text_ids) {
  return LowEntropy(text_ids) || RepeatsPhrase(text_ids) || RepeatsGrams(text_ids);
}

void JudgeLoops(DecodedPass& pass, Ids text_ids, const GateLimits& limits) {
  pass.looped = limits.compression_ratio > 0 &&
                (pass.compression_ratio > limits.compression_ratio || LooksLooped(text_ids));
}

bool LooksRight(const DecodedPass& pass, const GateLimits& limits) {
  return !pass.looped && !pass.capped && pass.avg_logprob >= limits.log_prob;
}

bool IsSilence(const DecodedPass& pass, double no_speech_prob, const GateLimits& limits) {
  return no_speech_prob > limits.no_speech && pass.avg_logprob < limits.log_prob;
}

void Describe(Segment& segment, const DecodedPass& pass, double no_speech_prob) {
  segment.avg_logprob = pass.avg_logprob;
  segment.no_speech_prob = no_speech_prob;
  segment.compression_ratio = pass.compression_ratio;
  segment.temperature = pass.temperature;
  segment.pass = pass.kind;
}

bool Agree(const DecodedPass& left, const DecodedPass& right) {
  if (left.capped || right.capped) return false;
  // Levenshtein's distance, a row at a time.
  const std::string& a = left.text;
  const std::string& b = right.text;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return static_cast<double>(row.back()) <=
         kAgreement * static_cast<double>(std::max(a.size(), b.size()));
}

bool Confirms(const DecodedPass& whole, const DecodedPass& best, const GateLimits& limits) {
  return whole.kind == DecodingPass::kFull && !whole.text.empty() &&
         whole.avg_logprob >= limits.log_prob && Agree(whole, best);
}

bool IsBetter(const DecodedPass& left, const DecodedPass& right, const GateLimits& limits) {
  const auto rank = [&](const DecodedPass& pass) {
    return std::tuple(LooksRight(pass, limits), !pass.looped, !pass.capped, pass.avg_logprob);
  };
  return rank(left) > rank(right);
}

}  // namespace cpw

#include "engines/whisper/token_rules.h"

#include <algorithm>
#include <limits>
#include <set>

namespace cpw {
namespace {

using Text = std::span<const whisper_token_data>;

constexpr float kNever = -std::numeric_limits<float>::infinity();

std::size_t IndexOf(whisper_token token) { return static_cast<std::size_t>(token); }

void Force(std::span<float> logits, whisper_token token) {
  std::fill(logits.begin(), logits.end(), kNever);
  logits[IndexOf(token)] = 0;
}

// As CTranslate2 does it, whose formula comes from CTRL (Keskar and others, 2019).
void Penalize(Text text, double penalty, std::span<float> logits) {
  std::set<whisper_token> seen;
  for (const whisper_token_data& token : text) seen.insert(token.id);
  for (const whisper_token id : seen) {
    float& logit = logits[IndexOf(id)];
    logit = static_cast<float>(logit < 0 ? logit * penalty : logit / penalty);
  }
}

// Bans what would end a run of `size` tokens that stands in the text already.
void BanRepeats(Text text, std::size_t size, std::span<float> logits) {
  if (text.size() < size) return;
  const Text last = text.last(size - 1);
  for (std::size_t i = 0; i + size <= text.size(); ++i) {
    const Text run = text.subspan(i, size - 1);
    const bool same = std::equal(run.begin(), run.end(), last.begin(),
                                 [](const auto& a, const auto& b) { return a.id == b.id; });
    if (same) logits[IndexOf(text[i + size - 1].id)] = kNever;
  }
}

}  // namespace

void TokenRules::Apply(Text text, std::span<float> logits) const {
  if (text.size() < prefix.size()) return Force(logits, prefix[text.size()]);
  if (text.size() >= most_tokens) return Force(logits, end);
  for (const whisper_token token : suppressed) logits[IndexOf(token)] = kNever;
  if (repetition_penalty != 1) Penalize(text, repetition_penalty, logits);
  if (no_repeat_ngram_size > 0) BanRepeats(text, no_repeat_ngram_size, logits);
}

}  // namespace cpw

#pragma once

#include <whisper.h>

#include <cstddef>
#include <span>
#include <vector>

namespace cpw {

// What the caller wants of the next token, beside the model. Shared by the threads of a search.
struct TokenRules {
  std::vector<whisper_token> suppressed;
  std::vector<whisper_token> prefix;  // what every text begins with
  double repetition_penalty = 1;      // of tokens that stand in the text already
  std::size_t no_repeat_ngram_size = 0;
  std::size_t most_tokens = 0;  // then the text ends
  whisper_token end = 0;

  // Changes the logits of the token that follows `text`.
  void Apply(std::span<const whisper_token_data> text, std::span<float> logits) const;
};

}  // namespace cpw

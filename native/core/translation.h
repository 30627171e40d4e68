#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cpw {

// How a call is to be translated; holds for all of its texts. No default is stated here.
struct TranslateOptions {
  std::string source;         // the model's token, `eng_Latn` or `__en__`; empty where it has none
  std::string target;         // likewise
  std::string script;         // of ISO 15924: no other is written; empty = any
  std::string separator;      // between the parts of a text that was too long to be taken whole
  std::string target_prefix;  // every translation begins with it
  int beam_size;
  int alternatives;  // hypotheses returned, at most beam_size
  double patience;
  double length_penalty;
  double repetition_penalty;
  int no_repeat_ngram_size;
  int min_length;  // tokens
  int max_length;  // tokens; 0 = by the length of the text
  bool scores;

  bool operator==(const TranslateOptions&) const = default;
};

struct TranslationHypothesis {
  std::string text;
  double score = 0;  // mean log-probability of its tokens, 0 where no scores were asked for
};

struct TranslationResult {
  std::vector<TranslationHypothesis> hypotheses;  // best first, one at least
  int source_tokens = 0;
  int unknown_tokens = 0;  // pieces of the source that the model does not know
  int target_tokens = 0;   // of the first hypothesis
  bool cut_off = false;    // max_length came before the end of the first hypothesis
};

struct TranslatorInfo {
  std::string layout;  // "nllb" | "m2m100" | "opus" | "indictrans2"
  std::string device;
  std::string compute_type;
  // Tokens that name languages, in the vocabulary's order; empty for a model of one pair.
  std::vector<std::string> source_languages;
  std::vector<std::string> target_languages;
};

}  // namespace cpw

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engines/whisper/prompt.h"

namespace cpw {
namespace {

// The symbols of OpenAI's tokenizer.py, with and without a space before them.
constexpr auto kSymbols = std::to_array<std::string_view>(
    {"\"",  "#",  "(",  ")",   "*",   "+",   "/",   ":",  ";",   "<",  "=",  ">",
     "@",   "[",  "\\", "]",   "^",   "_",   "`",   "{",  "|",   "}",  "~",  "「",
     "」",  "『", "』", "<<",  ">>",  "<<<", ">>>", "--", "---", "-(", "-[", "('",
     "(\"", "((", "))", "(((", ")))", "[[",  "]]",  "{{", "}}",  "♪♪", "♪♪♪"});
// What a song is marked with: its first token, where it has several.
constexpr auto kNotes = std::to_array<std::string_view>({"♩", "♪", "♫", "♬", "♭", "♮", "♯"});
// Inside a word these two are text.
constexpr auto kBeforeWords = std::to_array<std::string_view>({" -", " '"});

constexpr std::size_t kLongestSymbol = 10;  // bytes, of a space and three notes

using Vocabulary = std::unordered_map<std::string, whisper_token>;

Vocabulary ShortTokens(whisper_context* context) {
  Vocabulary vocabulary;
  for (whisper_token id = 0; id < whisper_token_eot(context); ++id) {
    const std::string_view text = whisper_token_to_str(context, id);
    if (!text.empty() && text.size() <= kLongestSymbol) vocabulary.emplace(text, id);
  }
  return vocabulary;
}

void AddWhole(const Vocabulary& vocabulary, const std::string& text, std::set<whisper_token>& to) {
  const auto found = vocabulary.find(text);
  if (found != vocabulary.end()) to.insert(found->second);
}

void AddFirst(const Vocabulary& vocabulary, const std::string& text, std::set<whisper_token>& to) {
  for (std::size_t length = text.size(); length > 0; --length) {
    const auto found = vocabulary.find(text.substr(0, length));
    if (found == vocabulary.end()) continue;
    to.insert(found->second);
    return;
  }
}

}  // namespace

std::vector<whisper_token> NonSpeechTokens(whisper_context* context) {
  const Vocabulary vocabulary = ShortTokens(context);
  std::set<whisper_token> tokens;
  for (const std::string space : {"", " "}) {
    for (const std::string_view symbol : kSymbols) {
      AddWhole(vocabulary, space + std::string(symbol), tokens);
    }
    for (const std::string_view note : kNotes) {
      AddFirst(vocabulary, space + std::string(note), tokens);
    }
  }
  for (const std::string_view mark : kBeforeWords) AddWhole(vocabulary, std::string(mark), tokens);
  return {tokens.begin(), tokens.end()};
}

}  // namespace cpw

#include "core/words.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/word_times.h"

namespace cpw {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";
// They open the word behind them; every other mark closes the word before it.
constexpr std::string_view kOpening = "\"'\u201c\u00bf([{-";
constexpr std::string_view kMarks =
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    "\u201c\u201d\u2018\u2019\u00bf\u00a1\u00ab\u00bb\u2026\u2013\u2014"
    "\u3002\uff0c\uff01\uff1f\uff1a\uff1b\u3001\u300c\u300d\u300e\u300f\uff08\uff09\u0964";

// One or more tokens that end where a character does.
struct Unit {
  std::string bytes;
  double start = 0;
  double end = 0;
  double probability = 0;  // sum over its tokens
  int tokens = 0;
};

// How many bytes the first character of `text` has by its first byte; 1 where that begins none.
std::size_t LengthOf(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 1;
}

bool Continues(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

// The first character, or one byte where there is none; empty at the end and in front of a
// character that the text cuts off.
std::string_view FirstCharacter(std::string_view text) {
  if (text.empty()) return text;
  const std::size_t length = LengthOf(text);
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size()) return {};
    if (!Continues(text[i])) return text.substr(0, 1);
  }
  return text.substr(0, length);
}

bool IsWhole(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view first = FirstCharacter(bytes);
    if (first.empty()) return false;
    bytes.remove_prefix(first.size());
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool BeginsWithSpace(std::string_view text) {
  return !text.empty() && kSpace.find(text.front()) != std::string_view::npos;
}

// Nothing in it is spoken.
bool IsMark(std::string_view text) {
  for (text = Trim(text); !text.empty();) {
    const std::string_view first = FirstCharacter(text);
    if (first.empty() || kMarks.find(first) == std::string_view::npos) return false;
    text.remove_prefix(first.size());
  }
  return true;
}

bool IsOpening(std::string_view text) {
  text = Trim(text);
  return !text.empty() && text == FirstCharacter(text) &&
         kOpening.find(text) != std::string_view::npos;
}

bool IsLatin(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

// Vowels and tones of Thai, Lao and Burmese that stand on the letter before them.
bool IsCombining(std::string_view text) {
  struct Block {
    std::uint32_t first, last;
  };
  static constexpr std::array<Block, 11> kBlocks{{{0x0E31, 0x0E31},
                                                  {0x0E33, 0x0E3A},
                                                  {0x0E47, 0x0E4E},
                                                  {0x0EB1, 0x0EB1},
                                                  {0x0EB3, 0x0EBC},
                                                  {0x0EC8, 0x0ECD},
                                                  {0x102B, 0x103E},
                                                  {0x1056, 0x1059},
                                                  {0x105E, 0x1060},
                                                  {0x3099, 0x309A},
                                                  {0xFE00, 0xFE0F}}};
  if (text.size() < 3 || LengthOf(text) != 3) return false;
  const auto bits = [&](std::size_t i) { return static_cast<std::uint32_t>(text[i]) & 0x3F; };
  const std::uint32_t point =
      (static_cast<std::uint32_t>(text[0]) & 0x0F) << 12 | bits(1) << 6 | bits(2);
  return std::any_of(kBlocks.begin(), kBlocks.end(), [&](const Block& block) {
    return point >= block.first && point <= block.last;
  });
}

std::vector<Unit> JoinTokens(std::span<const TimedToken> tokens) {
  std::vector<Unit> units;
  bool whole = true;
  for (const TimedToken& token : tokens) {
    if (whole) units.push_back({"", token.start, token.end, 0, 0});
    Unit& unit = units.back();
    unit.bytes += token.bytes;
    unit.end = token.end;
    unit.probability += token.probability;
    ++unit.tokens;
    whole = IsWhole(unit.bytes);
  }
  return units;
}

// A word in the making: units of which at least one is spoken, unless there is nothing else.
struct Draft {
  std::string bytes;
  double start = 0;
  double end = 0;
  double probability = 0;
  int tokens = 0;
  bool spoken = false;

  void Append(const Unit& unit) {
    bytes += unit.bytes;
    const bool mark = IsMark(unit.bytes);
    if (spoken && mark) return;
    if (tokens == 0 || !spoken) *this = {std::move(bytes), unit.start, unit.end, 0, 0, !mark};
    end = unit.end;
    probability += unit.probability;
    tokens += unit.tokens;
  }
};

// Whether `unit` belongs to the word before it, whatever that is.
bool Continues(const Unit& unit, const std::string& before, bool without_spaces) {
  if (IsMark(unit.bytes)) return !IsOpening(unit.bytes) || !BeginsWithSpace(unit.bytes);
  if (BeginsWithSpace(unit.bytes)) return false;
  if (!without_spaces) return true;
  const bool latin = !before.empty() && IsLatin(before.back()) && IsLatin(unit.bytes.front());
  return latin || IsCombining(unit.bytes);
}

Word ToWord(const Draft& draft, const WordRules& rules) {
  const double probability = draft.tokens > 0 ? draft.probability / draft.tokens : 0;
  return {draft.start, draft.end, std::string(Trim(rules.clean(draft.bytes))), probability};
}

}  // namespace

bool WritesWithoutSpaces(std::string_view language) {
  constexpr std::array<std::string_view, 6> kLanguages{"zh", "ja", "th", "lo", "my", "yue"};
  return std::find(kLanguages.begin(), kLanguages.end(), language) != kLanguages.end();
}

std::vector<Word> JoinWords(std::span<const TimedToken> tokens, const WordRules& rules) {
  const bool without_spaces = WritesWithoutSpaces(rules.language);
  std::vector<Draft> drafts;
  for (const Unit& unit : JoinTokens(tokens)) {
    // Marks alone wait for the word that they open.
    const bool opens = !drafts.empty() && !drafts.back().spoken;
    if (drafts.empty() || (!opens && !Continues(unit, drafts.back().bytes, without_spaces)))
      drafts.emplace_back();
    drafts.back().Append(unit);
  }
  if (drafts.size() > 1 && !drafts.back().spoken) {
    drafts[drafts.size() - 2].bytes += drafts.back().bytes;
    drafts.pop_back();
  }
  std::vector<Word> words;
  for (const Draft& draft : drafts) {
    Word word = ToWord(draft, rules);
    if (!word.word.empty()) words.push_back(std::move(word));
  }
  return words;
}

void AddWords(std::vector<Segment>& segments, std::span<const std::vector<TimedToken>> tokens,
              const WordRules& rules) {
  for (std::size_t i = 0; i < segments.size() && i < tokens.size(); ++i) {
    segments[i].words = JoinWords(tokens[i], rules);
  }
  RepairWordTimes(segments, rules.samples, rules.delay);
}

}  // namespace cpw

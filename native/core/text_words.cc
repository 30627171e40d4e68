#include "core/text_words.h"

#include <algorithm>

namespace cpw {
namespace {

constexpr char32_t kInvalid = 0xFFFD;

struct Character {
  char32_t code;
  std::size_t bytes;
};

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

Character Next(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  if (bytes == 1 || text.size() < bytes) return {kInvalid, 1};
  char32_t code = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!Continues(text[i])) return {kInvalid, 1};
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return {code, bytes};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool In(const Range (&ranges)[N], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [code](const Range& one) { return code >= one.first && code <= one.last; });
}

constexpr Range kPunctuation[] = {
    {0x00, 0x2F},     {0x3A, 0x40},     {0x5B, 0x60},         {0x7B, 0xBF},       {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x589, 0x58A},   {0x60C, 0x60C},       {0x61B, 0x61F},     {0x6D4, 0x6D4},
    {0x964, 0x965},   {0x200E, 0x206F}, {0x2000, 0x200B},     {0x2190, 0x2BFF},   {0x3000, 0x3004},
    {0x3008, 0x3030}, {0xFE00, 0xFE0F}, {0xFF00, 0xFF0F},     {0xFF1A, 0xFF20},   {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFEFF, 0xFEFF}, {kInvalid, kInvalid}, {0x1F000, 0x1FAFF},
};

// Thai, Lao, Burmese, Khmer; kana; Han. Hangul has spaces.
constexpr Range kUnspaced[] = {
    {0xE00, 0xEFF},   {0x1000, 0x109F}, {0x1780, 0x17FF}, {0x3005, 0x3007},
    {0x3031, 0x30FF}, {0x3400, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF},
};

// Latin, Greek and Cyrillic: the only letters of Whisper's languages in two sizes, but for a few.
char32_t Folded(char32_t code) {
  if ((code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE)) return code + 0x20;
  if (code >= 0x391 && code <= 0x3A9) return code + 0x20;
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  const bool odd_first =
      (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E) || code == 0x178;
  if (code == 0x130) return 'i';  // Turkish
  if (code == 0x178) return 0xFF;
  if (code >= 0x100 && code <= 0x17E) {
    return (code % 2 == (odd_first ? 1u : 0u)) ? code + 1 : code;
  }
  return code;
}

void Append(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | code >> 18);
    text += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

std::vector<TextWord> WordsOf(std::string_view text) {
  std::vector<TextWord> words;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const Character next = Next(text.substr(at));
    const bool alone = In(kUnspaced, next.code);
    if (In(kPunctuation, next.code)) {
      inside = false;
    } else {
      if (!inside || alone) words.push_back({at, at, {}});
      Append(words.back().folded, Folded(next.code));
      words.back().end = at + next.bytes;
      inside = !alone;
    }
    at += next.bytes;
  }
  return words;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !Continues(byte); }));
}

}  // namespace cpw

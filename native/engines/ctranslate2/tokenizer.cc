#include "engines/ctranslate2/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cpw {
namespace {

constexpr std::uint32_t kFirstSpare = 256;  // bytes that do not print stand at U+0100 and up
constexpr std::uint32_t kSpares = 68;

bool Prints(std::uint32_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct ByteTable {
  std::array<std::uint16_t, 256> code{};
  std::array<std::uint8_t, kFirstSpare + kSpares> byte{};
  ByteTable() {
    std::uint32_t spare = kFirstSpare;
    for (std::uint32_t i = 0; i < 256; ++i) {
      code[i] = static_cast<std::uint16_t>(Prints(i) ? i : spare++);
      byte[code[i]] = static_cast<std::uint8_t>(i);
    }
  }
  bool Has(std::uint32_t point) const { return point < byte.size() && code[byte[point]] == point; }
};

const ByteTable& Table() {
  static const ByteTable table;
  return table;
}

// Length of the valid UTF-8 character that begins `text`, 0 when there is none; `unfinished` when
// the text ends inside one.
std::size_t CharacterLength(std::string_view text, bool& unfinished) {
  unfinished = false;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size()) {
      unfinished = true;
      return 0;
    }
    // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
    const std::uint8_t low = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at(i) < low || at(i) > high) return 0;
  }
  return length;
}

// What a prompt word is made of: GPT-2 splits before a space, and between letters, digits, marks.
int KindOf(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return 0;
  if (byte >= '0' && byte <= '9') return 1;
  if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80) return 2;
  return 3;
}

}  // namespace

std::string BytesToStandIns(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const std::uint32_t point = Table().code[static_cast<std::uint8_t>(c)];
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else {
      text += static_cast<char>(0xC0 | (point >> 6));
      text += static_cast<char>(0x80 | (point & 0x3F));
    }
  }
  return text;
}

std::string StandInsToBytes(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const bool two = (lead & 0xE0) == 0xC0 && i + 1 < text.size();
    const std::uint32_t point =
        two ? ((lead & 0x1FU) << 6) | (static_cast<std::uint8_t>(text[i + 1]) & 0x3FU) : lead;
    const std::size_t length = two ? 2 : 1;
    if ((two || lead < 0x80) && Table().Has(point)) {
      bytes += static_cast<char>(Table().byte[point]);
    } else {
      bytes += text.substr(i, length);  // not in the encoding: kept as it stands
    }
    i += length;
  }
  return bytes;
}

std::string RepairUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    bool unfinished = false;
    const std::size_t length = CharacterLength(text, unfinished);
    if (unfinished) break;
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

Tokenizer::Tokenizer(const WhisperVocabulary& vocabulary) : vocabulary_(vocabulary) {
  for (std::size_t id = 0; id < vocabulary.special().end_of_text; ++id) {
    longest_ = std::max(longest_, vocabulary.token(id).size());
  }
}

std::string Tokenizer::Decode(std::span<const std::size_t> ids) const {
  std::string text;
  for (const std::size_t id : ids) {
    if (id < vocabulary_.special().end_of_text) text += vocabulary_.token(id);
  }
  return RepairUtf8(StandInsToBytes(text));
}

std::vector<std::size_t> Tokenizer::EncodePrompt(std::string_view text, std::size_t limit) const {
  std::vector<std::size_t> ids;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end + 1 < text.size() && KindOf(text[end]) == 0) ++end;  // spaces go with what follows
    const int kind = KindOf(text[end]);
    while (end < text.size() && KindOf(text[end]) == kind) ++end;
    EncodeWord(text.substr(i, end - i), ids);
    i = end;
  }
  if (ids.size() > limit) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(limit));
  return ids;
}

void Tokenizer::EncodeWord(std::string_view word, std::vector<std::size_t>& ids) const {
  const std::string encoded = BytesToStandIns(word);
  std::string_view rest = encoded;
  while (!rest.empty()) {
    std::size_t length = std::min(longest_, rest.size());
    for (; length > 0; --length) {
      const auto id = vocabulary_.Find(rest.substr(0, length));
      if (id && *id < vocabulary_.special().end_of_text) {
        ids.push_back(*id);
        break;
      }
    }
    rest.remove_prefix(std::max<std::size_t>(length, 1));  // a byte without a token is left out
  }
}

}  // namespace cpw

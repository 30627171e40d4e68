#include "engines/whisper/text.h"

#include <cstddef>
#include <cstdint>

namespace cpw {
namespace {

struct Lead {
  std::size_t length = 0;  // 0 = not the first byte of a character
  std::uint8_t second_least = 0x80;
  std::uint8_t second_most = 0xbf;
};

// The second byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF.
Lead LeadOf(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte >= 0xc2 && byte <= 0xdf) return {2};
  if (byte == 0xe0) return {3, 0xa0};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {3};
  if (byte == 0xf0) return {4, 0x90};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  if (byte >= 0xf1 && byte <= 0xf3) return {4};
  return {};
}

// How many bytes at the front belong together: a whole character, or the well-formed part of one.
std::size_t Extent(std::string_view bytes, const Lead& lead) {
  std::size_t length = 1;
  for (; length < lead.length && length < bytes.size(); ++length) {
    const auto byte = static_cast<std::uint8_t>(bytes[length]);
    const std::uint8_t least = length == 1 ? lead.second_least : 0x80;
    const std::uint8_t most = length == 1 ? lead.second_most : 0xbf;
    if (byte < least || byte > most) break;
  }
  return length;
}

}  // namespace

std::string CleanText(std::string_view bytes) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t begin = bytes.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  bytes = bytes.substr(begin, bytes.find_last_not_of(kSpace) + 1 - begin);
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const Lead lead = LeadOf(static_cast<std::uint8_t>(bytes.front()));
    const std::size_t extent = Extent(bytes, lead);
    const bool whole = lead.length != 0 && extent == lead.length;
    text += whole ? bytes.substr(0, extent) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(extent);
  }
  return text;
}

}  // namespace cpw

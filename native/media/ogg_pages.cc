#include "media/ogg_pages.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace cpw {
namespace {

constexpr std::size_t kFixed = 27;  // before the table of segment lengths

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i << 24;
    for (int bit = 0; bit < 8; ++bit) value = (value << 1) ^ (value >> 31 ? 0x04C11DB7U : 0);
    table[i] = value;
  }
  return table;
}();

std::uint32_t Little(const std::uint8_t* bytes) {
  return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

// The checksum counts its own four bytes as zeros.
bool ChecksumIsRight(std::span<const std::uint8_t> page) {
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const std::uint32_t byte = i >= 22 && i < 26 ? 0 : page[i];
    crc = (crc << 8) ^ kCrcTable[(crc >> 24) ^ byte];
  }
  return crc == Little(page.data() + 22);
}

}  // namespace

// Of the page that the input stands at; 0 if there is none or it is cut off.
std::size_t OggPages::PageBytes() {
  auto bytes = input_.Peek(kFixed);
  if (bytes.size() < 4 || std::memcmp(bytes.data(), "OggS", 4) != 0) return 0;
  if (bytes.size() < kFixed) {
    cut_off_ = true;
    return 0;
  }
  if (bytes[4] != 0) return 0;
  const std::size_t head = kFixed + bytes[26];
  bytes = input_.Peek(head);
  std::size_t total = head;
  for (std::size_t i = kFixed; i < std::min(head, bytes.size()); ++i) total += bytes[i];
  bytes = input_.Peek(total);
  cut_off_ = bytes.size() < total;
  return !cut_off_ && ChecksumIsRight(bytes.first(total)) ? total : 0;
}

std::optional<OggPage> OggPages::Next() {
  input_.Consume(taken_);
  taken_ = 0;
  for (;;) {
    if (const auto total = PageBytes()) {
      cut_off_ = false;
      taken_ = total;
      const auto bytes = input_.Peek(total).first(total);
      OggPage page;
      page.lacing = bytes.subspan(kFixed, bytes[26]);
      page.body = bytes.subspan(kFixed + bytes[26]);
      page.granule = Little(bytes.data() + 6) | std::uint64_t{Little(bytes.data() + 10)} << 32;
      page.serial = Little(bytes.data() + 14);
      page.sequence = Little(bytes.data() + 18);
      page.first = (bytes[5] & 2) != 0;
      page.last = (bytes[5] & 4) != 0;
      page.continued = (bytes[5] & 1) != 0;
      return page;
    }
    const auto ahead = input_.Peek(4);
    if (ahead.empty()) return std::nullopt;
    damaged_ = true;
    // To the next byte that may begin a page.
    const auto next = std::find(ahead.begin() + 1, ahead.end(), std::uint8_t{'O'});
    input_.Consume(static_cast<std::size_t>(next - ahead.begin()));
  }
}

}  // namespace cpw

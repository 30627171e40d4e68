#include "media/mpeg_header.h"

#include <array>

namespace cpw {
namespace {

constexpr std::array<std::array<int, 15>, 5> kKbps{{
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // MPEG-1 layer 1
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // MPEG-1 layer 2
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // MPEG-1 layer 3
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // MPEG-2 layer 1
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // MPEG-2 layers 2, 3
}};
constexpr std::array kRates{44100, 48000, 32000};

}  // namespace

std::optional<MpegHeader> ParseMpegHeader(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 4 || bytes[0] != 0xFF || (bytes[1] & 0xE0) != 0xE0) return std::nullopt;
  const int version = (bytes[1] >> 3) & 3;  // 3 = MPEG-1, 2 = MPEG-2, 0 = MPEG-2.5
  const int layer_bits = (bytes[1] >> 1) & 3;
  const int bitrate = bytes[2] >> 4;
  const int rate = (bytes[2] >> 2) & 3;
  if (version == 1 || layer_bits == 0 || bitrate == 15 || rate == 3) return std::nullopt;

  const bool mpeg1 = version == 3;
  MpegHeader header;
  header.layer = 4 - layer_bits;
  header.rate = kRates[rate] >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
  header.channels = (bytes[3] >> 6) == 3 ? 1 : 2;
  header.crc = (bytes[1] & 1) == 0;
  header.samples = header.layer == 1 ? 384 : header.layer == 3 && !mpeg1 ? 576 : 1152;
  header.side_info = mpeg1 ? (header.channels == 1 ? 17 : 32) : (header.channels == 1 ? 9 : 17);
  const int table = mpeg1 ? header.layer - 1 : header.layer == 1 ? 3 : 4;
  if (const int kbps = kKbps[table][bitrate]; kbps > 0) {
    const int padding = (bytes[2] >> 1) & 1;
    header.bytes =
        header.layer == 1
            ? static_cast<std::size_t>((12 * kbps * 1000 / header.rate + padding) * 4)
            : static_cast<std::size_t>(header.samples / 8 * kbps * 1000 / header.rate + padding);
  }
  return header;
}

std::optional<std::size_t> FindMpegFrames(std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 0; at + 4 <= bytes.size(); ++at) {
    const auto first = ParseMpegHeader(bytes.subspan(at));
    if (!first) continue;
    // The length of a free-format frame is known to the decoder alone; it is taken at the start.
    if (first->bytes == 0) {
      if (at == 0) return at;
      continue;
    }
    const auto next = at + first->bytes;
    if (next == bytes.size()) return at;
    if (next > bytes.size()) continue;
    const auto second = ParseMpegHeader(bytes.subspan(next));
    if (second && second->layer == first->layer && second->rate == first->rate) return at;
  }
  return std::nullopt;
}

bool IsAdts(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 4 && bytes[0] == 0xFF && (bytes[1] & 0xF6) == 0xF0;
}

}  // namespace cpw

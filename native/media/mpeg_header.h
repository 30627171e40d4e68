#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cpw {

// The four bytes before each MPEG audio frame (layers 1 to 3).
struct MpegHeader {
  int layer = 0;
  int rate = 0;
  int channels = 0;
  int samples = 0;            // per channel
  std::size_t bytes = 0;      // of the whole frame, 0 for the free format
  std::size_t side_info = 0;  // bytes between the header (and its CRC) and layer 3's main data
  bool crc = false;
};

inline constexpr std::size_t kMpegSearchBytes = 16384;

// nullopt unless `bytes` begins with a frame header that is valid in all fields.
std::optional<MpegHeader> ParseMpegHeader(std::span<const std::uint8_t> bytes);

// Where the first frame stands that another like it follows (or that ends the data).
std::optional<std::size_t> FindMpegFrames(std::span<const std::uint8_t> bytes);

// AAC in ADTS frames has the same sync word, with layer bits that MPEG audio never has.
bool IsAdts(std::span<const std::uint8_t> bytes);

}  // namespace cpw

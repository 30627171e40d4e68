#include "media/vorbis_headers.h"

#include <bit>
#include <cstddef>

namespace cpw {
namespace {

// Largest in files of the reference encoder: 15,625 entries, 2^17 values.
constexpr std::uint64_t kMaxEntries = 1 << 18;
constexpr std::uint64_t kMaxValues = 1 << 20;

class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint32_t Read(unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i, ++position_) {
      if (ended()) return 0;
      value |= ((bytes_[position_ / 8] >> (position_ % 8)) & 1U) << i;
    }
    return value;
  }
  void Skip(std::uint64_t bits) { position_ += bits; }
  bool ended() const { return position_ >= bytes_.size() * std::uint64_t{8}; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::uint64_t position_ = 0;
};

// The largest n with n^dimensions <= entries.
std::uint64_t LatticeWidth(std::uint64_t entries, std::uint32_t dimensions) {
  const auto fits = [&](std::uint64_t n) {
    std::uint64_t power = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
      power *= n;
      if (power > entries) return false;
    }
    return true;
  };
  std::uint64_t n = 1;
  while (fits(n + 1)) ++n;
  return n;
}

void SkipLengths(BitReader& bits, std::uint32_t entries) {
  if (bits.Read(1)) {  // ordered
    bits.Skip(5);
    for (std::uint32_t done = 0; done < entries && !bits.ended();) {
      done += bits.Read(static_cast<unsigned>(std::bit_width(entries - done)));
    }
    return;
  }
  const bool sparse = bits.Read(1) != 0;
  if (!sparse) return bits.Skip(std::uint64_t{entries} * 5);
  for (std::uint32_t i = 0; i < entries && !bits.ended(); ++i) {
    if (bits.Read(1)) bits.Skip(5);
  }
}

bool SkipCodebook(BitReader& bits) {
  if (bits.Read(24) != 0x564342) return false;
  const auto dimensions = bits.Read(16);
  const auto entries = bits.Read(24);
  if (dimensions == 0 || entries > kMaxEntries) return false;
  if (std::uint64_t{entries} * dimensions > kMaxValues) return false;
  SkipLengths(bits, entries);
  const auto lookup = bits.Read(4);
  if (lookup > 2) return false;
  if (lookup > 0) {
    if (entries == 0) return false;
    bits.Skip(64);
    const auto value_bits = bits.Read(4) + 1;
    bits.Skip(1);
    const auto values =
        lookup == 1 ? LatticeWidth(entries, dimensions) : std::uint64_t{entries} * dimensions;
    bits.Skip(values * value_bits);
  }
  return !bits.ended();
}

}  // namespace

bool VorbisSetupIsSane(std::span<const std::uint8_t> packet) {
  if (packet.size() < 8) return false;
  BitReader bits(packet.subspan(7));
  const auto codebooks = bits.Read(8) + 1;
  for (std::uint32_t i = 0; i < codebooks; ++i) {
    if (!SkipCodebook(bits)) return false;
  }
  return true;
}

}  // namespace cpw

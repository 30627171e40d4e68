#include "media/wav_samples.h"

#include <array>
#include <bit>
#include <cstring>

namespace cpw {
namespace {

static_assert(std::endian::native == std::endian::little, "WAV samples are copied as they are");

struct Row {
  unsigned tag;
  unsigned bytes;
  WavEncoding encoding;
};

constexpr std::array kRows{
    Row{1, 1, WavEncoding::kPcm8},    Row{1, 2, WavEncoding::kPcm16},
    Row{1, 3, WavEncoding::kPcm24},   Row{1, 4, WavEncoding::kPcm32},
    Row{3, 4, WavEncoding::kFloat32}, Row{3, 8, WavEncoding::kFloat64},
    Row{6, 1, WavEncoding::kALaw},    Row{7, 1, WavEncoding::kMuLaw},
};

template <typename T>
T Load(const std::uint8_t* in) {
  T value;
  std::memcpy(&value, in, sizeof value);
  return value;
}

// ITU-T G.711: sign, three bits of exponent, four of mantissa; A-law inverts the even bits.
float ALaw(std::uint8_t code) {
  const int bits = code ^ 0x55;
  const int exponent = (bits >> 4) & 7;
  int value = ((bits & 15) << 4) + 8;
  if (exponent > 0) value = (value + 256) << (exponent - 1);
  return static_cast<float>(bits & 0x80 ? value : -value) / 32768.0F;
}

float MuLaw(std::uint8_t code) {
  const int bits = ~code & 0xFF;
  const int value = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return static_cast<float>(bits & 0x80 ? -value : value) / 32768.0F;
}

template <typename Convert>
void Each(const std::uint8_t* in, std::size_t step, std::size_t count, float* out,
          Convert convert) {
  for (std::size_t i = 0; i < count; ++i) out[i] = convert(in + i * step);
}

}  // namespace

std::optional<WavEncoding> FindWavEncoding(unsigned tag, unsigned bytes) {
  for (const auto& row : kRows) {
    if (row.tag == tag && row.bytes == bytes) return row.encoding;
  }
  return std::nullopt;
}

std::size_t BytesOf(WavEncoding encoding) {
  for (const auto& row : kRows) {
    if (row.encoding == encoding) return row.bytes;
  }
  return 0;
}

void ToFloat(WavEncoding encoding, const std::uint8_t* in, std::size_t count, float* out) {
  const auto step = BytesOf(encoding);
  const auto each = [&](auto convert) { Each(in, step, count, out, convert); };
  switch (encoding) {
    case WavEncoding::kPcm8:
      return each([](const std::uint8_t* p) { return static_cast<float>(*p - 128) / 128.0F; });
    case WavEncoding::kPcm16:
      return each([](const std::uint8_t* p) {
        return static_cast<float>(Load<std::int16_t>(p)) / 32768.0F;
      });
    case WavEncoding::kPcm24:
      return each([](const std::uint8_t* p) {
        const auto bits =
            std::uint32_t{p[0]} << 8 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 24;
        return static_cast<float>(static_cast<std::int32_t>(bits)) / 2147483648.0F;
      });
    case WavEncoding::kPcm32:
      return each([](const std::uint8_t* p) {
        return static_cast<float>(Load<std::int32_t>(p)) / 2147483648.0F;
      });
    case WavEncoding::kFloat32:
      return each([](const std::uint8_t* p) { return Load<float>(p); });
    case WavEncoding::kFloat64:
      return each([](const std::uint8_t* p) {
        // Beyond float's range the cast alone would be undefined.
        const auto value = Load<double>(p);
        return value > -1e30 && value < 1e30 ? static_cast<float>(value) : 0.0F;
      });
    case WavEncoding::kALaw:
      return each([](const std::uint8_t* p) { return ALaw(*p); });
    case WavEncoding::kMuLaw:
      return each([](const std::uint8_t* p) { return MuLaw(*p); });
  }
}

}  // namespace cpw

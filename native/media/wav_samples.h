#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace cpw {

enum class WavEncoding { kPcm8, kPcm16, kPcm24, kPcm32, kFloat32, kFloat64, kALaw, kMuLaw };

// `tag` is WAVE_FORMAT_*, `bytes` those of one sample; nullopt where we have no conversion.
std::optional<WavEncoding> FindWavEncoding(unsigned tag, unsigned bytes);
std::size_t BytesOf(WavEncoding encoding);
// Little-endian samples to floats in -1..1.
void ToFloat(WavEncoding encoding, const std::uint8_t* in, std::size_t count, float* out);

}  // namespace cpw

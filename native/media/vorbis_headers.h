#pragma once

#include <cstdint>
#include <span>

namespace cpw {

// stb_vorbis 1.22 multiplies the sizes in a codebook into an int without a check. False for a setup
// packet with a codebook that no encoder makes, or that is cut off.
bool VorbisSetupIsSane(std::span<const std::uint8_t> packet);

}  // namespace cpw

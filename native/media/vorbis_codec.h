#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "media/decoder.h"

namespace cpw {

// The only door to stb_vorbis. It gets clean pages made here of one packet each, so its own search
// for pages, its comment reader (CVE-2023-45676 and others) and its page checksums are never used.
class VorbisCodec {
 public:
  // The identification and setup packets of a stream. valid() says whether they were understood.
  VorbisCodec(std::span<const std::uint8_t> identification, std::span<const std::uint8_t> setup);
  ~VorbisCodec();
  VorbisCodec(const VorbisCodec&) = delete;
  VorbisCodec& operator=(const VorbisCodec&) = delete;

  bool valid() const;
  AudioFormat format() const;

  // One audio packet. Returns frames; false in `ok` for a packet that cannot be decoded.
  std::size_t Decode(std::span<const std::uint8_t> packet, bool& ok);
  // Of the packet decoded last.
  const float* channel(int index) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cpw

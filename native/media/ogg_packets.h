#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/ogg_pages.h"

namespace cpw {

struct OggPacket {
  std::span<const std::uint8_t> bytes;   // valid until the next call of Next()
  std::optional<std::uint64_t> granule;  // position at its end, where the page tells it
  bool last = false;                     // of the logical stream
};

// The packets of one logical stream of an Ogg file. Packets that miss a part are dropped.
class OggPackets {
 public:
  explicit OggPackets(BufferedInput& input) : pages_(input) {}

  // Goes on to the next beginning of a logical stream, whose first packet Next() then gives; false
  // at the end of the file.
  bool NextStream();
  // nullopt at the end of the logical stream or of the file, and where another stream takes over.
  std::optional<OggPacket> Next();

  bool cut_off() const { return pages_.cut_off(); }
  bool damaged() const { return damaged_ || pages_.damaged(); }

 private:
  bool NextPage();

  OggPages pages_;
  OggPage page_;
  bool has_page_ = false;
  std::size_t segment_ = 0;
  std::size_t offset_ = 0;
  std::vector<std::uint8_t> packet_;
  bool partial_ = false;  // packet_ holds the beginning of a packet
  bool damaged_ = false;
};

}  // namespace cpw

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/buffered_input.h"

namespace cpw {

// One page of an Ogg file whose checksum is right.
struct OggPage {
  // Both valid until the next call of Next().
  std::span<const std::uint8_t> lacing;  // lengths of the segments; 255 = the packet goes on
  std::span<const std::uint8_t> body;
  std::uint64_t granule = 0;  // position at the end of the last packet that ends on the page
  std::uint32_t serial = 0;
  std::uint32_t sequence = 0;
  bool first = false;      // of its logical stream
  bool last = false;       // of its logical stream
  bool continued = false;  // begins within a packet
};

class OggPages {
 public:
  explicit OggPages(BufferedInput& input) : input_(input) {}
  // nullopt at the end. Passes over what is no whole page.
  std::optional<OggPage> Next();
  // The data ended within a page.
  bool cut_off() const { return cut_off_; }
  // Bytes were passed over.
  bool damaged() const { return damaged_; }

 private:
  std::size_t PageBytes();

  BufferedInput& input_;
  std::size_t taken_ = 0;  // bytes of the page given last
  bool cut_off_ = false;
  bool damaged_ = false;
};

}  // namespace cpw

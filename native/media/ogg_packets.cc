#include "media/ogg_packets.h"

namespace cpw {
namespace {
constexpr std::size_t kMaxPacket = 16 << 20;  // comments hold pictures
constexpr std::uint64_t kNoGranule = ~std::uint64_t{0};
}  // namespace

bool OggPackets::NextStream() {
  // The page at hand begins a stream when Next() ended at it.
  for (bool fresh = has_page_ && page_.first && segment_ == 0; !fresh; fresh = page_.first) {
    const auto page = pages_.Next();
    if (!page) return has_page_ = false;
    page_ = *page;
  }
  has_page_ = true;
  segment_ = offset_ = 0;
  packet_.clear();
  partial_ = false;
  return true;
}

// The next page of the same stream; false when there is none.
bool OggPackets::NextPage() {
  const auto serial = page_.serial;
  const auto sequence = page_.sequence;
  if (page_.last) return has_page_ = false;
  for (;;) {
    const auto page = pages_.Next();
    if (!page) return has_page_ = false;
    if (page->serial != serial && !page->first) continue;  // of a stream beside ours
    // Streams that run beside ours begin before our second page; a later one takes over.
    if (page->serial != serial && sequence == 0) continue;
    page_ = *page;
    segment_ = offset_ = 0;
    if (page->first) return false;
    const bool gap = page->sequence != sequence + 1;
    damaged_ = damaged_ || gap;
    if (partial_ && (gap || !page->continued)) {
      damaged_ = true;
      partial_ = false;
      packet_.clear();
    }
    // The end of a packet whose beginning was lost.
    if (page->continued && !partial_) {
      while (segment_ < page_.lacing.size()) {
        const auto bytes = page_.lacing[segment_++];
        offset_ += bytes;
        if (bytes < 255) break;
      }
    }
    return true;
  }
}

std::optional<OggPacket> OggPackets::Next() {
  if (!has_page_) return std::nullopt;
  if (!partial_) packet_.clear();
  for (;;) {
    while (segment_ < page_.lacing.size()) {
      const std::size_t bytes = page_.lacing[segment_++];
      const auto part = page_.body.subspan(offset_, bytes);
      offset_ += bytes;
      if (packet_.size() < kMaxPacket) packet_.insert(packet_.end(), part.begin(), part.end());
      partial_ = bytes == 255;
      if (partial_) continue;
      OggPacket packet{packet_, std::nullopt, false};
      const auto rest = page_.lacing.subspan(segment_);
      bool ends_page = true;
      for (const auto length : rest) ends_page = ends_page && length == 255;
      if (ends_page && page_.granule != kNoGranule) packet.granule = page_.granule;
      packet.last = ends_page && page_.last;
      return packet;
    }
    if (!NextPage()) return std::nullopt;
  }
}

}  // namespace cpw

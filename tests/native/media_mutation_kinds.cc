#include <bit>
#include <span>

#include "media/mpeg_header.h"
#include "media_mutations.h"

namespace cpw::media_test {
namespace {

// WAV: chunks.

Parts WavParts(const Bytes& bytes) {
  Parts parts{0};
  std::size_t at = 12;
  while (at + 8 < bytes.size()) {
    parts.push_back(at);
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data() + at + 4, 4);
    at += 8 + std::size_t{size} + (size & 1);
  }
  parts.push_back(bytes.size());
  return parts;
}

Fields WavFields(const Bytes& bytes) {
  Fields fields{{0, 4}, {4, 4}, {8, 4}};
  const auto parts = WavParts(bytes);
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    const auto at = parts[i];
    fields.insert(fields.end(), {{at, 4}, {at + 4, 4}, {at + 4, 4}});
    if (std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                   bytes.begin() + static_cast<std::ptrdiff_t>(at + 3), "fmt")) {
      for (const Field field : {Field{8, 2},
                                {10, 2},
                                {12, 4},
                                {16, 4},
                                {20, 2},
                                {22, 2},
                                {24, 2},
                                {26, 2},
                                {28, 4},
                                {32, 2}}) {
        fields.push_back({at + field.at, field.bytes});
      }
    } else {
      for (std::size_t k = 0; k < 3; ++k) fields.push_back({at + 8 + 8 * k, 8});
    }
  }
  return fields;
}

// FLAC: metadata blocks and frames, both with the lengths of the undamaged file.

Parts FlacParts(const Bytes& bytes) {
  Parts parts{0};
  std::size_t at = 4;
  for (bool last = false; !last && at + 4 < bytes.size();) {
    parts.push_back(at);
    last = (bytes[at] & 0x80) != 0;
    at += 4 + (std::size_t{bytes[at + 1]} << 16 | std::size_t{bytes[at + 2]} << 8 | bytes[at + 3]);
  }
  for (std::size_t i = at; i + 4 < bytes.size(); ++i) {
    const bool same = at + 4 < bytes.size() && bytes[i + 2] == bytes[at + 2];
    if (bytes[i] == 0xFF && (bytes[i + 1] & 0xFE) == 0xF8 && same) parts.push_back(i);
  }
  parts.push_back(bytes.size());
  return parts;
}

Fields FlacFields(const Bytes& bytes) {
  Fields fields{{8, 2}, {10, 2}, {12, 3}, {15, 3}, {18, 3}, {20, 2}, {22, 4}};
  const auto parts = FlacParts(bytes);
  for (std::size_t i = 1; i + 1 < parts.size() && i < 40; ++i) {
    const auto at = parts[i];
    if (bytes[at] != 0xFF) {
      fields.insert(fields.end(), {{at, 1}, {at + 1, 3}, {at + 4, 4}});
    } else {  // the frame's header, and the headers of its first subframe
      for (std::size_t k = 2; k < 12; ++k) fields.push_back({at + k, 1});
    }
  }
  return fields;
}

// Both sums begin with 0 and have no final change.
std::uint32_t FlacSum(std::span<const std::uint8_t> bytes, unsigned bits,
                      std::uint32_t polynomial) {
  std::uint32_t sum = 0;
  for (const auto byte : bytes) {
    sum ^= std::uint32_t{byte} << (bits - 8);
    for (int bit = 0; bit < 8; ++bit) sum = sum << 1 ^ (sum >> (bits - 1) & 1 ? polynomial : 0);
    sum &= (1U << bits) - 1;
  }
  return sum;
}

// Bytes of a frame's header before its checksum: four, the frame's number as UTF-8 writes numbers,
// and what the first four announce.
std::size_t FlacHeader(std::span<const std::uint8_t> frame) {
  const auto number = std::max(std::countl_one(frame[4]), 1);
  const int block = frame[2] >> 4;
  const int rate = frame[2] & 15;
  const int more = (block == 6   ? 1
                    : block == 7 ? 2
                                 : 0) +
                   (rate == 12                 ? 1
                    : rate == 13 || rate == 14 ? 2
                                               : 0);
  return static_cast<std::size_t>(4 + number + more);
}

void RepairFlac(Bytes& bytes, const Parts& parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto first = parts[i];
    const auto last = std::min(parts[i + 1], bytes.size());
    if (first + 24 > last || bytes[first] != 0xFF) continue;
    const auto frame = std::span(bytes).subspan(first, last - first);
    const auto head = FlacHeader(frame);
    frame[head] = static_cast<std::uint8_t>(FlacSum(frame.first(head), 8, 0x07));
    const auto sum = FlacSum(frame.first(frame.size() - 2), 16, 0x8005);
    frame[frame.size() - 2] = static_cast<std::uint8_t>(sum >> 8);
    frame[frame.size() - 1] = static_cast<std::uint8_t>(sum);
  }
}

// MP3: a tag, then frames.

std::size_t Id3Bytes(const Bytes& bytes) {
  if (bytes.size() < 10 || bytes[0] != 'I') return 0;
  std::size_t size = 0;
  for (std::size_t i = 6; i < 10; ++i) size = size << 7 | (bytes[i] & 0x7F);
  return std::min(10 + size, bytes.size());
}

Parts Mp3Parts(const Bytes& bytes) {
  Parts parts{0};
  std::size_t at = Id3Bytes(bytes);
  while (at < bytes.size()) {
    if (at > 0) parts.push_back(at);
    const auto header = ParseMpegHeader(std::span(bytes).subspan(at));
    at += header && header->bytes > 0 ? header->bytes : 400;
  }
  parts.push_back(bytes.size());
  return parts;
}

Fields Mp3Fields(const Bytes& bytes) {
  Fields fields;
  const auto tag = Id3Bytes(bytes);
  if (tag > 0) fields = {{0, 4}, {4, 1}, {5, 1}, {6, 4}, {6, 1}, {9, 1}, {10, 4}};
  const auto parts = Mp3Parts(bytes);
  for (std::size_t i = 0; i + 1 < parts.size() && i < 12; ++i) {
    const auto at = parts[i];
    if (at < tag) continue;
    // Header, checksum, then side information: where the main data begins, lengths, tables.
    for (std::size_t k = 0; k < 24; ++k) fields.push_back({at + k, 1});
    fields.insert(fields.end(), {{at + 4, 2}, {at + 1, 1}, {at + 2, 1}, {at + 3, 1}});
  }
  // The frame of counts ("Xing"): flags, frames, bytes, and LAME's delays.
  for (const std::size_t k : {0U, 4U, 8U, 12U, 112U, 116U, 120U, 141U}) {
    fields.push_back({tag + 13 + k, 4});
  }
  return fields;
}

// Ogg: pages.

Parts OggParts(const Bytes& bytes) {
  Parts parts;
  constexpr std::array<std::uint8_t, 4> magic{'O', 'g', 'g', 'S'};
  for (auto at = bytes.begin();; ++at) {
    at = std::search(at, bytes.end(), magic.begin(), magic.end());
    parts.push_back(static_cast<std::size_t>(at - bytes.begin()));
    if (at == bytes.end()) return parts;
  }
}

Fields OggFields(const Bytes& bytes) {
  Fields fields;
  const auto parts = OggParts(bytes);
  // The pages of the headers once, those of the audio thrice: without headers all is refused.
  for (std::size_t k = 0; k + 1 < 3 * parts.size(); ++k) {
    const auto i = k % parts.size();
    if (i + 1 == parts.size() || (i < 3 && k >= parts.size())) continue;
    const auto at = parts[i];
    fields.insert(
        fields.end(),
        {{at + 4, 1}, {at + 5, 1}, {at + 6, 8}, {at + 14, 4}, {at + 18, 4}, {at + 26, 1}});
    for (std::size_t lace = 0; lace < 6; ++lace) fields.push_back({at + 27 + lace, 1});
  }
  // The identification header: version, channels, rate, bit rates, block sizes.
  const auto id = parts.front() + 28;
  for (const Field field :
       {Field{7, 4}, {11, 1}, {12, 4}, {16, 4}, {20, 4}, {24, 4}, {28, 1}, {28, 1}, {29, 1}}) {
    fields.push_back({id + field.at, field.bytes});
  }
  // Spots of the first code books in the setup header, which shares a page with the comments.
  for (std::size_t k = 0; parts.size() > 2 && k < 200; k += 20) {
    fields.push_back({parts[1] + 60 + k, 1});
  }
  return fields;
}

// Without this the page reader would drop whatever was touched, and nothing behind it be tried.
void RepairOgg(Bytes& bytes, const Parts&) {
  const auto parts = OggParts(bytes);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto first = parts[i];
    if (first + 27 > bytes.size()) return;
    std::size_t total = 27 + bytes[first + 26];
    for (std::size_t s = 0; s < bytes[first + 26] && first + 27 + s < bytes.size(); ++s) {
      total += bytes[first + 27 + s];
    }
    if (first + total > bytes.size()) continue;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(first + 22), 4, std::uint8_t{0});
    std::uint32_t crc = 0;
    for (std::size_t b = first; b < first + total; ++b) {
      crc ^= std::uint32_t{bytes[b]} << 24;
      for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ (crc >> 31 ? 0x04C11DB7U : 0);
    }
    for (std::size_t b = 0; b < 4; ++b) {
      bytes[first + 22 + b] = static_cast<std::uint8_t>(crc >> (8 * b));
    }
  }
}

}  // namespace

const MediaKind kWavKind{WavParts, WavFields, nullptr, 80};
const MediaKind kFlacKind{FlacParts, FlacFields, RepairFlac, 200};
const MediaKind kMp3Kind{Mp3Parts, Mp3Fields, nullptr, 300};
const MediaKind kOggKind{OggParts, OggFields, RepairOgg, 4500};

}  // namespace cpw::media_test

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "media/decoder.h"
#include "media/wav_samples.h"

// Our own reader, not miniaudio's (0.11.24): that one reads the whole input to learn the length of
// a data chunk of unknown size and then seeks back, which no pipe can do.
namespace cpw {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
// Programs that write to a pipe put one of these where the length would stand.
constexpr std::uint32_t kStreamedFrom = 0x7FFFF000;

std::uint64_t Little(const std::uint8_t* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = (value << 8) | bytes[i];
  return value;
}

struct Header {
  AudioFormat format;
  WavEncoding encoding = WavEncoding::kPcm16;
  std::uint64_t data_bytes = kUnknown;
};

struct Chunk {
  std::array<char, 4> id;
  std::uint32_t bytes = 0;
  bool Is(std::string_view name) const { return name == std::string_view(id.data(), id.size()); }
};

bool ReadChunk(BufferedInput& input, Chunk& chunk) {
  std::array<std::uint8_t, 8> head;
  if (input.Read(head.data(), head.size()) != head.size()) return false;
  std::copy_n(head.begin(), 4, chunk.id.begin());
  chunk.bytes = static_cast<std::uint32_t>(Little(head.data() + 4, 4));
  return true;
}

std::string CodecName(unsigned tag) {
  switch (tag) {
    case 0x02:
      return "Microsoft ADPCM";
    case 0x11:
      return "IMA ADPCM";
    case 0x31:
      return "GSM 6.10";
    case 0x50:
    case 0x55:
      return "MPEG audio";
    case 0xFF:
      return "AAC";
    default:
      return "codec " + std::to_string(tag);
  }
}

void ReadFmt(BufferedInput& input, const Chunk& chunk, Header& header) {
  std::array<std::uint8_t, 40> fmt{};
  const auto take = std::min<std::size_t>(chunk.bytes, fmt.size());
  if (take < 16 || input.Read(fmt.data(), take) != take) {
    RefuseMedia(input, "its fmt chunk is cut off");
  }
  input.Skip(chunk.bytes - take + (chunk.bytes & 1));
  auto tag = static_cast<unsigned>(Little(fmt.data(), 2));
  if (tag == 0xFFFE && take >= 26) tag = static_cast<unsigned>(Little(fmt.data() + 24, 2));
  const auto channels = Little(fmt.data() + 2, 2);
  const auto rate = Little(fmt.data() + 4, 4);
  const auto block = Little(fmt.data() + 12, 2);
  const auto bits = Little(fmt.data() + 14, 2);
  const auto encoding = FindWavEncoding(tag, static_cast<unsigned>((bits + 7) / 8));
  if (!encoding) {
    if (tag == 1 || tag == 3) {
      RefuseMedia(input, "its header claims samples of " + std::to_string(bits) + " bits");
    }
    RefuseFormat(input, "a WAV file that holds " + CodecName(tag));
  }
  CheckFormat(input, channels, rate);
  if (block != channels * BytesOf(*encoding)) {
    RefuseMedia(input, "its header claims " + std::to_string(block) + " bytes for " +
                           std::to_string(channels) + " samples of " + std::to_string(bits) +
                           " bits");
  }
  header.format = {static_cast<int>(channels), static_cast<int>(rate)};
  header.encoding = *encoding;
}

// An empty data chunk is a place left for a length that was never filled in, unless the length of
// the whole file says that other chunks follow.
std::uint64_t DataBytes(const BufferedInput& input, const Chunk& chunk, std::uint32_t riff,
                        std::uint64_t ds64) {
  if (ds64 > 0 && chunk.bytes == 0xFFFFFFFF) return ds64;
  if (chunk.bytes >= kStreamedFrom) return kUnknown;
  if (chunk.bytes > 0) return chunk.bytes;
  const bool riff_known = riff != 0 && riff < kStreamedFrom;
  return riff_known && std::uint64_t{riff} + 8 > input.position() ? 0 : kUnknown;
}

Header ReadHeader(BufferedInput& input) {
  std::array<std::uint8_t, 12> head;
  if (input.Read(head.data(), head.size()) != head.size()) RefuseMedia(input, "it is cut off");
  const auto riff = static_cast<std::uint32_t>(Little(head.data() + 4, 4));
  Header header;
  std::uint64_t ds64 = 0;
  for (Chunk chunk; ReadChunk(input, chunk);) {
    if (chunk.Is("fmt ")) {
      ReadFmt(input, chunk, header);
    } else if (chunk.Is("data")) {
      if (header.format.channels == 0) RefuseMedia(input, "it has samples but no fmt chunk");
      header.data_bytes = DataBytes(input, chunk, riff, ds64);
      return header;
    } else if (chunk.Is("ds64") && chunk.bytes >= 24) {
      std::array<std::uint8_t, 16> sizes;
      if (input.Read(sizes.data(), sizes.size()) != sizes.size()) break;
      ds64 = Little(sizes.data() + 8, 8);
      input.Skip(chunk.bytes - sizes.size() + (chunk.bytes & 1));
    } else {
      input.Skip(std::uint64_t{chunk.bytes} + (chunk.bytes & 1));
    }
  }
  RefuseMedia(input, "it is cut off before its samples");
}

class WavDecoder final : public Decoder {
 public:
  WavDecoder(BufferedInput& input, const Header& header)
      : input_(input),
        format_(header.format),
        encoding_(header.encoding),
        frame_bytes_(BytesOf(header.encoding) * header.format.channels),
        known_(header.data_bytes != kUnknown),
        left_(header.data_bytes) {
    if (!known_ && !input.size()) return;
    const auto held =
        input.size() ? *input.size() - std::min(*input.size(), input.position()) : kUnknown;
    frames_ = std::min(left_, held) / frame_bytes_;
  }

  AudioFormat format() const override { return format_; }
  std::optional<std::uint64_t> frames() const override { return frames_; }
  std::string damage() const override { return damage_; }

  std::size_t Read(float* out, std::size_t frames) override {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(frames, left_ / frame_bytes_));
    bytes_.resize(want * frame_bytes_);
    const auto got = input_.Read(bytes_.data(), bytes_.size());
    if (known_) {
      left_ -= got;
      if (got < bytes_.size()) {
        damage_ = "it is cut off: " + std::to_string(left_) + " bytes of audio are missing";
        left_ = 0;
      }
    }
    const auto whole = got / frame_bytes_;
    ToFloat(encoding_, bytes_.data(), whole * format_.channels, out);
    return whole;
  }

 private:
  BufferedInput& input_;
  const AudioFormat format_;
  const WavEncoding encoding_;
  const std::size_t frame_bytes_;
  const bool known_;
  std::uint64_t left_;
  std::optional<std::uint64_t> frames_;
  std::vector<std::uint8_t> bytes_;
  std::string damage_;
};

}  // namespace

std::unique_ptr<Decoder> OpenWav(BufferedInput& input) {
  return std::make_unique<WavDecoder>(input, ReadHeader(input));
}

}  // namespace cpw

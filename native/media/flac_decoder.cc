#include <algorithm>
#include <array>
#include <cstring>

#include "media/decoder.h"
#include "media/miniaudio_codecs.h"

namespace cpw {
namespace {

constexpr std::size_t kHeadBytes = 42;  // "fLaC", a block header, STREAMINFO
constexpr int kFramesEnd = 0xFF;        // first byte of a frame, never of a metadata block

// Upstream gets the stream as if it held no metadata but STREAMINFO: no pictures to read, no seek
// table to seek to.
class FlacDecoder final : public Decoder {
 public:
  explicit FlacDecoder(BufferedInput& input) : input_(input), format_(ReadMetadata()) {
    codec_ = std::make_unique<FlacCodec>(
        [this](void* out, std::size_t count) { return ReadBytes(out, count); });
    if (!codec_->valid()) RefuseMedia(input_, "its FLAC header is damaged");
  }

  AudioFormat format() const override { return format_; }
  std::optional<std::uint64_t> frames() const override { return frames_; }

  std::size_t Read(float* out, std::size_t frames) override {
    // A frame that cannot be decoded costs upstream at least a byte of input.
    for (auto before = input_.position();; before = input_.position()) {
      const auto got = codec_->Read(out, frames);
      done_ += got;
      if (got > 0 || (ended_ && input_.position() == before)) return got;
      damaged_ = damaged_ || !ended_;
    }
  }

  std::string damage() const override {
    if (frames_ && done_ < *frames_) {
      return "of " + std::to_string(*frames_) + " samples only " + std::to_string(done_) +
             " could be decoded: it is cut off or damaged";
    }
    return damaged_ ? "some of its FLAC frames are damaged" : "";
  }

 private:
  AudioFormat ReadMetadata() {
    if (input_.Read(head_.data(), kHeadBytes) != kHeadBytes || (head_[4] & 0x7F) != 0 ||
        head_[5] != 0 || head_[6] != 0 || head_[7] != 34) {
      RefuseMedia(input_, "its FLAC header is damaged");
    }
    for (bool last = (head_[4] & 0x80) != 0; !last;) {
      const auto block = input_.Peek(4);
      if (block.size() < 4 || block[0] == kFramesEnd) break;
      last = (block[0] & 0x80) != 0;
      const auto bytes = std::uint64_t{block[1]} << 16 | std::uint64_t{block[2]} << 8 | block[3];
      input_.Skip(4 + bytes);
    }
    head_[4] = 0x80;
    const auto* info = head_.data() + 8;
    const auto rate = std::uint64_t{info[10]} << 12 | std::uint64_t{info[11]} << 4 | info[12] >> 4;
    const auto channels = static_cast<std::uint64_t>((info[12] >> 1) & 7) + 1;
    const int largest = info[2] << 8 | info[3];
    const int bits = (((info[12] & 1) << 4) | info[13] >> 4) + 1;
    CheckFormat(input_, channels, rate);
    if (largest < 16 || bits < 4) RefuseMedia(input_, "its FLAC header is damaged");
    std::uint64_t total = info[13] & 15;
    for (int i = 14; i < 18; ++i) total = total << 8 | info[i];
    if (total > 0) frames_ = total;
    return {static_cast<int>(channels), static_cast<int>(rate)};
  }

  std::size_t ReadBytes(void* out, std::size_t count) {
    const auto head = std::min(count, kHeadBytes - given_);
    std::memcpy(out, head_.data() + given_, head);
    given_ += head;
    const auto got = head + input_.Read(static_cast<std::uint8_t*>(out) + head, count - head);
    ended_ = got < count;
    return got;
  }

  BufferedInput& input_;
  std::array<std::uint8_t, kHeadBytes> head_{};
  std::size_t given_ = 0;
  std::optional<std::uint64_t> frames_;
  const AudioFormat format_;
  std::unique_ptr<FlacCodec> codec_;
  std::uint64_t done_ = 0;
  bool ended_ = false;
  bool damaged_ = false;
};

}  // namespace

std::unique_ptr<Decoder> OpenFlac(BufferedInput& input) {
  return std::make_unique<FlacDecoder>(input);
}

}  // namespace cpw

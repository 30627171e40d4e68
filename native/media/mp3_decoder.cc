#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "media/decoder.h"
#include "media/miniaudio_codecs.h"
#include "media/mpeg_header.h"

namespace cpw {
namespace {

constexpr std::size_t kAhead = 16384;         // the codec compares up to ten frame headers
constexpr std::size_t kMaxFrame = 2304;       // of the free format too
constexpr std::size_t kId3v1Bytes = 128;      // "TAG…" at the very end
constexpr std::size_t kCodecDelay = 528 + 1;  // samples by which every layer 3 decoder lags

std::uint32_t Big(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

bool Has(std::span<const std::uint8_t> bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() &&
         std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

class Mp3Decoder final : public Decoder {
 public:
  explicit Mp3Decoder(BufferedInput& input) : input_(input) {
    ReadInfoFrame();
    while (format_.rate == 0) {
      if (!DecodeFrame()) RefuseMedia(input_, "it looks like MP3, but no frame can be decoded");
    }
    Trim();
    CheckFormat(input_, static_cast<std::uint64_t>(format_.channels),
                static_cast<std::uint64_t>(format_.rate));
  }

  AudioFormat format() const override { return format_; }
  std::optional<std::uint64_t> frames() const override { return frames_; }
  std::string damage() const override {
    if (frames_ && done_ + format_.rate / 10 < *frames_) {
      return "of " + std::to_string(*frames_) + " samples only " + std::to_string(done_) +
             " are there: it is cut off or damaged";
    }
    return damaged_ ? "some of its MP3 frames are damaged" : "";
  }

  std::size_t Read(float* out, std::size_t frames) override {
    while (held_ == 0) {
      if (!DecodeFrame()) return 0;
      Trim();
    }
    const auto count = std::min(frames, held_);
    const auto channels = static_cast<std::size_t>(format_.channels);
    std::copy_n(samples_.data() + first_ * channels, count * channels, out);
    first_ += count;
    held_ -= count;
    done_ += count;
    return count;
  }

 private:
  // Encoders put the number of frames, their own delay and the padding of the last frame into a
  // first frame that holds silence ("Xing" with a variable bit rate, "Info" with a constant one).
  void ReadInfoFrame() {
    const auto bytes = input_.Peek(kMaxFrame);
    const auto header = ParseMpegHeader(bytes);
    if (!header || header->layer != 3 || header->bytes > bytes.size()) return;
    const auto frame = bytes.first(header->bytes);
    std::size_t at = 4 + header->side_info;
    if (header->crc && !Has(frame, at, "Xing") && !Has(frame, at, "Info")) at += 2;
    if (!Has(frame, at, "Xing") && !Has(frame, at, "Info")) return;
    const auto flags = Big(frame, at + 4);
    at += 8;
    std::uint64_t count = 0;
    if ((flags & 1) && at + 4 <= frame.size()) count = Big(frame, at);
    at += (flags & 1 ? 4U : 0U) + (flags & 2 ? 4U : 0U) + (flags & 4 ? 100U : 0U) +
          (flags & 8 ? 4U : 0U);
    std::size_t padding = 0;
    if (at + 24 <= frame.size() && frame[at] != 0) {  // "LAME3.100", "Lavc58", …
      const auto* gap = frame.data() + at + 21;
      skip_ = (std::size_t{gap[0]} << 4 | gap[1] >> 4) + kCodecDelay;
      padding = (std::size_t{gap[1] & 15U} << 8 | gap[2]);
      padding -= std::min(padding, kCodecDelay);
    }
    const auto samples = count * header->samples;
    if (samples > skip_ + padding) frames_ = samples - skip_ - padding;
    input_.Consume(header->bytes);
  }

  // False at the end. Else `samples_` holds `held_` frames, perhaps none.
  bool DecodeFrame() {
    auto bytes = input_.Peek(kAhead);
    const bool tail = bytes.size() < kAhead;
    if (tail && bytes.size() >= kId3v1Bytes && Has(bytes, bytes.size() - kId3v1Bytes, "TAG")) {
      bytes = bytes.first(bytes.size() - kId3v1Bytes);
    }
    if (bytes.empty()) return false;
    first_ = held_ = 0;
    const auto frame = codec_.Decode(bytes, samples_.data());
    auto used = std::min(frame.bytes, bytes.size());
    if (frame.rate > 0) {
      damaged_ = damaged_ || !ParseMpegHeader(bytes);  // rubbish before the frame
      Take(frame);
    } else {
      damaged_ = damaged_ || !tail;
      // A frame may begin near the end of what was looked at.
      used = tail ? bytes.size() : std::min(used, kAhead - 2 * kMaxFrame);
    }
    input_.Consume(std::max<std::size_t>(used, 1));
    return true;
  }

  // A frame that cannot be decoded (its data was in a lost one before it) counts as silence, so
  // that what follows keeps its time.
  void Take(const MpegCodec::Frame& frame) {
    if (format_.rate == 0) format_ = {frame.channels, frame.rate};
    if (frame.samples == 0) {
      damaged_ = true;
      samples_.fill(0.0F);
    }
    if (frame.rate != format_.rate) {
      damaged_ = true;
      return;
    }
    held_ = frame.duration;
    if (frame.channels == 1 && format_.channels == 2) {
      for (auto i = held_; i-- > 0;) samples_[2 * i] = samples_[2 * i + 1] = samples_[i];
    } else if (frame.channels == 2 && format_.channels == 1) {
      for (std::size_t i = 0; i < held_; ++i) {
        samples_[i] = (samples_[2 * i] + samples_[2 * i + 1]) / 2;
      }
    }
  }

  void Trim() {
    const auto skipped = std::min(skip_, held_);
    skip_ -= skipped;
    first_ += skipped;
    held_ -= skipped;
    // Only at the real end: joined files keep the frame count of the first one.
    if (frames_ && done_ + held_ > *frames_ && input_.Peek(kAhead).size() < kAhead / 2) {
      held_ = static_cast<std::size_t>(*frames_ - std::min(*frames_, done_));
    }
  }

  BufferedInput& input_;
  MpegCodec codec_;
  AudioFormat format_;
  std::optional<std::uint64_t> frames_;
  std::array<float, MpegCodec::kMaxSamples> samples_{};
  std::size_t first_ = 0;  // the first frame of `samples_` that was not given out
  std::size_t held_ = 0;
  std::size_t skip_ = 0;
  std::uint64_t done_ = 0;
  bool damaged_ = false;
};

}  // namespace

std::unique_ptr<Decoder> OpenMp3(BufferedInput& input) {
  return std::make_unique<Mp3Decoder>(input);
}

}  // namespace cpw

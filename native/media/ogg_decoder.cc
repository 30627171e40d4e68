#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "media/decoder.h"
#include "media/ogg_packets.h"
#include "media/vorbis_codec.h"

namespace cpw {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool Begins(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

const char* ForeignCodec(Bytes first_packet) {
  if (Begins(first_packet, "OpusHead")) return "an Ogg file with Opus audio";
  if (Begins(first_packet,
             "\x7F"
             "FLAC"))
    return "an Ogg file with FLAC audio";
  if (Begins(first_packet, "Speex   ")) return "an Ogg file with Speex audio";
  return nullptr;
}

class OggDecoder final : public Decoder {
 public:
  explicit OggDecoder(BufferedInput& input) : packets_(input) {
    const char* foreign = nullptr;
    if (!FindVorbis(foreign)) {
      RefuseFormat(input, foreign ? foreign : "an Ogg file without Vorbis audio");
    }
    if (!codec_ || !codec_->valid()) RefuseMedia(input, "its Vorbis headers are damaged");
    format_ = codec_->format();
    CheckFormat(input, static_cast<std::uint64_t>(format_.channels),
                static_cast<std::uint64_t>(format_.rate));
  }

  AudioFormat format() const override { return format_; }

  std::size_t Read(float* out, std::size_t frames) override {
    while (held_ == 0) {
      if (!DecodePacket()) return 0;
    }
    const auto count = std::min(frames, held_);
    for (int c = 0; c < format_.channels; ++c) {
      const float* in = codec_->channel(c) + first_;
      for (std::size_t i = 0; i < count; ++i) {
        out[i * static_cast<std::size_t>(format_.channels) + static_cast<std::size_t>(c)] = in[i];
      }
    }
    first_ += count;
    held_ -= count;
    return count;
  }

  std::string damage() const override {
    if (packets_.cut_off() || !last_seen_) return "it is cut off";
    return damaged_ || packets_.damaged() ? "some of its Ogg pages or Vorbis packets are damaged"
                                          : "";
  }

 private:
  // Goes on to the next Vorbis stream and reads its three headers.
  bool FindVorbis(const char*& foreign) {
    codec_.reset();
    while (packets_.NextStream()) {
      const auto first = packets_.Next();
      if (!first) continue;
      if (Begins(first->bytes, "\x01vorbis")) {
        const std::vector<std::uint8_t> identification(first->bytes.begin(), first->bytes.end());
        if (!packets_.Next()) return true;  // comments
        const auto setup = packets_.Next();
        if (setup) codec_ = std::make_unique<VorbisCodec>(identification, setup->bytes);
        position_ = 0;
        last_seen_ = false;
        return true;
      }
      if (!foreign) foreign = ForeignCodec(first->bytes);
    }
    return false;
  }

  // False at the end. A file may hold several streams, one after the other.
  bool DecodePacket() {
    const auto packet = packets_.Next();
    if (!packet) {
      const char* foreign = nullptr;
      const bool ended = last_seen_;
      if (!FindVorbis(foreign)) {
        last_seen_ = ended;
        return false;
      }
      if (codec_ && codec_->valid() && codec_->format().channels == format_.channels &&
          codec_->format().rate == format_.rate) {
        return true;
      }
      damaged_ = true;
      return last_seen_ = true, false;
    }
    bool ok = true;
    first_ = 0;
    held_ = codec_->Decode(packet->bytes, ok);
    damaged_ = damaged_ || !ok;
    position_ += held_;
    if (packet->granule) {
      // The last packet is filled up with silence beyond the end of the audio.
      if (packet->last && position_ > *packet->granule) {
        held_ -=
            static_cast<std::size_t>(std::min<std::uint64_t>(held_, position_ - *packet->granule));
      }
      position_ = *packet->granule;
    }
    last_seen_ = last_seen_ || packet->last;
    return true;
  }

  OggPackets packets_;
  std::unique_ptr<VorbisCodec> codec_;
  AudioFormat format_;
  std::uint64_t position_ = 0;
  std::size_t first_ = 0;
  std::size_t held_ = 0;
  bool last_seen_ = false;
  bool damaged_ = false;
};

}  // namespace

std::unique_ptr<Decoder> OpenOgg(BufferedInput& input) {
  return std::make_unique<OggDecoder>(input);
}

}  // namespace cpw

#include "media/decoder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "media/mpeg_header.h"

namespace cpw {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool Has(Bytes bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + at,
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

struct Foreign {
  std::size_t at;
  std::string_view magic;
  const char* name;
};

constexpr std::array kForeign{
    Foreign{4, "ftyp", "an MP4, M4A or MOV file"},
    Foreign{4, "moov", "a QuickTime file"},
    Foreign{4, "mdat", "a QuickTime file"},
    Foreign{0, "\x1A\x45\xDF\xA3", "a Matroska or WebM file"},
    Foreign{8, "AVI ", "an AVI file"},
    Foreign{8, "AIFF", "an AIFF file"},
    Foreign{8, "AIFC", "an AIFF-C file"},
    Foreign{0, "riff", "a Wave64 file"},
    Foreign{0, "RIFX", "a big-endian WAV file"},
    Foreign{0, "\x30\x26\xB2\x75", "a WMA, WMV or ASF file"},
    Foreign{0, "caff", "a Core Audio file"},
    Foreign{0, ".snd", "an AU file"},
    Foreign{0, "#!AMR", "an AMR file"},
    Foreign{0, "wvpk", "a WavPack file"},
    Foreign{0, "MAC ", "a Monkey's Audio file"},
    Foreign{0, "ADIF", "an AAC file"},
    Foreign{0, "FLV", "a Flash video"},
    Foreign{0, std::string_view("\x00\x00\x01\xBA", 4), "an MPEG program stream"},
    Foreign{0, "MThd", "a MIDI file (notes, no audio)"},
};

// ID3v2 stands before MP3 as a rule, and before FLAC now and then.
void SkipId3(BufferedInput& input) {
  for (int tags = 0; tags < 16; ++tags) {
    const auto head = input.Peek(10);
    if (head.size() < 10 || !Has(head, 0, "ID3")) return;
    std::uint64_t length = 0;
    for (int i = 6; i < 10; ++i) length = (length << 7) | (head[i] & 0x7F);
    if (head[5] & 0x10) length += 10;
    input.Skip(10 + length);
  }
}

std::string Seen(Bytes head) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : head.first(std::min<std::size_t>(head.size(), 8))) {
    if (!text.empty()) text += ' ';
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

}  // namespace

void RefuseMedia(const BufferedInput& input, const std::string& reason) {
  throw CpwError(ErrorCode::kUnsupportedMedia,
                 "Cannot decode " + input.name() + ": " + reason +
                     ". Next step: check the file, or make it anew with: "
                     "ffmpeg -i in -ar 16000 -ac 1 out.wav");
}

void RefuseFormat(const BufferedInput& input, const std::string& format) {
  throw ForeignFormat("Cannot decode " + input.name() + ": it is " + format +
                          ", which needs ffmpeg. Next step: convert it with: "
                          "ffmpeg -i in -ar 16000 -ac 1 out.wav",
                      format);
}

void CheckFormat(const BufferedInput& input, std::uint64_t channels, std::uint64_t rate) {
  if (channels < 1 || channels > kMaxChannels) {
    RefuseMedia(input, "its header claims " + std::to_string(channels) + " channels (1 to " +
                           std::to_string(kMaxChannels) + " are read)");
  }
  if (rate < kMinRate || rate > kMaxRate) {
    RefuseMedia(input, "its header claims a rate of " + std::to_string(rate) + " Hz (" +
                           std::to_string(kMinRate) + " to " + std::to_string(kMaxRate) +
                           " are read)");
  }
}

std::unique_ptr<Decoder> OpenDecoder(BufferedInput& input) {
  if (input.Peek(1).empty()) RefuseMedia(input, "it is empty");
  SkipId3(input);
  const auto head = input.Peek(12);
  if ((Has(head, 0, "RIFF") || Has(head, 0, "RF64") || Has(head, 0, "BW64")) &&
      Has(head, 8, "WAVE")) {
    return OpenWav(input);
  }
  if (Has(head, 0, "fLaC")) return OpenFlac(input);
  if (Has(head, 0, "OggS")) return OpenOgg(input);
  for (const auto& foreign : kForeign) {
    if (Has(head, foreign.at, foreign.magic)) RefuseFormat(input, foreign.name);
  }
  if (IsAdts(head)) RefuseFormat(input, "an AAC stream");
  // Frames may follow rubbish, such as padding behind a tag or the rest of a cut frame.
  const auto start = input.Peek(kMpegSearchBytes);
  if (Has(start, 0, "G") && Has(start, 188, "G") && Has(start, 376, "G")) {
    RefuseFormat(input, "an MPEG transport stream");
  }
  if (const auto offset = FindMpegFrames(start)) {
    input.Consume(*offset);
    return OpenMp3(input);
  }
  if (start.empty()) RefuseMedia(input, "it holds a tag and no audio");
  throw ForeignFormat("Cannot decode " + input.name() +
                          ": it is none of WAV, FLAC, MP3 and Ogg Vorbis (it begins with " +
                          Seen(start) +
                          "). Next step: check the file, or make it anew with: "
                          "ffmpeg -i in -ar 16000 -ac 1 out.wav",
                      "none of WAV, FLAC, MP3 and Ogg Vorbis (it begins with " + Seen(start) + ")");
}

}  // namespace cpw

#include "media/vorbis_codec.h"

#define STB_VORBIS_NO_STDIO
#define STB_VORBIS_NO_PULLDATA_API
#define STB_VORBIS_NO_INTEGER_CONVERSION
#define STB_VORBIS_MAX_CHANNELS 16
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#include <stb_vorbis.c>
#pragma GCC diagnostic pop

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>

#include "media/vorbis_headers.h"

namespace cpw {
namespace {

using Bytes = std::span<const std::uint8_t>;

// All memory of one decoder, so that headers which ask for more are refused. The reference
// encoder's files need 0.2 MB for stereo and below 2 MB for 16 channels.
constexpr int kArenaBytes = 8 << 20;
constexpr std::size_t kPageSegments = 255;
constexpr std::array<std::uint8_t, 16> kNoComments{3, 'v', 'o', 'r', 'b', 'i', 's', 0,
                                                   0, 0,   0,   0,   0,   0,   0,   1};

enum PageFlag : std::uint8_t { kPlain = 0, kContinued = 1, kFirst = 2 };

// As pages that hold this packet alone, without checksum and position.
void AppendPages(Bytes packet, PageFlag flag, std::vector<std::uint8_t>& out) {
  auto segments = packet.size() / 255 + 1;
  std::size_t offset = 0;
  for (std::uint8_t flags = flag; segments > 0; flags = kContinued) {
    const auto count = std::min(segments, kPageSegments);
    segments -= count;
    const auto bytes = std::min(packet.size() - offset, count * 255);
    constexpr std::string_view kMagic = "OggS";
    out.insert(out.end(), kMagic.begin(), kMagic.end());
    out.push_back(0);
    out.push_back(flags);
    out.insert(out.end(), 8, 0xFF);  // position: none
    out.insert(out.end(), 12, 0);    // serial, sequence, checksum: not looked at
    out.push_back(static_cast<std::uint8_t>(count));
    out.insert(out.end(), count - (segments == 0 ? 1 : 0), 255);
    if (segments == 0) out.push_back(static_cast<std::uint8_t>(packet.size() % 255));
    const auto part = packet.subspan(offset, bytes);
    out.insert(out.end(), part.begin(), part.end());
    offset += bytes;
  }
}

}  // namespace

struct VorbisCodec::State {
  struct Close {
    void operator()(stb_vorbis* vorbis) const noexcept { stb_vorbis_close(vorbis); }
  };
  std::unique_ptr<char[]> arena = std::make_unique_for_overwrite<char[]>(kArenaBytes);
  std::unique_ptr<stb_vorbis, Close> vorbis;
  AudioFormat format;
  std::vector<std::uint8_t> pages;
  float** channels = nullptr;
};

VorbisCodec::VorbisCodec(Bytes identification, Bytes setup) : state_(std::make_unique<State>()) {
  if (!VorbisSetupIsSane(setup)) return;
  auto& pages = state_->pages;
  AppendPages(identification, kFirst, pages);
  AppendPages(kNoComments, kPlain, pages);
  AppendPages(setup, kPlain, pages);
  const stb_vorbis_alloc arena{state_->arena.get(), kArenaBytes};
  int used = 0;
  int error = 0;
  static std::mutex opening;  // it fills a static table each time
  std::lock_guard lock(opening);
  state_->vorbis.reset(stb_vorbis_open_pushdata(pages.data(), static_cast<int>(pages.size()), &used,
                                                &error, &arena));
  if (!state_->vorbis) return;
  const auto info = stb_vorbis_get_info(state_->vorbis.get());
  state_->format = {info.channels, static_cast<int>(info.sample_rate)};
}
VorbisCodec::~VorbisCodec() = default;

bool VorbisCodec::valid() const { return state_->vorbis != nullptr; }
AudioFormat VorbisCodec::format() const { return state_->format; }
const float* VorbisCodec::channel(int index) const { return state_->channels[index]; }

std::size_t VorbisCodec::Decode(Bytes packet, bool& ok) {
  auto& pages = state_->pages;
  pages.clear();
  AppendPages(packet, kPlain, pages);
  int frames = 0;
  auto* vorbis = state_->vorbis.get();
  stb_vorbis_decode_frame_pushdata(vorbis, pages.data(), static_cast<int>(pages.size()), nullptr,
                                   &state_->channels, &frames);
  ok = stb_vorbis_get_error(vorbis) == VORBIS__no_error;
  // Whatever it left of the page is dropped; after an error it would search for a checksum.
  vorbis->page_crc_tests = -1;
  vorbis->next_seg = -1;
  return frames > 0 ? static_cast<std::size_t>(frames) : 0;
}

}  // namespace cpw

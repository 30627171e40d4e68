// Only the codecs: no devices, threads, engines or run-time linking. Static, so what is not used is
// not linked, its own file reading among it.
#define MINIAUDIO_IMPLEMENTATION
#define MA_API static
#define MA_NO_DEVICE_IO
#define MA_NO_THREADING
#define MA_NO_RUNTIME_LINKING
#define MA_NO_RESOURCE_MANAGER
#define MA_NO_NODE_GRAPH
#define MA_NO_ENGINE
#define MA_NO_GENERATION
#define MA_NO_ENCODING
#define MA_NO_WAV
#define MA_DR_FLAC_NO_OGG
#define MA_DR_MP3_FLOAT_OUTPUT
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <miniaudio.h>
#pragma GCC diagnostic pop

#include <exception>
#include <utility>

#include "media/miniaudio_codecs.h"

namespace cpw {

struct FlacCodec::State {
  struct Close {
    void operator()(ma_dr_flac* flac) const noexcept { ma_dr_flac_close(flac); }
  };

  static std::size_t OnRead(void* user, void* out, std::size_t count) {
    auto& state = *static_cast<State*>(user);
    if (state.failure) return 0;
    try {
      return state.read(out, count);
    } catch (...) {  // must not pass through upstream's code, which would leak
      state.failure = std::current_exception();
      return 0;
    }
  }
  static ma_bool32 OnSeek(void*, int, ma_dr_flac_seek_origin) { return MA_FALSE; }

  void Rethrow() {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  }

  ReadBytes read;
  std::exception_ptr failure;
  std::unique_ptr<ma_dr_flac, Close> flac;
};

FlacCodec::FlacCodec(ReadBytes read) : state_(std::make_unique<State>()) {
  state_->read = std::move(read);
  state_->flac.reset(ma_dr_flac_open(State::OnRead, State::OnSeek, nullptr, state_.get(), nullptr));
  state_->Rethrow();
}
FlacCodec::~FlacCodec() = default;

bool FlacCodec::valid() const { return state_->flac != nullptr; }

std::size_t FlacCodec::Read(float* out, std::size_t frames) {
  const auto got = ma_dr_flac_read_pcm_frames_f32(state_->flac.get(), frames, out);
  if (got == 0) state_->Rethrow();
  return static_cast<std::size_t>(got);
}

struct MpegCodec::State {
  ma_dr_mp3dec decoder;
};

MpegCodec::MpegCodec() : state_(std::make_unique<State>()) { ma_dr_mp3dec_init(&state_->decoder); }
MpegCodec::~MpegCodec() = default;

MpegCodec::Frame MpegCodec::Decode(std::span<const std::uint8_t> bytes, float* out) {
  ma_dr_mp3dec_frame_info info{};
  const int samples = ma_dr_mp3dec_decode_frame(&state_->decoder, bytes.data(),
                                                static_cast<int>(bytes.size()), out, &info);
  Frame frame;
  frame.bytes = static_cast<std::size_t>(info.frame_bytes);
  frame.samples = static_cast<std::size_t>(samples);
  frame.channels = info.channels;
  frame.rate = info.sample_rate;
  const bool half = info.layer == 3 && info.sample_rate < 32000;  // MPEG-2 and 2.5
  frame.duration = info.layer == 1 ? 384 : half ? 576 : 1152;
  return frame;
}

}  // namespace cpw

// join_audio <out.wav> <silence s> <part>...: the parts one after another with digital silence
// between them, as 16-bit mono WAV at 16 kHz.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define MINIAUDIO_IMPLEMENTATION
#define MA_NO_DEVICE_IO
#define MA_NO_THREADING
#define MA_NO_ENGINE
#define MA_NO_GENERATION
#include "miniaudio.h"

namespace {

constexpr ma_uint32 kRate = 16'000;

bool Append(const char* path, std::vector<std::int16_t>& out) {
  ma_decoder_config config = ma_decoder_config_init(ma_format_s16, 1, kRate);
  ma_uint64 frames = 0;
  void* samples = nullptr;
  if (ma_decode_file(path, &config, &frames, &samples) != MA_SUCCESS) return false;
  const auto* first = static_cast<const std::int16_t*>(samples);
  out.insert(out.end(), first, first + frames);
  ma_free(samples, nullptr);
  return true;
}

bool Write(const char* path, const std::vector<std::int16_t>& samples) {
  ma_encoder_config config =
      ma_encoder_config_init(ma_encoding_format_wav, ma_format_s16, 1, kRate);
  ma_encoder encoder;
  if (ma_encoder_init_file(path, &config, &encoder) != MA_SUCCESS) return false;
  ma_uint64 written = 0;
  const ma_result result =
      ma_encoder_write_pcm_frames(&encoder, samples.data(), samples.size(), &written);
  ma_encoder_uninit(&encoder);
  return result == MA_SUCCESS && written == samples.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: join_audio <out.wav> <silence s> <part>...\n");
    return 2;
  }
  const auto silence = static_cast<std::size_t>(std::atof(argv[2]) * kRate);
  std::vector<std::int16_t> samples;
  for (int i = 3; i < argc; ++i) {
    if (i > 3) samples.resize(samples.size() + silence);
    if (!Append(argv[i], samples)) {
      std::fprintf(stderr, "cannot decode %s\n", argv[i]);
      return 1;
    }
  }
  if (!Write(argv[1], samples)) {
    std::fprintf(stderr, "cannot write %s\n", argv[1]);
    return 1;
  }
  return 0;
}

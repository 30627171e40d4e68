// The spectrogram of audio that lies between pages which nobody may read: a compiler's masked load
// behind it reads nothing on a CPU and ends the program under an emulator that ignores the mask.
#include <sys/mman.h>

#include <cstddef>
#include <cstdio>
#include <span>
#include <vector>

#include "core/mel.h"

int main() {
  constexpr std::size_t kGap = std::size_t{4} << 20;  // 30 s of silence reach 1.9 MB behind
  constexpr std::size_t kSize = std::size_t{64} << 10;
  void* const mapped =
      mmap(nullptr, 2 * kGap + kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return 1;
  char* const open = static_cast<char*>(mapped) + kGap;
  if (mprotect(open, kSize, PROT_READ | PROT_WRITE) != 0) return 1;
  const std::span<float> samples(reinterpret_cast<float*>(open), kSize / sizeof(float));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 80) / 80;
  const cpw::MelSpectrogram spectrogram(80);
  std::vector<float> mel;
  for (const std::size_t frames : {50u, 102u, 103u, 3000u}) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{150}, samples.size()}) {
      spectrogram.Compute(samples.first(count), frames, mel);
      spectrogram.Compute(samples.last(count), frames, mel);
    }
  }
  std::puts("read nothing but the audio");
  return 0;
}

#pragma once

#include <cstddef>
#include <vector>

namespace cpw {

// Eight signals side by side: every lane does the same arithmetic, so the transform needs no
// shuffles whatever the instruction set (one AVX register, two of SSE or NEON).
inline constexpr std::size_t kLanes = 8;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

struct ComplexLanes {
  Lanes re;
  Lanes im;
};

// |X[k]|^2 of eight real signals of 400 samples: a complex transform of 200 points over the even
// and odd samples (Stockham, radices 4, 5, 5, 2), then taken apart. Thread-safe once made.
class PowerSpectrum {
 public:
  static constexpr std::size_t kSize = 400;
  static constexpr std::size_t kBins = kSize / 2 + 1;

  PowerSpectrum();
  // `packed[n]` holds sample 2n as real and 2n + 1 as imaginary part; it is overwritten.
  void Compute(ComplexLanes (&packed)[kSize / 2], Lanes (&power)[kBins]) const;

 private:
  struct Twiddle {
    float re;
    float im;
  };
  template <int kRadix>
  static void Stage(const ComplexLanes* in, ComplexLanes* out, std::size_t length,
                    std::size_t stride, const Twiddle* twiddles);

  std::vector<Twiddle> stages_;  // of all stages, in the order in which they are used
  std::vector<Twiddle> split_;   // e^(-2 pi i k / 400)
};

}  // namespace cpw

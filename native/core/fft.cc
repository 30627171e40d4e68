#include "core/fft.h"

#include <cmath>
#include <numbers>

namespace cpw {
namespace {

constexpr std::size_t kHalf = PowerSpectrum::kSize / 2;
constexpr std::size_t kRadices[] = {4, 5, 5, 2};

template <int kRadix>
void Butterfly(ComplexLanes (&a)[kRadix]);

template <>
inline void Butterfly<2>(ComplexLanes (&a)[2]) {
  const ComplexLanes b = a[1];
  a[1] = {a[0].re - b.re, a[0].im - b.im};
  a[0] = {a[0].re + b.re, a[0].im + b.im};
}

template <>
inline void Butterfly<4>(ComplexLanes (&a)[4]) {
  const ComplexLanes even_sum = {a[0].re + a[2].re, a[0].im + a[2].im};
  const ComplexLanes even_difference = {a[0].re - a[2].re, a[0].im - a[2].im};
  const ComplexLanes odd_sum = {a[1].re + a[3].re, a[1].im + a[3].im};
  const ComplexLanes odd_difference = {a[1].re - a[3].re, a[1].im - a[3].im};
  a[0] = {even_sum.re + odd_sum.re, even_sum.im + odd_sum.im};
  a[1] = {even_difference.re + odd_difference.im, even_difference.im - odd_difference.re};
  a[2] = {even_sum.re - odd_sum.re, even_sum.im - odd_sum.im};
  a[3] = {even_difference.re - odd_difference.im, even_difference.im + odd_difference.re};
}

template <>
inline void Butterfly<5>(ComplexLanes (&a)[5]) {
  constexpr float kCos1 = 0.30901699437494742f;   // cos(2 pi / 5)
  constexpr float kCos2 = -0.80901699437494742f;  // cos(4 pi / 5)
  constexpr float kSin1 = 0.95105651629515357f;   // sin(2 pi / 5)
  constexpr float kSin2 = 0.58778525229247313f;   // sin(4 pi / 5)
  const ComplexLanes outer_sum = {a[1].re + a[4].re, a[1].im + a[4].im};
  const ComplexLanes outer_difference = {a[1].re - a[4].re, a[1].im - a[4].im};
  const ComplexLanes inner_sum = {a[2].re + a[3].re, a[2].im + a[3].im};
  const ComplexLanes inner_difference = {a[2].re - a[3].re, a[2].im - a[3].im};
  const ComplexLanes base1 = {a[0].re + kCos1 * outer_sum.re + kCos2 * inner_sum.re,
                              a[0].im + kCos1 * outer_sum.im + kCos2 * inner_sum.im};
  const ComplexLanes base2 = {a[0].re + kCos2 * outer_sum.re + kCos1 * inner_sum.re,
                              a[0].im + kCos2 * outer_sum.im + kCos1 * inner_sum.im};
  const ComplexLanes turn1 = {kSin1 * outer_difference.re + kSin2 * inner_difference.re,
                              kSin1 * outer_difference.im + kSin2 * inner_difference.im};
  const ComplexLanes turn2 = {kSin2 * outer_difference.re - kSin1 * inner_difference.re,
                              kSin2 * outer_difference.im - kSin1 * inner_difference.im};
  a[0] = {a[0].re + outer_sum.re + inner_sum.re, a[0].im + outer_sum.im + inner_sum.im};
  a[1] = {base1.re + turn1.im, base1.im - turn1.re};
  a[2] = {base2.re + turn2.im, base2.im - turn2.re};
  a[3] = {base2.re - turn2.im, base2.im + turn2.re};
  a[4] = {base1.re - turn1.im, base1.im + turn1.re};
}

double Angle(std::size_t numerator, std::size_t denominator) {
  return -2.0 * std::numbers::pi * static_cast<double>(numerator) /
         static_cast<double>(denominator);
}

}  // namespace

PowerSpectrum::PowerSpectrum() {
  const auto unit = [](double angle) {
    return Twiddle{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  };
  std::size_t length = kHalf;
  for (const std::size_t radix : kRadices) {
    for (std::size_t p = 0; p < length / radix; ++p)
      for (std::size_t j = 1; j < radix; ++j) stages_.push_back(unit(Angle(p * j, length)));
    length /= radix;
  }
  for (std::size_t k = 0; k <= kHalf / 2; ++k) split_.push_back(unit(Angle(k, kSize)));
}

// One pass of the self-sorting transform: `length` points are left to combine, `stride` of the
// interleaved sub-transforms lie side by side.
template <int kRadix>
void PowerSpectrum::Stage(const ComplexLanes* in, ComplexLanes* out, std::size_t length,
                          std::size_t stride, const Twiddle* twiddles) {
  const std::size_t part = length / kRadix;
  for (std::size_t p = 0; p < part; ++p) {
    const Twiddle* factors = twiddles + p * (kRadix - 1);
    for (std::size_t q = 0; q < stride; ++q) {
      ComplexLanes a[kRadix];
      for (std::size_t k = 0; k < kRadix; ++k) a[k] = in[q + stride * (p + part * k)];
      Butterfly<kRadix>(a);
      ComplexLanes* to = out + q + stride * kRadix * p;
      to[0] = a[0];
      for (std::size_t j = 1; j < kRadix; ++j) {
        const Twiddle w = factors[j - 1];
        to[stride * j] = {a[j].re * w.re - a[j].im * w.im, a[j].re * w.im + a[j].im * w.re};
      }
    }
  }
}

void PowerSpectrum::Compute(ComplexLanes (&packed)[kHalf], Lanes (&power)[kBins]) const {
  ComplexLanes other[kHalf];
  const Twiddle* twiddles = stages_.data();
  Stage<4>(packed, other, 200, 1, twiddles);
  twiddles += 200 / 4 * 3;
  Stage<5>(other, packed, 50, 4, twiddles);
  twiddles += 50 / 5 * 4;
  Stage<5>(packed, other, 10, 20, twiddles);
  twiddles += 10 / 5 * 4;
  Stage<2>(other, packed, 2, 100, twiddles);

  const ComplexLanes first = packed[0];
  power[0] = (first.re + first.im) * (first.re + first.im);
  power[kHalf] = (first.re - first.im) * (first.re - first.im);
  for (std::size_t k = 1; k <= kHalf / 2; ++k) {
    const ComplexLanes z = packed[k];
    const ComplexLanes mirror = packed[kHalf - k];
    // Twice the spectra of the even and of the odd samples; the quarter at the end undoes it.
    const ComplexLanes even = {z.re + mirror.re, z.im - mirror.im};
    const ComplexLanes odd = {z.im + mirror.im, mirror.re - z.re};
    const Twiddle w = split_[k];
    const ComplexLanes turned = {odd.re * w.re - odd.im * w.im, odd.re * w.im + odd.im * w.re};
    const ComplexLanes low = {even.re + turned.re, even.im + turned.im};
    const ComplexLanes high = {even.re - turned.re, even.im - turned.im};
    power[k] = 0.25f * (low.re * low.re + low.im * low.im);
    power[kHalf - k] = 0.25f * (high.re * high.re + high.im * high.im);
  }
}

}  // namespace cpw

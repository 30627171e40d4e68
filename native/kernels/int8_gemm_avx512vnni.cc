#include <immintrin.h>

#include "kernels/int8_gemm_kernels.h"
#include "kernels/int8_gemm_tile.h"

namespace cpw::kernels {
namespace {

// 4 values of A a row and step, unaligned. The last step of a k that is no multiple of 4 is masked.
struct Avx512Vnni {
  static constexpr size_t kRows = 6;
  static constexpr size_t kStep = 4;

  template <size_t rows>
  static inline void Tile(const uint8_t* a, size_t k, const int8_t* b, size_t steps,
                          const int32_t* start, int32_t* c, size_t ldc, size_t width) {
    __mmask16 mask[4];
    __m512i sum[rows][4];
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; ++j) {
      const size_t left = width > 16 * j ? width - 16 * j : 0;
      mask[j] = static_cast<__mmask16>(left >= 16 ? 0xffff : (1u << left) - 1);
      const __m512i first =
          start ? _mm512_maskz_loadu_epi32(mask[j], start + 16 * j) : _mm512_setzero_si512();
#pragma GCC unroll 6
      for (size_t r = 0; r < rows; ++r) sum[r][j] = first;
    }
    const size_t whole = k / kStep;
    for (size_t step = 0; step < whole; ++step, b += 256) {
      Step<rows>(sum, b, [&](size_t r) { return Load4(a + r * k + step * kStep); });
    }
    if (whole < steps) {
      Step<rows>(sum, b, [&](size_t r) {
        int32_t value = 0;
        for (size_t i = 0; i < k % kStep; ++i)
          value |= static_cast<int32_t>(a[r * k + whole * kStep + i]) << (8 * i);
        return value;
      });
    }
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r) {
#pragma GCC unroll 4
      for (size_t j = 0; j < 4; ++j)
        _mm512_mask_storeu_epi32(c + r * ldc + 16 * j, mask[j], sum[r][j]);
    }
  }

  static void Rest(size_t rows, const uint8_t* a, size_t k, const int8_t* b, size_t steps,
                   const int32_t* start, int32_t* c, size_t ldc, size_t width) {
    switch (rows) {
      case 1:
        return Tile<1>(a, k, b, steps, start, c, ldc, width);
      case 2:
        return Tile<2>(a, k, b, steps, start, c, ldc, width);
      case 3:
        return Tile<3>(a, k, b, steps, start, c, ldc, width);
      case 4:
        return Tile<4>(a, k, b, steps, start, c, ldc, width);
      default:
        return Tile<5>(a, k, b, steps, start, c, ldc, width);
    }
  }

 private:
  static inline int32_t Load4(const uint8_t* p) {
    int32_t value;
    __builtin_memcpy(&value, p, sizeof value);
    return value;
  }

  template <size_t rows, typename Values>
  static inline __attribute__((always_inline)) void Step(__m512i (&sum)[rows][4], const int8_t* b,
                                                         Values values) {
    const __m512i b0 = _mm512_loadu_si512(b);
    const __m512i b1 = _mm512_loadu_si512(b + 64);
    const __m512i b2 = _mm512_loadu_si512(b + 128);
    const __m512i b3 = _mm512_loadu_si512(b + 192);
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r) {
      const __m512i value = _mm512_set1_epi32(values(r));
      sum[r][0] = _mm512_dpbusd_epi32(sum[r][0], value, b0);
      sum[r][1] = _mm512_dpbusd_epi32(sum[r][1], value, b1);
      sum[r][2] = _mm512_dpbusd_epi32(sum[r][2], value, b2);
      sum[r][3] = _mm512_dpbusd_epi32(sum[r][3], value, b3);
    }
  }
};

}  // namespace

const Int8Gemm kInt8GemmAvx512Vnni = {"AVX512 VNNI", PanelBytes<4>, PackPanels<4>,
                                      MultiplyBlocks<Avx512Vnni>};

}  // namespace cpw::kernels

#include <immintrin.h>

#include "kernels/int8_gemm_kernels.h"
#include "kernels/int8_gemm_tile.h"

namespace cpw::kernels {
namespace {

// Widens to 16 bits before it multiplies: vpmaddubsw would saturate at 2 x 255 x 127.
struct Avx2 {
  static constexpr size_t kRows = 6;
  static constexpr size_t kStep = 2;

  template <size_t rows>
  static inline void Tile(const uint8_t* a, size_t k, const int8_t* b, size_t steps,
                          const int32_t* start, int32_t* c, size_t ldc, size_t width) {
    for (size_t column = 0; column < width; column += 16) {
      Sixteen<rows>(a, k, b + 2 * column, steps, start ? start + column : nullptr, c + column, ldc,
                    width - column < 16 ? width - column : 16);
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
  // Columns of a panel that fit the 16 registers together with six rows.
  template <size_t rows>
  static inline void Sixteen(const uint8_t* a, size_t k, const int8_t* b, size_t steps,
                             const int32_t* start, int32_t* c, size_t ldc, size_t width) {
    __m256i sum[rows][2];
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    const size_t whole = k / kStep;
    for (size_t step = 0; step < whole; ++step, b += 128) {
      Step<rows>(sum, b, [&](size_t r) {
        short pair;
        __builtin_memcpy(&pair, a + r * k + step * kStep, sizeof pair);
        return pair;
      });
    }
    if (whole < steps)
      Step<rows>(sum, b, [&](size_t r) { return static_cast<short>(a[r * k + k - 1]); });
    alignas(32) int32_t row[16];
    for (size_t r = 0; r < rows; ++r) {
      _mm256_store_si256(reinterpret_cast<__m256i*>(row), sum[r][0]);
      _mm256_store_si256(reinterpret_cast<__m256i*>(row + 8), sum[r][1]);
      for (size_t i = 0; i < width; ++i) c[r * ldc + i] = row[i] + (start ? start[i] : 0);
    }
  }

  template <size_t rows, typename Values>
  static inline __attribute__((always_inline)) void Step(__m256i (&sum)[rows][2], const int8_t* b,
                                                         Values values) {
    const __m256i b0 = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
    const __m256i b1 =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + 16)));
#pragma GCC unroll 6
    for (size_t r = 0; r < rows; ++r) {
      const __m256i value = _mm256_cvtepu8_epi16(_mm_set1_epi16(values(r)));
      sum[r][0] = _mm256_add_epi32(sum[r][0], _mm256_madd_epi16(value, b0));
      sum[r][1] = _mm256_add_epi32(sum[r][1], _mm256_madd_epi16(value, b1));
    }
  }
};

}  // namespace

const Int8Gemm kInt8GemmAvx2 = {"AVX2", PanelBytes<2>, PackPanels<2>, MultiplyBlocks<Avx2>};

}  // namespace cpw::kernels

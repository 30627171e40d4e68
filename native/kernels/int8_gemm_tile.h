// What the x86 kernels share. Included by files that are compiled for one instruction set each: no
// standard header that emits code may come in here, or the linker could take its AVX-512 copy for
// everyone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cpw::kernels {
namespace {

using std::int32_t;
using std::int8_t;
using std::size_t;
using std::uint8_t;

// Rows of A that stay in the second-level cache while all panels of B pass.
constexpr size_t kBlockBytes = 384 * 1024;

inline size_t CeilDivide(size_t a, size_t b) { return (a + b - 1) / b; }

// Walks C by blocks of rows, panels and tiles. `Kernel` is the instruction set's: kRows,
// kStep (values of k a packed step holds) and Tile<rows>(...).
template <typename Kernel>
void MultiplyBlocks(const uint8_t* a, size_t m, size_t n, size_t k, const int8_t* packed,
                    const int32_t* compensation, int32_t* c, size_t first_panel, size_t end_panel) {
  constexpr size_t columns = 64;
  const size_t steps = CeilDivide(k, Kernel::kStep);
  const size_t panel_bytes = steps * Kernel::kStep * columns;
  size_t block = kBlockBytes / (k == 0 ? 1 : k) / Kernel::kRows * Kernel::kRows;
  if (block < Kernel::kRows) block = Kernel::kRows;
  for (size_t row = 0; row < m; row += block) {
    const size_t rows_end = row + block < m ? row + block : m;
    for (size_t panel = first_panel; panel < end_panel; ++panel) {
      const size_t column = panel * columns;
      const size_t width = n - column < columns ? n - column : columns;
      const int8_t* b = packed + panel * panel_bytes;
      const int32_t* start = compensation ? compensation + column : nullptr;
      size_t r = row;
      for (; r + Kernel::kRows <= rows_end; r += Kernel::kRows)
        Kernel::template Tile<Kernel::kRows>(a + r * k, k, b, steps, start, c + r * n + column, n,
                                             width);
      if (r < rows_end)
        Kernel::Rest(rows_end - r, a + r * k, k, b, steps, start, c + r * n + column, n, width);
    }
  }
}

// Packs B (n x k) so that one step of a panel is 64 columns of kStep neighbouring values.
template <size_t kStep>
void PackPanels(const int8_t* b, size_t n, size_t k, int8_t* packed) {
  constexpr size_t columns = 64;
  const size_t steps = CeilDivide(k, kStep);
  for (size_t panel = 0; panel < CeilDivide(n, columns); ++panel) {
    for (size_t step = 0; step < steps; ++step) {
      for (size_t column = 0; column < columns; ++column) {
        const size_t row = panel * columns + column;
        for (size_t i = 0; i < kStep; ++i) {
          const size_t at = step * kStep + i;
          *packed++ = row < n && at < k ? b[row * k + at] : static_cast<int8_t>(0);
        }
      }
    }
  }
}

template <size_t kStep>
size_t PanelBytes(size_t n, size_t k) {
  return CeilDivide(n, 64) * 64 * CeilDivide(k, kStep) * kStep;
}

}  // namespace
}  // namespace cpw::kernels

#pragma once

#include <cstddef>
#include <cstdint>

namespace cpw::kernels {

// Products of 8-bit integers for the layers of a quantised model: C = A x B^T + compensation, with
// A unsigned (m x k, row-major), B signed (n x k, the weights, packed once when the model is
// loaded) and C 32-bit (m x n, row-major). The sums are exact, so every instruction set gives the
// same result.

inline constexpr std::size_t kInt8PanelColumns = 64;  // columns of C that one packed panel makes

struct Int8Gemm {
  const char* name;  // the instructions it uses, for people
  // Bytes of B in packed form, and the packing.
  std::size_t (*packed_size)(std::size_t n, std::size_t k);
  void (*pack)(const std::int8_t* b, std::size_t n, std::size_t k, std::int8_t* packed);
  // Columns [first_panel, end_panel) x 64 of C. `compensation` has n values, or is null for zeros.
  void (*multiply)(const std::uint8_t* a, std::size_t m, std::size_t n, std::size_t k,
                   const std::int8_t* packed, const std::int32_t* compensation, std::int32_t* c,
                   std::size_t first_panel, std::size_t end_panel);
};

// The fastest one that this CPU runs; null where none does (another architecture).
const Int8Gemm* BestInt8Gemm();

// One for each instruction set that this CPU runs, fastest first, for tests.
struct Int8Gemms {
  const Int8Gemm* items[3];
  std::size_t count;
};
Int8Gemms AllInt8Gemms();

}  // namespace cpw::kernels

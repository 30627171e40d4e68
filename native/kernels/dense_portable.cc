#include <cstddef>
#include <cstdint>

#include "kernels/dense.h"
#include "kernels/dense_tile.h"

namespace cpw::kernels {
namespace {

// Four floats by the compiler's own vectors: SSE or NEON, whatever the CPU has at least.
struct Portable {
  typedef float Type __attribute__((vector_size(16)));
  typedef float Unaligned __attribute__((vector_size(16), aligned(4), may_alias));
  typedef std::int32_t Ints __attribute__((vector_size(16)));
  typedef std::uint32_t Bits __attribute__((vector_size(16)));
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTileRows = 4;
  static constexpr size_t kTileVectors = 2;
  static constexpr size_t kRowVectors = 8;
  static inline Type Load(const float* p) { return *reinterpret_cast<const Unaligned*>(p); }
  static inline void Store(float* p, Type x) { *reinterpret_cast<Unaligned*>(p) = x; }
  static inline Type Set(float x) { return Type{x, x, x, x}; }
  static inline Type Add(Type a, Type b) { return a + b; }
  static inline Type Mul(Type a, Type b) { return a * b; }
  static inline Type Div(Type a, Type b) { return a / b; }
  static inline Type Sqrt(Type a) {
    return Type{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]),
                __builtin_sqrtf(a[3])};
  }
  static inline Type Min(Type a, Type b) { return a < b ? a : b; }
  static inline Type Max(Type a, Type b) { return a > b ? a : b; }
  static inline Type MulAdd(Type a, Type b, Type c) { return a * b + c; }
  // As in avx512.h; adding and taking away 1.5 x 2^23 rounds to a whole number.
  static inline Type Exp(Type x) {
    const Type y = Max(x, Set(-87.0f)) * Set(1.44269504f);
    const Type shifted = y + Set(12582912.0f);
    const Type n = shifted - Set(12582912.0f);
    const Type f = y - n;
    Type p = Set(1.32764725e-3f);
    p = p * f + Set(9.67554096e-3f);
    p = p * f + Set(5.55071309e-2f);
    p = p * f + Set(2.40221202e-1f);
    p = p * f + Set(6.93146944e-1f);
    p = p * f + Set(1.0f);
    const Ints bits = (__builtin_convertvector(n, Ints) + 127) << 23;
    return p * reinterpret_cast<Type>(bits);
  }
  // To ten bits behind the first, a tie to the even one. From 2^-14 down f16 counts in steps of
  // 2^-24, which is what f32 does from 0.5 to 1.
  static inline Type Half(Type x) {
    const Bits bits = reinterpret_cast<Bits>(x);
    const Bits rounded = (bits + 0xfffu + ((bits >> 13) & 1u)) & ~0x1fffu;
    const Ints small = x * x < Set(0x1p-28f);
    return small ? (x + Set(0.75f)) - Set(0.75f) : reinterpret_cast<Type>(rounded);
  }
};

}  // namespace

constinit const Dense kDensePortable = MakeDense<Portable>("portable");

}  // namespace cpw::kernels

#pragma once

#include <cstddef>
#include <cstdint>

namespace cpw::kernels {

// Attention to keys and values that one query after another sees, as a decoder's to what was
// encoded. They are read once for each token, so their size is its price: they are kept in half
// precision (IEEE 754 binary16), by heads of kAttentionDepth. Keys lie in panels of
// kMemoryPanel keys, [panel][depth][key], the last one filled up with zeros: scores of one query
// are then sums of whole vectors. Values lie row by row.
inline constexpr std::size_t kMemoryPanel = 64;

struct MemoryAttention {
  const char* name;
  // Into half precision, of a head. What is outside its range becomes its largest number.
  void (*narrow)(const float* k, const float* v, std::size_t keys, std::uint16_t* narrow_k,
                 std::uint16_t* narrow_v);
  // And back, for who needs rows of floats.
  void (*widen)(const std::uint16_t* narrow_k, const std::uint16_t* narrow_v, std::size_t keys,
                float* k, float* v);
  // Floats of working memory for a call.
  std::size_t (*scratch)(std::size_t queries, std::size_t keys);
  // As Attention's.
  void (*run)(const float* q, const std::uint16_t* narrow_k, const std::uint16_t* narrow_v,
              std::size_t queries, std::size_t keys, float scale, const std::int32_t* lengths,
              float* out, float* scratch);
};

// The fastest one that this CPU runs; null where none does.
const MemoryAttention* BestMemoryAttention();

struct MemoryAttentions {
  const MemoryAttention* items[2];
  std::size_t count;
};
MemoryAttentions AllMemoryAttentions();

// Each is compiled for its instruction set and must not be called on a CPU without it.
extern const MemoryAttention kMemoryAttentionAvx512;
extern const MemoryAttention kMemoryAttentionAvx2;

}  // namespace cpw::kernels

#pragma once

#include <cstddef>
#include <cstdint>

namespace cpw::kernels {

inline constexpr std::size_t kAttentionDepth = 64;  // of Whisper's, NLLB's and OPUS-MT's heads

// One head of attention: out = softmax(scale x Q K^T) V, all of them rows of kAttentionDepth floats
// without gaps. A query sees the first lengths[query] keys, or all where lengths is null. The
// scores of a block of queries stay in the second-level cache, so nothing of the size queries x
// keys is ever written (FlashAttention, arXiv 2205.14135, with whole rows in place of the running
// maximum). AVX512BF16 rounds to bfloat16 what it multiplies where queries are many: its
// results are within 1e-2 of the values' own spread.
struct Attention {
  const char* name;
  // Floats of working memory for a call.
  std::size_t (*scratch)(std::size_t queries, std::size_t keys);
  void (*run)(const float* q, const float* k, const float* v, std::size_t queries, std::size_t keys,
              float scale, const std::int32_t* lengths, float* out, float* scratch);
};

// The fastest one that this CPU runs; null where none does.
const Attention* BestAttention();

struct Attentions {
  const Attention* items[3];
  std::size_t count;
};
Attentions AllAttentions();

// Each is compiled for its instruction set and must not be called on a CPU without it.
extern const Attention kAttentionAvx512Bf16;
extern const Attention kAttentionAvx512;
extern const Attention kAttentionAvx2;

}  // namespace cpw::kernels

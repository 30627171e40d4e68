// What CTranslate2 calls (third_party/patches/ctranslate2/0003-linked-int8-gemm,
// 0004-linked-attention and 0007-half-precision-memory), and ggml
// (whisper.cpp/0013-products-by-avx512).
#include "core/cpu_features.h"
#include "kernels/attention.h"
#include "kernels/attention_memory.h"
#include "kernels/int8_gemm.h"

using cpw::kernels::BestAttention;
using cpw::kernels::BestInt8Gemm;
using cpw::kernels::BestMemoryAttention;
using cpw::kernels::kInt8PanelColumns;

extern "C" {

const char* linked_gemm_name() {
  const auto* gemm = BestInt8Gemm();
  return gemm ? gemm->name : nullptr;
}

std::size_t linked_gemm_packed_size(std::size_t n, std::size_t k) {
  return BestInt8Gemm()->packed_size(n, k);
}

void linked_gemm_pack(const std::int8_t* b, std::size_t n, std::size_t k, std::int8_t* packed) {
  BestInt8Gemm()->pack(b, n, k, packed);
}

std::size_t linked_gemm_panels(std::size_t n) {
  return (n + kInt8PanelColumns - 1) / kInt8PanelColumns;
}

void linked_gemm_multiply(const std::uint8_t* a, std::size_t m, std::size_t n, std::size_t k,
                          const std::int8_t* packed, const std::int32_t* compensation,
                          std::int32_t* c, std::size_t first_panel, std::size_t end_panel) {
  BestInt8Gemm()->multiply(a, m, n, k, packed, compensation, c, first_panel, end_panel);
}

const char* linked_attention_name() {
  const auto* attention = BestAttention();
  return attention ? attention->name : nullptr;
}

std::size_t linked_attention_depth() { return cpw::kernels::kAttentionDepth; }

std::size_t linked_attention_scratch(std::size_t queries, std::size_t keys) {
  return BestAttention()->scratch(queries, keys);
}

void linked_attention_run(const float* q, const float* k, const float* v, std::size_t queries,
                          std::size_t keys, float scale, const std::int32_t* lengths, float* out,
                          float* scratch) {
  BestAttention()->run(q, k, v, queries, keys, scale, lengths, out, scratch);
}

const char* linked_memory_name() {
  const auto* attention = BestMemoryAttention();
  return attention ? attention->name : nullptr;
}

std::size_t linked_memory_panel() { return cpw::kernels::kMemoryPanel; }

void linked_memory_narrow(const float* k, const float* v, std::size_t keys, std::uint16_t* narrow_k,
                          std::uint16_t* narrow_v) {
  BestMemoryAttention()->narrow(k, v, keys, narrow_k, narrow_v);
}

void linked_memory_widen(const std::uint16_t* narrow_k, const std::uint16_t* narrow_v,
                         std::size_t keys, float* k, float* v) {
  BestMemoryAttention()->widen(narrow_k, narrow_v, keys, k, v);
}

std::size_t linked_memory_scratch(std::size_t queries, std::size_t keys) {
  return BestMemoryAttention()->scratch(queries, keys);
}

void linked_memory_run(const float* q, const std::uint16_t* narrow_k, const std::uint16_t* narrow_v,
                       std::size_t queries, std::size_t keys, float scale,
                       const std::int32_t* lengths, float* out, float* scratch) {
  BestMemoryAttention()->run(q, narrow_k, narrow_v, queries, keys, scale, lengths, out, scratch);
}
int linked_cpu_has_avx512(void) { return cpw::ReadCpuFeatures().avx512 ? 1 : 0; }
}

#include "engines/whisper/quantize.h"

#include <ggml.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "core/error.h"

namespace cpw {
namespace {

// None of them needs an importance matrix, without which ggml would end the process.
constexpr ggml_type kTypes[] = {GGML_TYPE_Q4_0, GGML_TYPE_Q4_1, GGML_TYPE_Q5_0, GGML_TYPE_Q5_1,
                                GGML_TYPE_Q8_0};
// src/models/convert/ggml-model.ts writes it into the header of a file.
static_assert(GGML_QNT_VERSION == 2 && GGML_QNT_VERSION_FACTOR == 1000);
constexpr std::size_t kNumbersBetweenChecks = 1U << 18;  // about 5 ms of work

ggml_type FindType(const std::string& name) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](ggml_type type) { return name == ggml_type_name(type); });
  if (found == std::end(kTypes)) {
    throw CpwError(ErrorCode::kInternal, "Cannot quantise to '" + name + "'.");
  }
  return *found;
}

}  // namespace

std::vector<std::uint8_t> QuantizeRows(std::span<const float> values,
                                       const QuantizeOptions& options, const Job& job) {
  const ggml_type type = FindType(options.type);
  const std::int64_t row_length = options.row_length;
  if (row_length < 1 || row_length % ggml_blck_size(type) != 0 ||
      values.size() % static_cast<std::size_t>(row_length) != 0) {
    throw CpwError(ErrorCode::kInternal, std::to_string(values.size()) +
                                             " numbers are no whole rows of " +
                                             std::to_string(row_length) + " in whole blocks.");
  }
  const std::size_t width = static_cast<std::size_t>(row_length);
  const std::size_t rows = values.size() / width;
  const std::size_t row_bytes = ggml_row_size(type, row_length);
  const std::size_t rows_at_once = std::max<std::size_t>(1, kNumbersBetweenChecks / width);
  std::vector<std::uint8_t> blocks(rows * row_bytes);
  for (std::size_t row = 0; row < rows; row += rows_at_once) {
    job.Check();
    const auto count = static_cast<std::int64_t>(std::min(rows_at_once, rows - row));
    ggml_quantize_chunk(type, values.data() + row * width, blocks.data() + row * row_bytes, 0,
                        count, row_length, nullptr);
  }
  return blocks;
}

}  // namespace cpw

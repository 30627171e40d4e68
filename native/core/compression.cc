#include "core/compression.h"

#include <zlib.h>

#include <new>
#include <string>
#include <vector>

#include "core/error.h"

namespace cpw {

double CompressionRatio(std::string_view utf8) {
  if (utf8.empty()) return 0;
  constexpr int kLevel = 6;
  const auto size = static_cast<uLong>(utf8.size());
  uLongf compressed = compressBound(size);
  std::vector<Bytef> output(compressed);
  const auto* input = reinterpret_cast<const Bytef*>(utf8.data());
  const int status = compress2(output.data(), &compressed, input, size, kLevel);
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (status != Z_OK) {
    throw CpwError(ErrorCode::kInternal,
                   "zlib answered " + std::to_string(status) + " to a text. Next step: report it.");
  }
  return static_cast<double>(size) / static_cast<double>(compressed);
}

}  // namespace cpw

#include "engines/silero/weights.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "engines/silero/network.h"
#include "engines/whisper/ggml_file.h"
#include "engines/whisper/model_check.h"

namespace cpw {
namespace {

constexpr std::int32_t kHalf = 1;  // ggml's number for f16; the check leaves only that and f32
constexpr std::uint64_t kHeaderBytes = 4 * (1 + 1 + 3 + 19) + sizeof "silero-16k" - 1;

float HalfToFloat(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t rest = static_cast<std::uint32_t>(half & 0x7fffu) << 13;
  // The exponent's bias is put right by a product, which makes subnormal numbers normal as well.
  const float value = std::bit_cast<float>(rest) * 0x1p112f;
  const bool finite = (half & 0x7c00u) != 0x7c00u;
  const std::uint32_t bits = finite ? std::bit_cast<std::uint32_t>(value) : rest | 0x7f800000u;
  return std::bit_cast<float>(bits | sign);
}

std::vector<float> ReadValues(GgmlFile& file, std::size_t count, bool half,
                              const std::string& name) {
  std::vector<float> values(count);
  if (!half) {
    file.Read(values.data(), count * sizeof(float), name);
    return values;
  }
  std::vector<std::uint16_t> halves(count);
  file.Read(halves.data(), count * sizeof(std::uint16_t), name);
  for (std::size_t i = 0; i < count; ++i) values[i] = HalfToFloat(halves[i]);
  return values;
}

// The tensors behind the checked header. A file that is written to meanwhile ends in an error of
// Read, or in a network that lacks a tensor.
SileroWeights ReadTensors(GgmlFile& file) {
  constexpr std::size_t kMost = 1u << 20;
  const std::string part = "a second reading";
  SileroWeights weights;
  file.Skip(kHeaderBytes, part);
  while (file.remaining() > 0) {
    const std::int32_t dims = file.ReadInt(part);
    const std::int32_t name_length = file.ReadInt(part);
    const bool half = file.ReadInt(part) == kHalf;
    std::uint64_t count = 1;
    for (std::int32_t i = 0; i < dims && count <= kMost; ++i)
      count *= static_cast<std::uint32_t>(file.ReadInt(part));
    if (count > kMost || name_length < 0) file.Refuse("it changed while it was being read");
    const std::string name = file.ReadString(static_cast<std::size_t>(name_length), part);
    weights[name] = ReadValues(file, static_cast<std::size_t>(count), half, name);
  }
  return weights;
}

}  // namespace

SileroWeights ReadSileroWeights(const std::string& path) {
  GgmlFile file(path, "a Silero VAD model");
  CheckSileroFile(file);
  SileroWeights weights = ReadTensors(file);
  const std::string problem = SileroNetwork::Problem(weights);
  if (!problem.empty()) file.Refuse(problem);
  return weights;
}

}  // namespace cpw

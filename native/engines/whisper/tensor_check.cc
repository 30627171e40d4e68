#include "engines/whisper/tensor_check.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace cpw {
namespace {

constexpr std::int32_t kMostDims = 4;  // upstream keeps them in an array of four, unchecked
constexpr std::int32_t kLongestName = 128;

std::string Shape(const std::array<std::int64_t, 4>& shape) {
  std::string text;
  for (const std::int64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

std::string TypeName(std::int32_t type) {
  const bool known = type >= 0 && type < GGML_TYPE_COUNT;
  const char* name = known ? ggml_type_name(static_cast<ggml_type>(type)) : nullptr;
  return name ? name : "number " + std::to_string(type);
}

// The name goes into error messages: a damaged one may hold anything.
bool Printable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::uint64_t ByteSize(const TensorSpec& spec) {
  std::uint64_t rows = 1;
  for (std::size_t i = 1; i < spec.shape.size(); ++i) {
    rows *= static_cast<std::uint64_t>(spec.shape[i]);
  }
  return rows * ggml_row_size(spec.type, spec.shape[0]);
}

struct TensorHeader {
  std::string name;
  std::int32_t type = 0;
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
};

TensorHeader ReadHeader(GgmlFile& file, std::size_t index) {
  const std::string part = "the header of tensor " + std::to_string(index + 1);
  const std::int32_t dims = file.ReadInt(part);
  const std::int32_t name_length = file.ReadInt(part);
  TensorHeader header;
  header.type = file.ReadInt(part);
  if (dims < 0 || dims > kMostDims) {
    file.Refuse(part + " tells of " + std::to_string(dims) + " dimensions, 0 to 4 are possible");
  }
  if (name_length < 1 || name_length > kLongestName) {
    file.Refuse(part + " gives its name a length of " + std::to_string(name_length));
  }
  for (std::int32_t i = 0; i < dims; ++i) header.shape[i] = file.ReadInt(part);
  header.name = file.ReadString(static_cast<std::size_t>(name_length), part);
  if (!Printable(header.name)) file.Refuse(part + " holds a name that is not text");
  return header;
}

}  // namespace

void CheckTensors(GgmlFile& file, const TensorSpecs& specs) {
  std::set<std::string> seen;
  while (file.remaining() > 0) {
    if (seen.size() == specs.size()) {
      file.Refuse(std::to_string(file.remaining()) + " bytes follow its last tensor");
    }
    const TensorHeader header = ReadHeader(file, seen.size());
    const auto found = specs.find(header.name);
    if (found == specs.end()) {
      file.Refuse("it holds a tensor named " + header.name + ", which does not belong there");
    }
    const TensorSpec& spec = found->second;
    if (!seen.insert(header.name).second) file.Refuse("it holds " + header.name + " twice");
    if (header.shape != spec.shape) {
      file.Refuse(header.name + " has the shape " + Shape(header.shape) + ", expected " +
                  Shape(spec.shape));
    }
    if (header.type != spec.type) {
      file.Refuse(header.name + " has the type " + TypeName(header.type) + ", expected " +
                  TypeName(spec.type));
    }
    file.Skip(ByteSize(spec), header.name);
  }
  for (const auto& [name, spec] : specs) {
    if (!seen.contains(name)) {
      file.Refuse("it holds " + std::to_string(seen.size()) + " of " +
                  std::to_string(specs.size()) + " tensors, " + name + " is missing");
    }
  }
}

}  // namespace cpw

#include "engines/ctranslate2/model_bin.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

constexpr std::uint32_t kOldestVersion = 4;  // before it, variables carry no type
constexpr std::uint32_t kNewestVersion = 6;
constexpr std::uint32_t kMaxEntries = 100'000;
constexpr int kMaxRank = 8;
constexpr std::uint64_t kItemBytes[] = {4, 1, 2, 4, 2, 2};

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)), in_(path_, std::ios::binary) {
    std::error_code error;
    size_ = std::filesystem::file_size(path_, error);
    if (error || !in_) {
      throw CpwError(ErrorCode::kModelNotFound,
                     "Cannot open " + path_ + ". Next step: check that the file may be read.");
    }
  }

  template <typename T>
  T Read(const char* what) {
    T value;
    Bytes(&value, sizeof(T), what);
    return value;
  }

  // u16 length that counts a closing NUL.
  std::string String(const char* what) {
    const auto length = Read<std::uint16_t>(what);
    if (length == 0) Fail(std::string("the ") + what + " has no length");
    std::string text(length, '\0');
    Bytes(text.data(), length, what);
    if (text.back() != '\0') Fail(std::string("the ") + what + " has no end");
    text.pop_back();
    if (text.find('\0') != std::string::npos) Fail(std::string("the ") + what + " is damaged");
    return text;
  }

  void Skip(std::uint64_t count) {
    Require(count, "weights");
    in_.seekg(static_cast<std::streamoff>(count), std::ios::cur);
    at_ += count;
  }

  void Require(std::uint64_t count, const std::string& what) const {
    if (count > size_ - at_) {
      Fail("it ends inside the " + what + " at byte " + std::to_string(at_) + " of " +
           std::to_string(size_) + " (cut off or damaged)");
    }
  }

  std::uint64_t rest() const { return size_ - at_; }
  [[noreturn]] void Fail(const std::string& reason) const { ThrowIncompatible(path_, reason); }

 private:
  void Bytes(void* out, std::size_t count, const char* what) {
    Require(count, what);
    in_.read(static_cast<char*>(out), static_cast<std::streamsize>(count));
    if (!in_) Fail("it could not be read at byte " + std::to_string(at_));
    at_ += count;
  }

  std::string path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
};

std::optional<std::int64_t> ReadInteger(Reader& in, const ModelVariable& variable) {
  switch (variable.type) {
    case TensorType::kI8:
      return in.Read<std::int8_t>("scalar");
    case TensorType::kI16:
      return in.Read<std::int16_t>("scalar");
    case TensorType::kI32:
      return in.Read<std::int32_t>("scalar");
    default:
      in.Skip(variable.bytes);
      return std::nullopt;
  }
}

ModelVariable ReadVariable(Reader& in, const std::string& name) {
  ModelVariable variable;
  const int rank = in.Read<std::uint8_t>("rank");
  if (rank > kMaxRank) in.Fail("variable '" + name + "' has " + std::to_string(rank) + " axes");
  std::uint64_t items = 1;
  for (int i = 0; i < rank; ++i) {
    const auto dim = in.Read<std::uint32_t>("shape");
    // u32 byte counts bound the product, so it cannot overflow 64 bits before this refuses it.
    if (dim == 0 || items * dim > UINT32_MAX) in.Fail("variable '" + name + "' has a bad shape");
    items *= dim;
    variable.dims.push_back(dim);
  }
  const auto type = in.Read<std::uint8_t>("type");
  if (type >= std::size(kItemBytes)) {
    in.Fail("variable '" + name + "' has the unknown type " + std::to_string(type));
  }
  variable.type = static_cast<TensorType>(type);
  variable.bytes = in.Read<std::uint32_t>("size");
  if (variable.bytes != items * kItemBytes[type]) {
    in.Fail("the size of variable '" + name + "' does not fit its shape");
  }
  if (rank == 0) {
    variable.integer = ReadInteger(in, variable);
  } else {
    in.Require(variable.bytes, "weights of '" + name + "'");
    in.Skip(variable.bytes);
  }
  return variable;
}

void ReadAliases(Reader& in, ModelBin& model) {
  const auto count = in.Read<std::uint32_t>("alias count");
  if (count > kMaxEntries) in.Fail("it claims " + std::to_string(count) + " aliases");
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string alias = in.String("alias");
    const std::string name = in.String("alias target");
    const auto* target = model.Find(name);
    if (!target) in.Fail("alias '" + alias + "' points to the missing variable '" + name + "'");
    const ModelVariable copy = *target;
    if (!model.variables.emplace(alias, copy).second) {
      in.Fail("the name '" + alias + "' is used twice");
    }
    if (const auto* scale = model.Find(name + "_scale")) {
      const ModelVariable scale_copy = *scale;
      model.variables.emplace(alias + "_scale", scale_copy);
    }
  }
}

}  // namespace

const ModelVariable* ModelBin::Find(const std::string& name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? nullptr : &found->second;
}

ModelBin ReadModelBin(const std::string& folder) {
  ModelBin model;
  model.path = (std::filesystem::path(folder) / "model.bin").string();
  Reader in(model.path);
  const auto version = in.Read<std::uint32_t>("version");
  if (version < kOldestVersion || version > kNewestVersion) {
    in.Fail("it is not a CTranslate2 model of format 4 to 6 (found " + std::to_string(version) +
            ")");
  }
  model.spec = in.String("model kind");
  model.revision = in.Read<std::uint32_t>("revision");
  const auto count = in.Read<std::uint32_t>("variable count");
  if (count == 0 || count > kMaxEntries) {
    in.Fail("it claims " + std::to_string(count) + " variables");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name = in.String("variable name");
    auto variable = ReadVariable(in, name);
    if (!model.variables.emplace(name, std::move(variable)).second) {
      in.Fail("the name '" + name + "' is used twice");
    }
  }
  ReadAliases(in, model);
  if (in.rest() != 0) {
    in.Fail("it has " + std::to_string(in.rest()) + " bytes more than its contents need");
  }
  return model;
}

}  // namespace cpw

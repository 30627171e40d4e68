#include "engines/whisper/ggml_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace cpw {
namespace {

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* what;
};

using namespace std::string_view_literals;

constexpr Signature kSignatures[] = {
    {0, "GGUF"sv, "a GGUF file, which whisper.cpp cannot read"},
    {0, "PK\x03\x04"sv, "a zip archive (a PyTorch checkpoint or a Core ML package)"},
    {8, "{\""sv, "a safetensors file"},
    {0, "<!DOCTYPE"sv, "a web page, not the file behind it"},
    {0, "<!doctype"sv, "a web page, not the file behind it"},
    {0, "<html"sv, "a web page, not the file behind it"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer, not the file it stands for"},
    {0, "\x1f\x8b"sv, "a gzip archive"},
    {0, "ggjt"sv, "a model in an old llama.cpp format"},
    {0, "RIFF"sv, "an audio file"},
    {4, "\x0c\x00WhisperSpec"sv, "a CTranslate2 model, which the other engine reads"},
    {0, "{"sv, "a JSON file"},
};

void RequireRegularFile(const std::string& path, const std::string& kind) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    throw CpwError(
        ErrorCode::kModelNotFound,
        "There is no model file " + path + ". Next step: download the model, or check the path.");
  }
  if (status.type() == fs::file_type::directory) {
    throw CpwError(
        ErrorCode::kModelIncompatible,
        "Cannot use " + path + ": it is a folder, and " + kind +
            " for whisper.cpp is one ggml file. Next step: name the file, or use the engine that "
            "reads folders.");
  }
  if (status.type() != fs::file_type::regular) {
    throw CpwError(ErrorCode::kModelLoadFailed,
                   "Cannot read the model file " + path + ": " +
                       (error ? error.message() : "it is not a regular file") +
                       ". Next step: check the path and its permissions.");
  }
}

}  // namespace

GgmlFile::GgmlFile(std::string path, std::string kind)
    : path_(std::move(path)), kind_(std::move(kind)) {
  RequireRegularFile(path_, kind_);
  errno = 0;
  stream_.open(path_, std::ios::binary);
  if (!stream_) {
    throw CpwError(ErrorCode::kModelLoadFailed, "Cannot open the model file " + path_ + ": " +
                                                    std::generic_category().message(errno) +
                                                    ". Next step: check its permissions.");
  }
  size_ = HandleSize();
  RefuseForeignKind();
}

// Of the open handle: another file may stand under the path by now.
std::uint64_t GgmlFile::HandleSize() {
  stream_.clear();
  const auto end = stream_.seekg(0, std::ios::end).tellg();
  stream_.seekg(0);
  return end < 0 ? 0 : static_cast<std::uint64_t>(end);
}

void GgmlFile::RefuseForeignKind() {
  if (size_ == 0) Refuse("it is empty");
  std::array<char, 32> head{};
  const std::size_t length = std::min<std::uint64_t>(head.size(), size_);
  Read(head.data(), length, "its first bytes");
  std::uint32_t magic = 0;
  std::memcpy(&magic, head.data(), sizeof magic);
  if (magic != kMagic) {
    const std::string_view text(head.data(), length);
    for (const Signature& known : kSignatures) {
      if (length >= known.offset && text.substr(known.offset).starts_with(known.bytes)) {
        Refuse(std::string("it is ") + known.what);
      }
    }
    Refuse("it is not a ggml file");
  }
  Rewind();
  Skip(sizeof magic, "the magic number");
}

void GgmlFile::Refuse(const std::string& reason) const {
  throw CpwError(ErrorCode::kModelIncompatible,
                 "Cannot use " + path_ + " as " + kind_ + ": " + reason +
                     ". Next step: download or convert the model again.");
}

void GgmlFile::Require(std::uint64_t bytes, const std::string& part) const {
  if (bytes > remaining()) {
    Refuse("it is cut off in " + part + " (" + std::to_string(bytes) + " bytes wanted, " +
           std::to_string(remaining()) + " left)");
  }
}

void GgmlFile::Read(void* out, std::size_t bytes, const std::string& part) {
  Require(bytes, part);
  if (bytes == 0) return;
  stream_.read(static_cast<char*>(out), static_cast<std::streamsize>(bytes));
  if (!stream_) Refuse("it could not be read in " + part + " (it changed, or the disk failed)");
  position_ += bytes;
}

std::int32_t GgmlFile::ReadInt(const std::string& part) {
  std::int32_t value = 0;
  Read(&value, sizeof value, part);
  return value;
}

std::string GgmlFile::ReadString(std::size_t bytes, const std::string& part) {
  Require(bytes, part);
  std::string text(bytes, '\0');
  Read(text.data(), bytes, part);
  return text;
}

void GgmlFile::Skip(std::uint64_t bytes, const std::string& part) {
  Require(bytes, part);
  stream_.seekg(static_cast<std::streamoff>(bytes), std::ios::cur);
  position_ += bytes;
}

void GgmlFile::Rewind() {
  if (HandleSize() != size_) Refuse("it changed while it was being read");
  position_ = 0;
}

GgmlLoader::GgmlLoader(GgmlFile& file, const Job& job) : file_(file), job_(job) {
  loader_.context = this;
  loader_.read = [](void* self, void* out, std::size_t bytes) {
    return static_cast<GgmlLoader*>(self)->Read(out, bytes);
  };
  loader_.eof = [](void* self) { return static_cast<GgmlLoader*>(self)->at_end_; };
  loader_.close = [](void*) {};
}

std::size_t GgmlLoader::Read(void* out, std::size_t bytes) {
  try {
    job_.Check();
    if (file_.remaining() == 0) {  // upstream finds the end by reading past it
      at_end_ = true;
      std::memset(out, 0, bytes);
      return 0;
    }
    file_.Read(out, bytes, "a second reading");
    return bytes;
  } catch (...) {
    error_ = std::current_exception();
    throw;
  }
}

void GgmlLoader::Rethrow() const {
  if (error_) std::rethrow_exception(error_);
}

}  // namespace cpw

#pragma once

#include <whisper.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <string>

#include "core/job.h"

namespace cpw {

// A ggml model file, read in order. Upstream's loaders trust every number in such a file, so it is
// checked first and then handed over through the same handle. Every failure is a CpwError that
// names the file, what is wrong and the next step.
class GgmlFile {
 public:
  static constexpr std::uint32_t kMagic = 0x67676d6c;

  // Opens it and reads the magic. `kind`: what should be in it, e.g. "a Whisper model".
  GgmlFile(std::string path, std::string kind);

  const std::string& path() const { return path_; }
  std::uint64_t remaining() const { return size_ - position_; }
  // `part` names what is being read, for the message about a file that ends inside it.
  void Read(void* out, std::size_t bytes, const std::string& part);
  std::int32_t ReadInt(const std::string& part);
  std::string ReadString(std::size_t bytes, const std::string& part);
  void Skip(std::uint64_t bytes, const std::string& part);
  // To the first byte; refuses a file whose size is no longer the one that was checked.
  void Rewind();

  [[noreturn]] void Refuse(const std::string& reason) const;

 private:
  void Require(std::uint64_t bytes, const std::string& part) const;
  std::uint64_t HandleSize();
  void RefuseForeignKind();

  std::string path_;
  std::string kind_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

// Feeds a checked file to upstream. An abort or a file that changed meanwhile ends the load:
// exceptions thrown in here come out of upstream as a null pointer, and Rethrow() tells which.
class GgmlLoader {
 public:
  GgmlLoader(GgmlFile& file, const Job& job);
  GgmlLoader(const GgmlLoader&) = delete;
  GgmlLoader& operator=(const GgmlLoader&) = delete;

  whisper_model_loader* get() { return &loader_; }
  void Rethrow() const;

 private:
  std::size_t Read(void* out, std::size_t bytes);

  GgmlFile& file_;
  const Job& job_;
  bool at_end_ = false;
  std::exception_ptr error_;
  whisper_model_loader loader_{};
};

}  // namespace cpw

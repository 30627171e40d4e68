#pragma once

#include <stdexcept>
#include <string>

namespace cpw {

// One row per code; the strings and their order are compared with src/errors.ts by a contract test.
#define CPW_ERROR_CODES(X)                            \
  X(kInvalidOptions, "CPW_INVALID_OPTIONS")           \
  X(kFileNotFound, "CPW_FILE_NOT_FOUND")              \
  X(kUnsupportedMedia, "CPW_UNSUPPORTED_MEDIA")       \
  X(kMediaToolFailed, "CPW_MEDIA_TOOL_FAILED")        \
  X(kModelNotFound, "CPW_MODEL_NOT_FOUND")            \
  X(kModelLoadFailed, "CPW_MODEL_LOAD_FAILED")        \
  X(kModelIncompatible, "CPW_MODEL_INCOMPATIBLE")     \
  X(kDownloadFailed, "CPW_DOWNLOAD_FAILED")           \
  X(kUnsupportedDevice, "CPW_UNSUPPORTED_DEVICE")     \
  X(kUnsupportedLanguage, "CPW_UNSUPPORTED_LANGUAGE") \
  X(kOutOfMemory, "CPW_OUT_OF_MEMORY")                \
  X(kInferenceFailed, "CPW_INFERENCE_FAILED")         \
  X(kClosed, "CPW_CLOSED")                            \
  X(kBinaryNotFound, "CPW_BINARY_NOT_FOUND")          \
  X(kInternal, "CPW_INTERNAL")

enum class ErrorCode {
#define CPW_ENUM(name, text) name,
  CPW_ERROR_CODES(CPW_ENUM)
#undef CPW_ENUM
};

inline constexpr const char* kErrorCodeNames[] = {
#define CPW_TEXT(name, text) text,
    CPW_ERROR_CODES(CPW_TEXT)
#undef CPW_TEXT
};

inline const char* CodeName(ErrorCode code) { return kErrorCodeNames[static_cast<int>(code)]; }

// The message says what failed, on what, and the next step.
class CpwError : public std::runtime_error {
 public:
  CpwError(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

// Thrown by Job::Check(). Not a CpwError: the caller asked for it, and JS sees signal.reason.
class Aborted : public std::exception {
 public:
  const char* what() const noexcept override { return "aborted"; }
};

}  // namespace cpw

#include "engines/whisper/upstream_log.h"

#include <ggml.h>
#include <whisper.h>

#include <array>
#include <string_view>

#include "core/error.h"
#include "core/log.h"

namespace cpw {
namespace {

constexpr std::size_t kLongestText = 600;

thread_local UpstreamErrors* collector = nullptr;

// Upstream's info lines (60 a load, several a scoring call) are details to a user.
LogLevel LevelOf(ggml_log_level level) {
  if (level == GGML_LOG_LEVEL_ERROR) return collector ? LogLevel::kDebug : LogLevel::kError;
  return level == GGML_LOG_LEVEL_WARN ? LogLevel::kWarn : LogLevel::kDebug;
}

void OnUpstreamLine(ggml_log_level level, const char* text, void*) noexcept {
  try {
    std::string line(text);
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
    if (line.empty()) return;
    if (collector && level == GGML_LOG_LEVEL_ERROR) collector->Add(line);
    Log::Write(LevelOf(level), line);
  } catch (...) {  // a line may be lost; unwinding through C code may not happen
  }
}

}  // namespace

void RouteUpstreamLogs() {
  static std::once_flag once;
  std::call_once(once, [] { whisper_log_set(OnUpstreamLine, nullptr); });
}

std::mutex& UpstreamSetupMutex() {
  static std::mutex instance;
  return instance;
}

UpstreamErrors::UpstreamErrors() : previous_(collector) { collector = this; }

UpstreamErrors::~UpstreamErrors() { collector = previous_; }

void UpstreamErrors::Add(const std::string& line) {
  if (text_.size() + line.size() > kLongestText) return;
  if (!text_.empty()) text_ += "; ";
  text_ += line;
}

bool UpstreamErrors::OutOfMemory() const {
  static constexpr std::array<std::string_view, 4> kSigns = {
      "allocat", "out of memory", "insufficient memory", "kv_cache_init"};
  for (const std::string_view sign : kSigns) {
    if (text_.find(sign) != std::string::npos) return true;
  }
  return false;
}

std::string UpstreamErrors::Words() const {
  return text_.empty() ? "whisper.cpp gave no reason" : "whisper.cpp says: " + text_;
}

void UpstreamErrors::ThrowOutOfMemory(const std::string& what) const {
  throw CpwError(ErrorCode::kOutOfMemory,
                 what + ": memory ran out (" + Words() +
                     "). Next step: use a smaller model, fewer replicas or a smaller beam.");
}

void UpstreamErrors::ThrowInference(const std::string& what) const {
  if (OutOfMemory()) ThrowOutOfMemory(what);
  throw CpwError(
      ErrorCode::kInferenceFailed,
      what + ": " + Words() +
          ". Next step: try again; if it fails again, report it with this message and the model.");
}

void UpstreamErrors::ThrowLoad(const std::string& what) const {
  if (OutOfMemory()) ThrowOutOfMemory(what);
  throw CpwError(
      ErrorCode::kModelLoadFailed,
      what + ": " + Words() + ". Next step: try another device, or download the model again.");
}

}  // namespace cpw

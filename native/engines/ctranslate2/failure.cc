#include "engines/ctranslate2/failure.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/logging.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <new>
#include <string_view>

#include "core/error.h"
#include "core/log.h"

namespace cpw {
namespace {

// Upstream's allocators report a failure as a plain runtime_error.
bool SaysOutOfMemory(std::string_view message) noexcept {
  for (const char* words : {"allocate memory", "allocated memory", "out of memory"}) {
    if (message.find(words) != std::string_view::npos) return true;
  }
  return false;
}

[[noreturn]] void ThrowOutOfMemory() {
  throw CpwError(
      ErrorCode::kOutOfMemory,
      "Memory ran out in CTranslate2. Next step: use a smaller model, int8, or fewer replicas.");
}

[[noreturn]] void Rethrow(const Job& job, ErrorCode code, const std::string& what,
                          const std::string& next) {
  if (job.aborted()) throw Aborted();
  try {
    throw;
  } catch (const CpwError&) {
    throw;
  } catch (const Aborted&) {
    throw;
  } catch (const ::ctranslate2::operation_cancelled&) {
    throw Aborted();
  } catch (const std::bad_alloc&) {
    ThrowOutOfMemory();
  } catch (const std::exception& error) {
    if (SaysOutOfMemory(error.what())) ThrowOutOfMemory();
    throw CpwError(code, what + ": " + error.what() + ". " + next);
  }
}

LogLevel ToLevel(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return LogLevel::kError;
  if (level == spdlog::level::warn) return LogLevel::kWarn;
  return level == spdlog::level::info ? LogLevel::kInfo : LogLevel::kDebug;
}

class LogForwarder : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    Log::Write(ToLevel(message.level),
               "ctranslate2: " + std::string(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}
};

}  // namespace

bool IsOutOfMemory(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    return true;
  } catch (const std::exception& error) {
    return SaysOutOfMemory(error.what());
  } catch (...) {
    return false;
  }
}

void RethrowInferenceFailure(const Job& job) {
  Rethrow(job, ErrorCode::kInferenceFailed, "CTranslate2 failed while it computed",
          "Next step: report this with the model and the audio.");
}

void RethrowLoadFailure(const Job& job, const std::string& model) {
  Rethrow(job, ErrorCode::kModelLoadFailed, "CTranslate2 could not load " + model,
          "Next step: try another compute type, or convert the model again.");
}

void CaptureUpstreamLog() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Makes upstream's own logger first: it would replace ours at the first model.
    ::ctranslate2::set_log_level(::ctranslate2::LogLevel::Info);
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("cpw", std::make_shared<LogForwarder>()));
  });
}

}  // namespace cpw

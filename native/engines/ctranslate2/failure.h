#pragma once

#include <exception>
#include <string>

#include "core/job.h"

namespace cpw {

// For catch (...): throws what this project calls the failure in flight. The job's flag decides
// whether it was an abort, never what upstream threw.
[[noreturn]] void RethrowInferenceFailure(const Job& job);
[[noreturn]] void RethrowLoadFailure(const Job& job, const std::string& model);

// By its type or upstream's words.
bool IsOutOfMemory(const std::exception_ptr& failure) noexcept;

// Upstream logs through one process-wide logger that prints; from the first call on it feeds
// core/log.h and prints nothing.
void CaptureUpstreamLog();

}  // namespace cpw

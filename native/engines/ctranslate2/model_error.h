#pragma once

#include <string>

#include "core/error.h"

namespace cpw {

// A file that is there and cannot be used: damaged, cut off, or of another kind.
[[noreturn]] inline void ThrowIncompatible(const std::string& file, const std::string& reason) {
  throw CpwError(ErrorCode::kModelIncompatible,
                 "Cannot use the model file " + file + ": " + reason +
                     ". Next step: download or convert the model again.");
}

}  // namespace cpw

#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engines/ctranslate2/window_task.h"

namespace cpw {

using TaskPtr = std::unique_ptr<WindowTask>;

// Decodes the tasks together and keeps every promise, each as soon as its window is done. A task
// that fails or whose job is aborted leaves the batch; the others go on. Never throws. Says how
// many rows did not fit into memory together, and were decoded one by one; 0 where all did.
std::size_t RunBatch(::ctranslate2::models::WhisperReplica& replica,
                     std::vector<TaskPtr> tasks) noexcept;

}  // namespace cpw

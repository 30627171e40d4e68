#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/backend_report.h"

namespace cpw {

// What this build of ggml can compute on, on this machine.
std::vector<BackendReport> WhisperBackends();

// Upstream's number for a GPU (it counts GPUs of all kinds), nullopt for the CPU. Throws
// kUnsupportedDevice when there is no such device or it does not start: upstream would silently
// compute on the CPU.
std::optional<int> FindWhisperDevice(const std::string& device, int index);

}  // namespace cpw

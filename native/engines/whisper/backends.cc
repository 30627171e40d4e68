#include "engines/whisper/backends.h"

#include <ggml-backend.h>
#include <ggml-cpp.h>

#include <string_view>

#include "core/error.h"
#include "engines/whisper/upstream_log.h"

namespace cpw {
namespace {

struct GpuKind {
  const char* device;
  std::string_view registry;  // ggml's name of the backend
};

constexpr GpuKind kGpuKinds[] = {{"cuda", "CUDA"}, {"metal", "MTL"}};

struct Gpu {
  ggml_backend_dev_t device;
  int number;  // among all GPUs, as upstream counts
};

std::vector<Gpu> GpusOf(const GpuKind& kind) {
  std::vector<Gpu> gpus;
  int number = 0;
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    const auto type = ggml_backend_dev_type(device);
    if (type != GGML_BACKEND_DEVICE_TYPE_GPU && type != GGML_BACKEND_DEVICE_TYPE_IGPU) continue;
    const std::string_view registry = ggml_backend_reg_name(ggml_backend_dev_backend_reg(device));
    if (registry == kind.registry) gpus.push_back({device, number});
    ++number;
  }
  return gpus;
}

std::string CpuDetail() {
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (!device) return "";
  std::string detail = ggml_backend_dev_description(device);
  ggml_backend_reg_t registry = ggml_backend_dev_backend_reg(device);
  const auto features = reinterpret_cast<ggml_backend_get_features_t>(
      ggml_backend_reg_get_proc_address(registry, "ggml_backend_get_features"));
  if (!features) return detail;
  for (const ggml_backend_feature* feature = features(registry); feature->name; ++feature) {
    if (std::string_view(feature->value) == "1") detail += std::string(" ") + feature->name;
  }
  return detail;
}

std::string Existing() {
  std::string text;
  for (const BackendReport& report : WhisperBackends()) {
    if (report.available) text += (text.empty() ? "" : "; ") + report.device + ": " + report.detail;
  }
  return text.empty() ? "none" : text;
}

[[noreturn]] void Unsupported(const std::string& reason, const std::string& next_step) {
  throw CpwError(
      ErrorCode::kUnsupportedDevice,
      "whisper.cpp cannot use " + reason + ". Usable here: " + Existing() + ". " + next_step);
}

}  // namespace

std::vector<BackendReport> WhisperBackends() {
  RouteUpstreamLogs();
  const std::string cpu = CpuDetail();
  std::vector<BackendReport> reports{{"cpu", !cpu.empty(), cpu}};
  for (const GpuKind& kind : kGpuKinds) {
    BackendReport report{kind.device, false, ""};
    for (const Gpu& gpu : GpusOf(kind)) {
      report.detail += (report.available ? ", " : "");
      report.detail += ggml_backend_dev_description(gpu.device);
      report.available = true;
    }
    if (!report.available) {
      const bool built = ggml_backend_reg_by_name(kind.registry.data()) != nullptr;
      report.detail = built ? "no such device was found" : "not part of this build";
    }
    reports.push_back(report);
  }
  return reports;
}

std::optional<int> FindWhisperDevice(const std::string& device, int index) {
  RouteUpstreamLogs();
  if (device == "cpu") return std::nullopt;
  for (const GpuKind& kind : kGpuKinds) {
    if (device != kind.device) continue;
    const std::string name = device + " device " + std::to_string(index);
    const std::vector<Gpu> gpus = GpusOf(kind);
    if (index < 0 || static_cast<std::size_t>(index) >= gpus.size()) {
      Unsupported(name, "Next step: choose one of these, or install a build with " + device + ".");
    }
    const Gpu& gpu = gpus[static_cast<std::size_t>(index)];
    const UpstreamErrors errors;
    if (!ggml_backend_ptr(ggml_backend_dev_init(gpu.device, nullptr))) {
      Unsupported(name + ", it does not start", "Next step: check its driver, or choose cpu.");
    }
    return gpu.number;
  }
  Unsupported("the device '" + device + "'", "Next step: choose cpu, cuda or metal.");
}

}  // namespace cpw

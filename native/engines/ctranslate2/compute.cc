#include "engines/ctranslate2/compute.h"

#include "core/error.h"
#include "engines/ctranslate2/backends.h"

namespace cpw {
namespace {

using ::ctranslate2::ComputeType;
using ::ctranslate2::Device;

constexpr ComputeType kTypes[] = {
    ComputeType::FLOAT32,  ComputeType::INT8_FLOAT32,  ComputeType::INT8,
    ComputeType::INT16,    ComputeType::FLOAT16,       ComputeType::INT8_FLOAT16,
    ComputeType::BFLOAT16, ComputeType::INT8_BFLOAT16,
};

bool Runs(ComputeType type, Device device, int index) {
  try {
    ::ctranslate2::resolve_compute_type(type, ComputeType::FLOAT32, device, index);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

std::string SupportedTypes(Device device, int index) {
  std::string names;
  for (const auto type : kTypes) {
    if (!Runs(type, device, index)) continue;
    names += (names.empty() ? "" : ", ") + ::ctranslate2::compute_type_to_str(type);
  }
  return names;
}

BackendReport Report(const std::string& name) {
  BackendReport report;
  report.device = name;
  try {
    const Device device = CheckedDevice(name, 0);
    report.available = true;
    report.detail = "compute types: " + SupportedTypes(device, 0);
  } catch (const std::exception& error) {
    report.detail = error.what();
  }
  return report;
}

}  // namespace

Device CheckedDevice(const std::string& device, int index) {
  const auto refuse = [&](const std::string& reason) -> CpwError {
    return {ErrorCode::kUnsupportedDevice, "CTranslate2 cannot use " + device + ":" +
                                               std::to_string(index) + ": " + reason +
                                               ". Next step: use the device cpu with index 0."};
  };
  if (device != "cpu" && device != "cuda") throw refuse("it runs on cpu and cuda alone");
  int count = 0;
  Device found = Device::CPU;
  try {
    found = ::ctranslate2::str_to_device(device);
    count = ::ctranslate2::get_device_count(found);
  } catch (const std::exception& error) {
    throw refuse(error.what());
  }
  if (index < 0 || index >= count) throw refuse("it sees " + std::to_string(count) + " of them");
  return found;
}

ComputeType CheckedComputeType(const std::string& name, Device device, int index) {
  const std::string next =
      " Next step: use one of: " + SupportedTypes(device, index) + " (or default, auto).";
  ComputeType type = ComputeType::DEFAULT;
  try {
    type = ::ctranslate2::str_to_compute_type(name);
  } catch (const std::exception&) {
    throw CpwError(ErrorCode::kInvalidOptions, "'" + name + "' is no compute type." + next);
  }
  if (!Runs(type, device, index)) {
    throw CpwError(ErrorCode::kUnsupportedDevice,
                   "The device " + ::ctranslate2::device_to_str(device) +
                       " does not run the compute type " + name + "." + next);
  }
  return type;
}

std::vector<BackendReport> CTranslate2Backends() { return {Report("cpu"), Report("cuda")}; }

}  // namespace cpw

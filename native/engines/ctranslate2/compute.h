#pragma once

#include <ctranslate2/devices.h>
#include <ctranslate2/types.h>

#include <string>

namespace cpw {

// "cpu" or "cuda" with its index, when it can be used; throws CpwError kUnsupportedDevice.
::ctranslate2::Device CheckedDevice(const std::string& device, int index);

// A compute type the device runs as it was asked for; throws CpwError naming those that it does.
::ctranslate2::ComputeType CheckedComputeType(const std::string& name, ::ctranslate2::Device device,
                                              int index);

}  // namespace cpw

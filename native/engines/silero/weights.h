#pragma once

#include <map>
#include <string>
#include <vector>

namespace cpw {

// Every tensor of a Silero file by its name, as f32 and in the order of the file.
using SileroWeights = std::map<std::string, std::vector<float>>;

// Refuses whatever is not Silero 5 or 6 for 16 kHz. Errors name the file.
SileroWeights ReadSileroWeights(const std::string& path);

}  // namespace cpw

#include <array>

#include "engines/whisper/model_check.h"
#include "engines/whisper/tensor_check.h"

namespace cpw {
namespace {

struct Field {
  const char* name;
  std::int32_t value;
};

// Upstream's graph is written for exactly this network; the numbers in the file cannot change it,
// only break it.
constexpr std::array<Field, 19> kFields = {{{"window", 512},
                                            {"context", 64},
                                            {"layer count", 4},
                                            {"layer 1 input", 129},
                                            {"layer 1 output", 128},
                                            {"layer 1 kernel", 3},
                                            {"layer 2 input", 128},
                                            {"layer 2 output", 64},
                                            {"layer 2 kernel", 3},
                                            {"layer 3 input", 64},
                                            {"layer 3 output", 64},
                                            {"layer 3 kernel", 3},
                                            {"layer 4 input", 64},
                                            {"layer 4 output", 128},
                                            {"layer 4 kernel", 3},
                                            {"LSTM input", 128},
                                            {"LSTM width", 128},
                                            {"last input", 128},
                                            {"last output", 1}}};
constexpr std::int32_t kTypeLength = 10;  // "silero-16k"

TensorSpecs SileroTensors() {
  constexpr ggml_type kHalf = GGML_TYPE_F16;
  constexpr ggml_type kFull = GGML_TYPE_F32;
  return {
      {"_model.stft.forward_basis_buffer", {kHalf, {256, 1, 258, 1}}},
      {"_model.encoder.0.reparam_conv.weight", {kHalf, {3, 129, 128, 1}}},
      {"_model.encoder.0.reparam_conv.bias", {kFull, {128, 1, 1, 1}}},
      {"_model.encoder.1.reparam_conv.weight", {kHalf, {3, 128, 64, 1}}},
      {"_model.encoder.1.reparam_conv.bias", {kFull, {64, 1, 1, 1}}},
      {"_model.encoder.2.reparam_conv.weight", {kHalf, {3, 64, 64, 1}}},
      {"_model.encoder.2.reparam_conv.bias", {kFull, {64, 1, 1, 1}}},
      {"_model.encoder.3.reparam_conv.weight", {kHalf, {3, 64, 128, 1}}},
      {"_model.encoder.3.reparam_conv.bias", {kFull, {128, 1, 1, 1}}},
      {"_model.decoder.rnn.weight_ih", {kFull, {128, 512, 1, 1}}},
      {"_model.decoder.rnn.weight_hh", {kFull, {128, 512, 1, 1}}},
      {"_model.decoder.rnn.bias_ih", {kFull, {512, 1, 1, 1}}},
      {"_model.decoder.rnn.bias_hh", {kFull, {512, 1, 1, 1}}},
      {"_model.decoder.decoder.2.weight", {kHalf, {128, 1, 1, 1}}},
      {"_model.decoder.decoder.2.bias", {kFull, {1, 1, 1, 1}}},
  };
}

}  // namespace

void CheckSileroFile(GgmlFile& file) {
  const std::int32_t length = file.ReadInt("its header");
  if (length > 50000) file.Refuse("it looks like a Whisper model");  // n_vocab stands there
  if (length != kTypeLength || file.ReadString(kTypeLength, "its header") != "silero-16k") {
    file.Refuse("it does not name itself silero-16k");
  }
  const std::int32_t major = file.ReadInt("its header");
  file.Skip(2 * sizeof(std::int32_t), "its header");
  if (major < 5 || major > 6) {
    file.Refuse("it is Silero " + std::to_string(major) + ", and 5 and 6 are supported");
  }
  for (const Field& field : kFields) {
    const std::int32_t value = file.ReadInt("its header");
    if (value != field.value) {
      file.Refuse(std::string("its ") + field.name + " is " + std::to_string(value) +
                  ", expected " + std::to_string(field.value));
    }
  }
  CheckTensors(file, SileroTensors());
  file.Rewind();
}

}  // namespace cpw

#include <ggml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "engines/whisper/model_check.h"
#include "engines/whisper/tensor_check.h"

namespace cpw {
namespace {

constexpr std::int32_t kVersionFactor = GGML_QNT_VERSION_FACTOR;
constexpr std::int32_t kSpectrumBins = 201;  // of a 400-sample window; upstream reads that many
constexpr std::int32_t kHeadWidth = 64;      // of every Whisper model
constexpr std::uint32_t kLongestToken = 1024;

struct WeightFormat {
  std::int32_t ftype;
  ggml_type type;
};

// Those that upstream converts or quantises to and that its CPU code multiplies. It asserts on any
// other number.
constexpr WeightFormat kFormats[] = {
    {GGML_FTYPE_ALL_F32, GGML_TYPE_F32},      {GGML_FTYPE_MOSTLY_F16, GGML_TYPE_F16},
    {GGML_FTYPE_MOSTLY_BF16, GGML_TYPE_BF16}, {GGML_FTYPE_MOSTLY_Q4_0, GGML_TYPE_Q4_0},
    {GGML_FTYPE_MOSTLY_Q4_1, GGML_TYPE_Q4_1}, {GGML_FTYPE_MOSTLY_Q5_0, GGML_TYPE_Q5_0},
    {GGML_FTYPE_MOSTLY_Q5_1, GGML_TYPE_Q5_1}, {GGML_FTYPE_MOSTLY_Q8_0, GGML_TYPE_Q8_0},
    {GGML_FTYPE_MOSTLY_Q2_K, GGML_TYPE_Q2_K}, {GGML_FTYPE_MOSTLY_Q3_K, GGML_TYPE_Q3_K},
    {GGML_FTYPE_MOSTLY_Q4_K, GGML_TYPE_Q4_K}, {GGML_FTYPE_MOSTLY_Q5_K, GGML_TYPE_Q5_K},
    {GGML_FTYPE_MOSTLY_Q6_K, GGML_TYPE_Q6_K},
};

const WeightFormat* FindFormat(std::int32_t ftype) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const auto& row) {
    return row.ftype == ftype % kVersionFactor;
  });
  return found == std::end(kFormats) ? nullptr : found;
}

struct Range {
  const char* name;
  std::int32_t WhisperHeader::*field;
  std::int32_t least;
  std::int32_t most;
};

constexpr Range kRanges[] = {
    {"vocabulary size", &WhisperHeader::n_vocab, 51864, 51866},
    {"audio context", &WhisperHeader::n_audio_ctx, 16, 1500},
    {"audio width", &WhisperHeader::n_audio_state, kHeadWidth, 4096},
    {"audio head count", &WhisperHeader::n_audio_head, 1, 64},
    {"audio layer count", &WhisperHeader::n_audio_layer, 1, 32},
    {"text context", &WhisperHeader::n_text_ctx, 32, 448},
    {"text width", &WhisperHeader::n_text_state, kHeadWidth, 4096},
    {"text head count", &WhisperHeader::n_text_head, 1, 64},
    {"text layer count", &WhisperHeader::n_text_layer, 1, 32},
    {"mel band count", &WhisperHeader::n_mels, 80, 128},
    {"weight format", &WhisperHeader::ftype, 0, 3 * kVersionFactor - 1},
};

WhisperHeader ReadHeader(GgmlFile& file) {
  WhisperHeader header;
  for (const Range& range : kRanges) {
    const std::int32_t value = file.ReadInt("its header");
    if (range.field == &WhisperHeader::n_vocab && value == 10) {  // the length of "silero-16k"
      file.Refuse("it looks like a Silero VAD model");
    }
    if (value < range.least || value > range.most) {
      file.Refuse(std::string("its ") + range.name + " is " + std::to_string(value) +
                  ", possible are " + std::to_string(range.least) + " to " +
                  std::to_string(range.most));
    }
    header.*range.field = value;
  }
  return header;
}

ggml_type CheckHeader(const GgmlFile& file, const WhisperHeader& header) {
  if (header.n_mels != 80 && header.n_mels != 128) {
    file.Refuse("it has " + std::to_string(header.n_mels) + " mel bands, possible are 80 and 128");
  }
  // Upstream multiplies the encoder's output with the decoder's weights.
  if (header.n_audio_state != header.n_text_state) {
    file.Refuse("its audio and text widths differ");
  }
  if (header.n_audio_state != header.n_audio_head * kHeadWidth ||
      header.n_text_state != header.n_text_head * kHeadWidth) {
    file.Refuse("its head counts do not fit its width of " + std::to_string(header.n_text_state));
  }
  const WeightFormat* format = FindFormat(header.ftype);
  if (!format) {
    file.Refuse("its weight format has the unknown number " + std::to_string(header.ftype));
  }
  if (header.n_audio_state % ggml_blck_size(format->type) != 0) {
    file.Refuse("its width of " + std::to_string(header.n_audio_state) + " cannot be stored as " +
                ggml_type_name(format->type));
  }
  return format->type;
}

void CheckFilters(GgmlFile& file, const WhisperHeader& header) {
  const std::string part = "its mel filters";
  const std::int32_t bands = file.ReadInt(part);
  const std::int32_t bins = file.ReadInt(part);
  if (bands != header.n_mels || bins != kSpectrumBins) {
    file.Refuse(part + " are " + std::to_string(bands) + " x " + std::to_string(bins) +
                ", expected " + std::to_string(header.n_mels) + " x " +
                std::to_string(kSpectrumBins));
  }
  std::vector<float> row(kSpectrumBins);
  for (std::int32_t band = 0; band < bands; ++band) {
    file.Read(row.data(), row.size() * sizeof(float), part);
    if (!std::all_of(row.begin(), row.end(), [](float x) { return x >= 0.0f && x <= 1.0f; })) {
      file.Refuse(part + " hold values outside 0 to 1");
    }
  }
}

void CheckVocabulary(GgmlFile& file, const WhisperHeader& header) {
  const std::string part = "its vocabulary";
  const std::int32_t count = file.ReadInt(part);
  // Upstream names the missing special tokens itself, and aborts on too many.
  if (count < 256 || count > header.n_vocab) {
    file.Refuse(part + " has " + std::to_string(count) + " entries, possible are 256 to " +
                std::to_string(header.n_vocab));
  }
  bool has_space = false;
  std::array<char, kLongestToken> token;
  for (std::int32_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::uint32_t>(file.ReadInt(part));
    if (length > kLongestToken) {
      file.Refuse(part + " has an entry (" + std::to_string(i) + ") of " + std::to_string(length) +
                  " bytes");
    }
    file.Read(token.data(), length, part);
    has_space = has_space || (length == 1 && token[0] == ' ');
  }
  // Upstream looks that entry up on a thread of its own and would end the process.
  if (!has_space) file.Refuse(part + " lacks the entry for a space");
}

class TensorTable {
 public:
  TensorTable(const WhisperHeader& header, ggml_type weights)
      : weights_(weights),
        convolutions_(weights == GGML_TYPE_F32 ? GGML_TYPE_F32 : GGML_TYPE_F16),
        width_(header.n_audio_state) {
    specs_["encoder.positional_embedding"] = Spec(GGML_TYPE_F32, width_, header.n_audio_ctx);
    specs_["encoder.conv1.weight"] = Spec(convolutions_, 3, header.n_mels, width_);
    specs_["encoder.conv1.bias"] = Spec(GGML_TYPE_F32, 1, width_);
    specs_["encoder.conv2.weight"] = Spec(convolutions_, 3, width_, width_);
    specs_["encoder.conv2.bias"] = Spec(GGML_TYPE_F32, 1, width_);
    Norm("encoder.ln_post");
    specs_["decoder.positional_embedding"] = Spec(GGML_TYPE_F32, width_, header.n_text_ctx);
    specs_["decoder.token_embedding.weight"] = Spec(weights_, width_, header.n_vocab);
    Norm("decoder.ln");
    for (int i = 0; i < header.n_audio_layer; ++i) {
      Block("encoder.blocks." + std::to_string(i) + ".");
    }
    for (int i = 0; i < header.n_text_layer; ++i) {
      const std::string prefix = "decoder.blocks." + std::to_string(i) + ".";
      Block(prefix);
      Attention(prefix + "cross_attn");
    }
  }
  const TensorSpecs& specs() const { return specs_; }

 private:
  static TensorSpec Spec(ggml_type type, std::int64_t a, std::int64_t b = 1, std::int64_t c = 1) {
    return {type, {a, b, c, 1}};
  }
  void Norm(const std::string& name) {
    specs_[name + ".weight"] = Spec(GGML_TYPE_F32, width_);
    specs_[name + ".bias"] = Spec(GGML_TYPE_F32, width_);
  }
  void Linear(const std::string& name, std::int64_t in, std::int64_t out, bool bias = true) {
    specs_[name + ".weight"] = Spec(weights_, in, out);
    if (bias) specs_[name + ".bias"] = Spec(GGML_TYPE_F32, out);
  }
  void Attention(const std::string& name) {
    Norm(name + "_ln");
    Linear(name + ".query", width_, width_);
    Linear(name + ".key", width_, width_, false);
    Linear(name + ".value", width_, width_);
    Linear(name + ".out", width_, width_);
  }
  void Block(const std::string& prefix) {
    Attention(prefix + "attn");
    Norm(prefix + "mlp_ln");
    Linear(prefix + "mlp.0", width_, 4 * width_);
    Linear(prefix + "mlp.2", 4 * width_, width_);
  }

  ggml_type weights_;
  ggml_type convolutions_;
  std::int64_t width_;
  TensorSpecs specs_;
};

}  // namespace

std::string WhisperHeader::WeightType() const {
  const WeightFormat* format = FindFormat(ftype);
  return format ? ggml_type_name(format->type) : "unknown";
}

WhisperHeader CheckWhisperFile(GgmlFile& file) {
  const WhisperHeader header = ReadHeader(file);
  const ggml_type weights = CheckHeader(file, header);
  CheckFilters(file, header);
  CheckVocabulary(file, header);
  CheckTensors(file, TensorTable(header, weights).specs());
  file.Rewind();
  return header;
}

}  // namespace cpw

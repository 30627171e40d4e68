#include "engines/ctranslate2/whisper_spec.h"

#include <set>
#include <string>
#include <vector>

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

using Dims = std::vector<std::uint32_t>;

constexpr std::uint32_t kNewestRevision = 3;
constexpr std::uint32_t kMaxWidth = 1U << 14;
constexpr int kMaxLayers = 256;

bool IsFloat(TensorType type) {
  return type == TensorType::kF32 || type == TensorType::kF16 || type == TensorType::kBF16;
}

std::string ToText(const Dims& dims) {
  std::string text = "(";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  }
  return text + ")";
}

class SpecCheck {
 public:
  explicit SpecCheck(const ModelBin& model) : model_(model) {}

  const ModelVariable& Get(const std::string& name) {
    const auto* variable = model_.Find(name);
    if (!variable) Fail("variable '" + name + "' is missing");
    seen_.insert(name);
    return *variable;
  }

  std::uint32_t Dim(const std::string& name, std::size_t rank, std::size_t axis) {
    const auto& dims = Get(name).dims;
    if (dims.size() != rank) Fail("variable '" + name + "' has the shape " + ToText(dims));
    return dims[axis];
  }

  void Float(const std::string& name, const Dims& dims) {
    const auto& variable = Shaped(name, dims);
    if (!IsFloat(variable.type)) Fail("variable '" + name + "' should hold floats");
  }

  // Weights may be quantised; then a scale stands beside them, and only then.
  void Weight(const std::string& name, const Dims& dims) {
    const auto& variable = Shaped(name, dims);
    const std::string scale = name + "_scale";
    if (variable.type == TensorType::kI8) {
      Scale(scale, {dims[0]});
    } else if (variable.type == TensorType::kI16) {
      Scale(scale, {});
    } else if (!IsFloat(variable.type)) {
      Fail("variable '" + name + "' has a type that weights cannot have");
    }
  }

  void Linear(const std::string& scope, std::uint32_t rows, std::uint32_t columns) {
    Weight(scope + "/weight", {rows, columns});
    Float(scope + "/bias", {rows});
  }

  void Norm(const std::string& scope, std::uint32_t width) {
    Float(scope + "/gamma", {width});
    Float(scope + "/beta", {width});
  }

  // An integer scalar within limits; one that may be left out and is yields nothing.
  std::int64_t Integer(const std::string& name, std::int64_t low, std::int64_t high) {
    const auto& variable = Get(name);
    if (!variable.integer) Fail("variable '" + name + "' should be one integer");
    const std::int64_t value = *variable.integer;
    if (value < low || value > high) {
      Fail("'" + name + "' is " + std::to_string(value) + " and should be " + std::to_string(low) +
           (low == high ? "" : " to " + std::to_string(high)));
    }
    return value;
  }
  void OptionalInteger(const std::string& name, std::int64_t low, std::int64_t high) {
    if (model_.Find(name)) Integer(name, low, high);
  }
  // Upstream takes such a value of another type for a factor.
  void OptionalFlag(const std::string& name, std::int64_t low, std::int64_t high) {
    const auto* variable = model_.Find(name);
    if (variable && variable->type != TensorType::kI8) Fail("'" + name + "' is not a flag");
    OptionalInteger(name, low, high);
  }

  int CountLayers(const std::string& scope) const {
    int count = 0;
    while (count < kMaxLayers &&
           model_.Find(scope + "/layer_" + std::to_string(count) + "/ffn/linear_0/weight")) {
      ++count;
    }
    if (count == 0) Fail("it has no " + scope + " layers");
    return count;
  }

  void NothingElse() const {
    for (const auto& [name, variable] : model_.variables) {
      if (!seen_.contains(name)) Fail("it has the unknown variable '" + name + "'");
    }
  }

  [[noreturn]] void Fail(const std::string& reason) const {
    ThrowIncompatible(model_.path, reason);
  }

 private:
  const ModelVariable& Shaped(const std::string& name, const Dims& dims) {
    const auto& variable = Get(name);
    if (variable.dims != dims) {
      Fail("variable '" + name + "' has the shape " + ToText(variable.dims) + " instead of " +
           ToText(dims));
    }
    return variable;
  }
  void Scale(const std::string& name, const Dims& dims) {
    if (Shaped(name, dims).type != TensorType::kF32) {
      Fail("variable '" + name + "' should hold 32-bit floats");
    }
  }

  const ModelBin& model_;
  std::set<std::string> seen_;
};

std::uint32_t Heads(SpecCheck& check, const std::string& name, std::uint32_t width) {
  const auto heads = static_cast<std::uint32_t>(check.Integer(name, 1, width));
  if (width % heads != 0) check.Fail("'" + name + "' does not divide the model's width");
  return heads;
}

void FeedForward(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  const auto inner = check.Dim(scope + "/linear_0/weight", 2, 0);
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", inner, width);
  check.Linear(scope + "/linear_1", width, inner);
}

void SelfAttention(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", 3 * width, width);  // queries, keys, values
  check.Linear(scope + "/linear_1", width, width);
}

void CrossAttention(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  check.Norm(scope + "/layer_norm", width);
  check.Linear(scope + "/linear_0", width, width);
  check.Linear(scope + "/linear_1", 2 * width, width);  // keys, values
  check.Linear(scope + "/linear_2", width, width);
}

void Encoder(SpecCheck& check, WhisperShape& shape, std::uint32_t width, std::uint32_t mels) {
  check.Weight("encoder/conv1/weight", {width, mels, 3});
  check.Float("encoder/conv1/bias", {width});
  check.Weight("encoder/conv2/weight", {width, width, 3});
  check.Float("encoder/conv2/bias", {width});
  check.Float("encoder/position_encodings/encodings", {kEncoderPositions, width});
  check.Norm("encoder/layer_norm", width);
  Heads(check, "encoder/num_heads", width);
  shape.encoder_layers = check.CountLayers("encoder");
  for (int i = 0; i < shape.encoder_layers; ++i) {
    const std::string layer = "encoder/layer_" + std::to_string(i);
    SelfAttention(check, layer + "/self_attention", width);
    FeedForward(check, layer + "/ffn", width);
  }
}

void Decoder(SpecCheck& check, WhisperShape& shape, std::uint32_t width) {
  const auto vocabulary = check.Dim("decoder/embeddings/weight", 2, 0);
  check.Weight("decoder/embeddings/weight", {vocabulary, width});
  check.Weight("decoder/projection/weight", {vocabulary, width});
  check.Float("decoder/position_encodings/encodings", {kDecoderPositions, width});
  check.Norm("decoder/layer_norm", width);
  const auto heads = Heads(check, "decoder/num_heads", width);
  shape.vocabulary = static_cast<int>(vocabulary);
  shape.decoder_heads = static_cast<int>(heads);
  shape.decoder_layers = check.CountLayers("decoder");
  for (int i = 0; i < shape.decoder_layers; ++i) {
    const std::string layer = "decoder/layer_" + std::to_string(i);
    SelfAttention(check, layer + "/self_attention", width);
    CrossAttention(check, layer + "/attention", width);
    FeedForward(check, layer + "/ffn", width);
  }
  // Switches of other architectures: Whisper's converter writes them, each at its one value.
  constexpr int kGelu = 3;
  check.OptionalInteger("decoder/activation", kGelu, kGelu);
  check.OptionalInteger("decoder/pre_norm", 1, 1);
  check.OptionalFlag("decoder/scale_embeddings", 0, 0);
  check.OptionalInteger("decoder/start_from_zero_embedding", 0, 0);
  check.OptionalInteger("decoder/alibi", 0, 0);
  check.OptionalInteger("decoder/alibi_use_positive_positions", 0, 1);
  check.OptionalInteger("decoder/scale_alibi", 0, 1);
  check.OptionalInteger("decoder/sliding_window", 0, 0);
  check.OptionalInteger("decoder/alignment_layer", -shape.decoder_layers, shape.decoder_layers - 1);
  check.OptionalInteger("decoder/alignment_heads", 0, heads);
}

}  // namespace

WhisperShape CheckWhisperSpec(const ModelBin& model) {
  SpecCheck check(model);
  if (model.spec != "WhisperSpec") {
    check.Fail("it holds a '" + model.spec + "' model, not a Whisper model");
  }
  if (model.revision == 0 || model.revision > kNewestRevision) {
    check.Fail("it has the Whisper revision " + std::to_string(model.revision) +
               ", newer than this build knows");
  }
  const auto width = check.Dim("encoder/conv1/weight", 3, 0);
  const auto mels = check.Dim("encoder/conv1/weight", 3, 1);
  if (width > kMaxWidth) check.Fail("its width is " + std::to_string(width));
  if (mels != 80 && mels != 128) {
    check.Fail("it wants " + std::to_string(mels) + " mel bands (Whisper has 80 or 128)");
  }
  WhisperShape shape;
  shape.mels = static_cast<int>(mels);
  shape.width = static_cast<int>(width);
  Encoder(check, shape, width, mels);
  Decoder(check, shape, width);
  check.NothingElse();
  return shape;
}

}  // namespace cpw

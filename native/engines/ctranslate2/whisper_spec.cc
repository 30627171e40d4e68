#include "engines/ctranslate2/whisper_spec.h"

#include <string>

#include "engines/ctranslate2/spec_check.h"

namespace cpw {
namespace {

constexpr std::uint32_t kNewestRevision = 3;
constexpr std::uint32_t kMaxWidth = 1U << 14;

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

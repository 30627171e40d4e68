#include "engines/ctranslate2/translation_spec.h"

#include <string>

#include "engines/ctranslate2/spec_check.h"

namespace cpw {
namespace {

constexpr std::uint32_t kNewestRevision = 7;
constexpr std::uint32_t kMaxWidth = 1U << 14;
constexpr int kLastActivation = 6;

// What the converters write on either side beside the weights, each at the values that this build
// computes with.
void Switches(SpecCheck& check, const std::string& scope) {
  check.OptionalInteger(scope + "/activation", 0, kLastActivation);
  check.OptionalInteger(scope + "/alibi", 0, 0);
  check.OptionalInteger(scope + "/alibi_use_positive_positions", 0, 1);
  check.OptionalInteger(scope + "/scale_alibi", 0, 1);
  check.OptionalInteger(scope + "/sliding_window", 0, 0);
  check.OptionalInteger(scope + "/multi_query_attention", 0, 0);
  check.OptionalInteger(scope + "/embeddings_merge", 0, 0);
  // A flag, or the factor itself.
  if (check.Has(scope + "/scale_embeddings") && check.Get(scope + "/scale_embeddings").integer) {
    check.OptionalFlag(scope + "/scale_embeddings", 0, 1);
  } else if (check.Has(scope + "/scale_embeddings")) {
    check.Float(scope + "/scale_embeddings", {});
  }
}

int Positions(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  const std::string name = scope + "/position_encodings/encodings";
  if (!check.Has(name)) return 0;
  const auto positions = check.Dim(name, 2, 0);
  check.Float(name, {positions, width});
  return static_cast<int>(positions);
}

// Models that normalise behind each layer have no norm at the end.
void Norms(SpecCheck& check, const std::string& scope, std::uint32_t width) {
  const auto pre_norm = check.OptionalInteger(scope + "/pre_norm", 0, 1, 1);
  if (pre_norm == 1) check.Norm(scope + "/layer_norm", width);
  if (check.Has(scope + "/layernorm_embedding/gamma")) {
    check.Norm(scope + "/layernorm_embedding", width);
  }
}

void Encoder(SpecCheck& check, TranslationShape& shape, std::uint32_t width) {
  // One table, or a list of one.
  const std::string table =
      check.Has("encoder/embeddings/weight") ? "encoder/embeddings" : "encoder/embeddings_0";
  const auto vocabulary = check.Dim(table + "/weight", 2, 0);
  check.Weight(table + "/weight", {vocabulary, width});
  shape.source_vocabulary = static_cast<int>(vocabulary);
  shape.source_positions = Positions(check, "encoder", width);
  Norms(check, "encoder", width);
  Switches(check, "encoder");
  Heads(check, "encoder/num_heads", width);
  shape.encoder_layers = check.CountLayers("encoder");
  for (int i = 0; i < shape.encoder_layers; ++i) {
    const std::string layer = "encoder/layer_" + std::to_string(i);
    SelfAttention(check, layer + "/self_attention", width);
    FeedForward(check, layer + "/ffn", width);
  }
}

void Decoder(SpecCheck& check, TranslationShape& shape, std::uint32_t width) {
  const auto vocabulary = check.Dim("decoder/embeddings/weight", 2, 0);
  check.Weight("decoder/embeddings/weight", {vocabulary, width});
  check.Weight("decoder/projection/weight", {vocabulary, width});
  if (check.Has("decoder/projection/bias")) check.Float("decoder/projection/bias", {vocabulary});
  shape.target_vocabulary = static_cast<int>(vocabulary);
  shape.target_positions = Positions(check, "decoder", width);
  shape.starts_from_zero = check.OptionalInteger("decoder/start_from_zero_embedding", 0, 1, 0) == 1;
  Norms(check, "decoder", width);
  Switches(check, "decoder");
  const auto heads = Heads(check, "decoder/num_heads", width);
  shape.decoder_layers = check.CountLayers("decoder");
  check.OptionalInteger("decoder/alignment_layer", -shape.decoder_layers, shape.decoder_layers - 1);
  check.OptionalInteger("decoder/alignment_heads", 0, heads);
  for (int i = 0; i < shape.decoder_layers; ++i) {
    const std::string layer = "decoder/layer_" + std::to_string(i);
    SelfAttention(check, layer + "/self_attention", width);
    CrossAttention(check, layer + "/attention", width);
    FeedForward(check, layer + "/ffn", width);
  }
}

}  // namespace

TranslationShape CheckTranslationSpec(const ModelBin& model) {
  SpecCheck check(model);
  if (model.spec != "TransformerSpec") {
    check.Fail("it holds a '" + model.spec + "' model, not one that translates");
  }
  // Models of a revision before 5 name their parts differently.
  if (model.revision < 5 || model.revision > kNewestRevision) {
    check.Fail("it has the transformer revision " + std::to_string(model.revision) +
               "; this build knows 5 to " + std::to_string(kNewestRevision));
  }
  const auto width = check.Dim("decoder/embeddings/weight", 2, 1);
  if (width > kMaxWidth) check.Fail("its width is " + std::to_string(width));
  TranslationShape shape;
  shape.width = static_cast<int>(width);
  Encoder(check, shape, width);
  Decoder(check, shape, width);
  check.NothingElse();
  return shape;
}

}  // namespace cpw

#pragma once

#include <ctranslate2/layers/transformer.h>
#include <ctranslate2/models/sequence_to_sequence.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "engines/ctranslate2/output_selection.h"

namespace cpw {

// Upstream's decoder with a product of our own at its end, where a selection is set.
class TranslationDecoder final : public ::ctranslate2::layers::TransformerDecoder {
 public:
  explicit TranslationDecoder(const ::ctranslate2::models::Model& model);

  // Null: all pieces, by upstream's product. The selection must outlive the decoding.
  void Select(const OutputSelection* selection) { selection_ = selection; }

  // Reads tokens, numbered as the model's, without writing: (rows, tokens).
  void Read(const ::ctranslate2::StorageView& ids, ::ctranslate2::layers::DecoderState& state,
            std::int64_t step);

  void operator()(::ctranslate2::dim_t step, const ::ctranslate2::StorageView& ids,
                  ::ctranslate2::layers::DecoderState& state, ::ctranslate2::StorageView* logits,
                  ::ctranslate2::StorageView* attention) override;
  using TransformerDecoder::operator();
  // Of the logits: beam search counts hypotheses by it.
  ::ctranslate2::dim_t output_size() const override;

 private:
  const OutputSelection* selection_ = nullptr;
};

// One thread's share of a model: layers of its own over the weights that all replicas share.
class TranslationReplica final : public ::ctranslate2::models::ModelReplica {
 public:
  using Sequences = std::vector<std::vector<std::size_t>>;

  static std::unique_ptr<TranslationReplica> create_from_model(
      const ::ctranslate2::models::Model& model);
  explicit TranslationReplica(const std::shared_ptr<const ::ctranslate2::models::Model>& model);

  // The decoder's state over the encoded texts.
  ::ctranslate2::layers::DecoderState Encode(const Sequences& source);
  TranslationDecoder& decoder() { return decoder_; }

 private:
  ::ctranslate2::layers::TransformerEncoder encoder_;
  TranslationDecoder decoder_;
};

// The product with the vocabulary, where its weights are such as PackedRows takes.
std::optional<QuantizedLayer> OutputLayerOf(const ::ctranslate2::models::Model& model);

}  // namespace cpw

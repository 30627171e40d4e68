#include "engines/ctranslate2/translation_replica.h"

namespace cpw {

using ::ctranslate2::dim_t;
using ::ctranslate2::StorageView;
using ::ctranslate2::layers::DecoderState;
using ::ctranslate2::models::Model;

TranslationDecoder::TranslationDecoder(const Model& model) : TransformerDecoder(model, "decoder") {}

void TranslationDecoder::Read(const StorageView& ids, DecoderState& state, std::int64_t step) {
  decode(ids, nullptr, step, state);
}

void TranslationDecoder::operator()(dim_t step, const StorageView& ids, DecoderState& state,
                                    StorageView* logits, StorageView* attention) {
  if (selection_ == nullptr) {
    TransformerDecoder::operator()(step, ids, state, logits, attention);
    return;
  }
  StorageView model_ids(ids);
  auto* const values = model_ids.data<std::int32_t>();
  for (dim_t i = 0; i < model_ids.size(); ++i) {
    values[i] = static_cast<std::int32_t>(selection_->ToModel(static_cast<std::size_t>(values[i])));
  }
  if (logits == nullptr) {
    decode(model_ids, nullptr, step, state, nullptr, attention);
    return;
  }
  StorageView hidden(output_type(), ids.device());
  decode(model_ids, nullptr, step, state, &hidden, attention, /*return_logits=*/false);
  selection_->Multiply(hidden, *logits);
}

dim_t TranslationDecoder::output_size() const {
  return selection_ == nullptr ? TransformerDecoder::output_size()
                               : static_cast<dim_t>(selection_->size());
}

std::unique_ptr<TranslationReplica> TranslationReplica::create_from_model(const Model& model) {
  const auto scope = model.get_scoped_device_setter();
  return std::make_unique<TranslationReplica>(model.shared_from_this());
}

TranslationReplica::TranslationReplica(const std::shared_ptr<const Model>& model)
    : ModelReplica(model), encoder_(*model, "encoder"), decoder_(*model) {}

DecoderState TranslationReplica::Encode(const Sequences& source) {
  const auto device = model()->device();
  StorageView lengths(::ctranslate2::DataType::INT32, device);
  std::vector<StorageView> ids;
  ids.push_back(::ctranslate2::layers::make_sequence_inputs(
      source, device, model()->preferred_size_multiple(), &lengths));
  StorageView memory(encoder_.output_type(), device);
  encoder_(ids, &lengths, memory);
  DecoderState state = decoder_.initial_state();
  state.emplace("memory", std::move(memory));
  state.emplace("memory_lengths", std::move(lengths));
  return state;
}

std::optional<QuantizedLayer> OutputLayerOf(const Model& model) {
  const auto* weights = model.get_variable_if_exists("decoder/projection/weight");
  const auto* scales = model.get_variable_if_exists("decoder/projection/weight_scale");
  const auto* bias = model.get_variable_if_exists("decoder/projection/bias");
  // Other compute types hand on activations of 16 bits.
  const auto type = model.effective_compute_type();
  const bool floats =
      type == ::ctranslate2::ComputeType::INT8 || type == ::ctranslate2::ComputeType::INT8_FLOAT32;
  const bool fits =
      PackedRows::Supported() && floats && model.device() == ::ctranslate2::Device::CPU &&
      weights && weights->dtype() == ::ctranslate2::DataType::INT8 && scales &&
      scales->dtype() == ::ctranslate2::DataType::FLOAT32 && scales->size() == weights->dim(0) &&
      (!bias || bias->dtype() == ::ctranslate2::DataType::FLOAT32);
  if (!fits) return std::nullopt;
  return QuantizedLayer{
      weights->data<std::int8_t>(), scales->data<float>(), bias ? bias->data<float>() : nullptr,
      static_cast<std::size_t>(weights->dim(0)), static_cast<std::size_t>(weights->dim(1))};
}

}  // namespace cpw

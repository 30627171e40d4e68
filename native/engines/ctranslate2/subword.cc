#include "engines/ctranslate2/subword.h"

#include <sentencepiece_processor.h>

#include "core/error.h"
#include "engines/ctranslate2/model_error.h"
#include "engines/ctranslate2/sentencepiece_file.h"

namespace cpw {
namespace {

void Require(const sentencepiece::util::Status& status) {
  if (status.ok()) return;
  throw CpwError(ErrorCode::kInferenceFailed, std::string("SentencePiece failed: ") +
                                                  status.message() +
                                                  ". Next step: report this with the text.");
}

}  // namespace

Subword::Subword(const std::string& path)
    : processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  const auto status = processor_->LoadFromSerializedProto(ReadSentencePieceFile(path));
  if (!status.ok()) ThrowIncompatible(path, status.message());
}

Subword::~Subword() = default;

std::vector<std::string> Subword::Encode(const std::string& text) const {
  std::vector<std::string> pieces;
  Require(processor_->Encode(text, &pieces));
  return pieces;
}

std::string Subword::Decode(const std::vector<std::string>& pieces) const {
  std::string text;
  Require(processor_->Decode(pieces, &text));
  return text;
}

}  // namespace cpw

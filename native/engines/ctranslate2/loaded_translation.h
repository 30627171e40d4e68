#pragma once

#include <ctranslate2/models/sequence_to_sequence.h>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/translation.h"
#include "engines/ctranslate2/output_pieces.h"
#include "engines/ctranslate2/output_selection.h"
#include "engines/ctranslate2/subword.h"
#include "engines/ctranslate2/translation_folder.h"

namespace cpw {

// What the texts of a model need to know of it beside its layers. Read by every thread.
class LoadedTranslation {
 public:
  using Model = ::ctranslate2::models::SequenceToSequenceModel;

  // Throws CpwError where the vocabularies do not fit the weights.
  LoadedTranslation(TranslationFolder folder, std::shared_ptr<const Model> model);
  LoadedTranslation(const LoadedTranslation&) = delete;
  LoadedTranslation& operator=(const LoadedTranslation&) = delete;

  const ::ctranslate2::Vocabulary& source() const { return model_->get_source_vocabulary(); }
  const ::ctranslate2::Vocabulary& target() const { return model_->get_target_vocabulary(); }
  const Subword& source_pieces() const { return source_pieces_; }
  const Subword& target_pieces() const { return target_ ? *target_ : source_pieces_; }
  TranslatorInfo& info() { return info_; }
  const TranslatorInfo& info() const { return info_; }

  // Throws CpwError kUnsupportedLanguage for a language that the model does not know.
  void CheckLanguages(const TranslateOptions& options) const;
  // What the encoder reads of some pieces; `unknown` counts those that it does not know.
  std::vector<std::size_t> SourceIds(const TranslateOptions& options,
                                     const std::vector<std::string>& pieces, int& unknown) const;
  // The decoder's start token, then what every translation in the target language begins with.
  std::vector<std::size_t> StartIds(const TranslateOptions& options) const;
  // Pieces of one part of a text, at most.
  std::size_t LongestSource() const;
  // Tokens that a translation may have, its start included; 0 = any number.
  std::size_t LongestTarget() const;

  // The pieces that texts of these scripts need, packed at the first call; the four sets used last
  // are kept. Null where upstream's product has to do.
  std::shared_ptr<const PieceSet> PiecesOf(ScriptSet scripts) const;
  // Those that the sources and a prefix carry beside them; null where there are none.
  std::unique_ptr<const PieceSet> ExtraPieces(
      const std::vector<const std::vector<std::string>*>& sources,
      const std::vector<std::size_t>& prefix, ScriptSet scripts) const;
  bool selects() const { return layer_.has_value(); }

 private:
  const TranslationFolder folder_;
  const std::shared_ptr<const Model> model_;
  const Subword source_pieces_;
  const std::unique_ptr<const Subword> target_;  // null where one serves both sides
  const OutputPieces output_;
  const std::optional<QuantizedLayer> layer_;
  TranslatorInfo info_;
  mutable std::mutex mutex_;
  mutable std::list<std::pair<ScriptSet, std::shared_ptr<const PieceSet>>> sets_;
};

}  // namespace cpw

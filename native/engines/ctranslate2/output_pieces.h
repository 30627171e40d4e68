#pragma once

#include <ctranslate2/vocabulary.h>

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/script.h"
#include "engines/ctranslate2/translation_folder.h"

namespace cpw {

// Which pieces of the target vocabulary a translation may hold. The product with the vocabulary is
// most of what a step costs (NLLB: 256,206 pieces), and a language is written with one script.
class OutputPieces {
 public:
  OutputPieces(const ::ctranslate2::Vocabulary& target, TranslationLayout layout);

  // Ids of what may stand in a text of these scripts, ascending: pieces without letters, letters a
  // to z, bytes and the end token are always there; unknown, padding and language tokens never.
  std::vector<std::uint32_t> Of(ScriptSet scripts) const;
  // Whether a piece is among them.
  bool Holds(std::size_t id, ScriptSet scripts) const;

  // Adds the pieces of other scripts that words of the source are made of: names, numbers with
  // units and Latin words stay possible. `source` is a text's pieces.
  void AddFrom(const std::vector<std::string>& source, ScriptSet scripts,
               std::unordered_set<std::uint32_t>& ids) const;

 private:
  enum class Kind : std::uint8_t { kText, kAlways, kNever };
  Kind KindOf(std::size_t id, TranslationLayout layout) const;
  void AddWord(const std::string& word, ScriptSet scripts,
               std::unordered_set<std::uint32_t>& ids) const;
  void AddPiece(const std::string& piece, ScriptSet scripts,
                std::unordered_set<std::uint32_t>& ids) const;

  const ::ctranslate2::Vocabulary& vocabulary_;
  std::vector<ScriptSet> scripts_;
  std::vector<Kind> kinds_;
};

}  // namespace cpw

#pragma once

#include <string>

#include "engines/ctranslate2/translation_spec.h"

namespace cpw {

// Families of models, which differ in their files and in how they are told the languages.
enum class TranslationLayout { kNllb, kM2m100, kOpus, kIndicTrans2 };

const char* LayoutName(TranslationLayout layout);

struct TranslationFolder {
  TranslationLayout layout = TranslationLayout::kOpus;
  TranslationShape shape;
  std::string source_pieces;  // path of the SentencePiece model
  std::string target_pieces;  // the same path where one serves both sides
};

// Checks a CTranslate2 folder for translation before upstream's loader sees it. Throws CpwError
// kModelNotFound, or kModelIncompatible with the file, the reason and the next step.
TranslationFolder CheckTranslationFolder(const std::string& path);

}  // namespace cpw

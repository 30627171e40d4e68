#pragma once

#include <ctranslate2/vocabulary.h>

#include <string>
#include <vector>

#include "engines/ctranslate2/translation_folder.h"

namespace cpw {

// How a model of each family is told the languages, in words of its vocabulary.

// Whether `token` names a language: `eng_Latn`, `__en__`, `>>eng<<`.
bool IsLanguageToken(TranslationLayout layout, const std::string& token);

// Whether `token` stands for a byte of a character that has no piece: `<0xE4>`.
bool IsByteToken(const std::string& token);

// The whole source: languages, pieces, the end. Languages may be empty where the model has none.
std::vector<std::string> SourceTokens(TranslationLayout layout, const std::string& source,
                                      const std::string& target,
                                      const std::vector<std::string>& pieces,
                                      const std::string& end);

// What every translation begins with, behind the decoder's start token.
std::vector<std::string> TargetTokens(TranslationLayout layout, const std::string& target);

// All tokens that name languages, in the vocabulary's order.
std::vector<std::string> LanguageTokens(TranslationLayout layout,
                                        const ::ctranslate2::Vocabulary& vocabulary);

// Parts of at most `limit` pieces; each but the last ends behind punctuation where there is some in
// its second half, else before a word, else anywhere.
std::vector<std::vector<std::string>> SplitPieces(const std::vector<std::string>& pieces,
                                                  std::size_t limit);

}  // namespace cpw

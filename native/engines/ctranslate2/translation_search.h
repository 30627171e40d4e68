#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/translation.h"
#include "engines/ctranslate2/loaded_translation.h"
#include "engines/ctranslate2/translation_replica.h"

namespace cpw {

// A text, or a part of one, as the model reads it.
struct TranslationRow {
  std::vector<std::string> pieces;
  std::vector<std::size_t> ids;
  int unknown = 0;  // pieces that the model does not know, or knows as bytes alone
};

// What a call wants, made ready for the model.
struct TranslationPlan {
  TranslateOptions options;
  ScriptSet scripts = ~ScriptSet{0};
  std::vector<std::size_t> start;   // what the decoder reads before it writes
  std::vector<std::size_t> prefix;  // what every translation begins with

  bool operator==(const TranslationPlan&) const = default;
};

// Throws CpwError for languages, a script or a prefix that the model cannot have.
TranslationPlan PlanTranslation(const LoadedTranslation& model, const TranslateOptions& options);

// Translates the rows together, one step of the decoder for all of them. Throws what upstream
// throws.
std::vector<TranslationResult> TranslateRows(TranslationReplica& replica,
                                             const LoadedTranslation& model,
                                             const TranslationPlan& plan,
                                             const std::vector<const TranslationRow*>& rows);

}  // namespace cpw

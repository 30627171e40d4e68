#pragma once

#include <vector>

#include "engines/ctranslate2/sentence_queue.h"

namespace cpw {

// Translates the rows together and answers each. An aborted call stops the batch, which goes on
// without its rows; where the batch fails, each row is tried alone. Never throws.
void RunTranslationBatch(TranslationReplica& replica, const LoadedTranslation& model,
                         std::vector<SentenceTask> tasks) noexcept;

}  // namespace cpw

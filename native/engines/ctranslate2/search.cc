#include "engines/ctranslate2/search.h"

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/random.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "core/compression.h"
#include "core/error.h"
#include "engines/ctranslate2/segments.h"
#include "engines/ctranslate2/text.h"

namespace cpw {
namespace {

using ::ctranslate2::StorageView;
using ::ctranslate2::models::WhisperGenerationResult;
using ::ctranslate2::models::WhisperOptions;
using ::ctranslate2::models::WhisperReplica;

constexpr std::size_t kMostTokens = kDecoderPositions / 2;
constexpr unsigned kSeed = 42;

std::size_t TokenLimit(double duration) { return std::min(TokensFor(duration), kMostTokens); }

// Upstream allows min(max_length / 2, max_length - prompt) new tokens.
std::size_t MaxLength(std::size_t tokens, std::size_t prompt) {
  return std::min<std::size_t>(std::max(2 * tokens, tokens + prompt), kDecoderPositions);
}

// The rows one below the other, each filled up with zeros to the longest.
StorageView Stacked(const std::vector<SearchRow>& rows, std::vector<std::int32_t>& lengths) {
  std::int64_t longest = 0;
  for (const SearchRow& row : rows) {
    longest = std::max(longest, row.encoded->dim(1));
    lengths.push_back(static_cast<std::int32_t>(row.encoded->dim(1)));
  }
  const StorageView& first = *rows.front().encoded;
  if (rows.size() == 1) {
    StorageView view(first.dtype(), first.device());
    view.shallow_copy(*rows.front().encoded);
    lengths.clear();
    return view;
  }
  std::vector<StorageView> padded;
  std::vector<const StorageView*> parts;
  padded.reserve(rows.size());
  for (const SearchRow& row : rows) {
    const StorageView& encoded = *row.encoded;
    const std::int64_t missing = longest - encoded.dim(1);
    if (missing == 0) {
      parts.push_back(&encoded);
      continue;
    }
    StorageView filling(StorageView({1, missing, encoded.dim(2)}, 0.0F).to(encoded.dtype()));
    if (encoded.device() != filling.device()) filling = filling.to(encoded.device());
    padded.emplace_back(encoded.dtype(), encoded.device());
    ::ctranslate2::ops::Concat(1)({&encoded, &filling}, padded.back());
    parts.push_back(&padded.back());
  }
  StorageView stacked(first.dtype(), first.device());
  ::ctranslate2::ops::Concat(0)(parts, stacked);
  return stacked;
}

DecodedPass ToPass(const LoadedWhisper& model, const std::vector<std::size_t>& ids, double score,
                   std::size_t limit, double duration, const DecodeOptions& options) {
  DecodedPass pass;
  pass.ids = ids;
  pass.capped = ids.size() >= limit;
  // A row of a batch may write on until the longest one's limit.
  if (pass.ids.size() > limit) pass.ids.resize(limit);
  // Upstream's score is divided by a power of the number of tokens; the end of the text counts as
  // one more.
  const auto count = static_cast<double>(ids.size());
  pass.avg_logprob =
      ids.empty() ? 0 : score * std::pow(count, options.length_penalty) / (count + 1);
  std::vector<std::size_t> text;
  std::copy_if(pass.ids.begin(), pass.ids.end(), std::back_inserter(text),
               [&](std::size_t id) { return id < model.special().end_of_text; });
  pass.text = Trim(model.tokenizer.Decode(text));
  pass.compression_ratio = CompressionRatio(pass.text);
  JudgeLoops(pass, text, GateLimitsFor(options));
  if (options.compression_ratio_threshold > 0) {
    const auto split = SplitAtTimestamps(pass.ids, model.special().timestamp_begin, duration);
    pass.looped = pass.looped || SaysTwice(split);
  }
  return pass;
}

WhisperOptions SearchOptions(const LoadedWhisper& model, const DecodingAttempt& attempt,
                             const DecodeOptions& options) {
  WhisperOptions search;
  search.return_scores = true;
  search.return_no_speech_prob = true;
  search.patience = static_cast<float>(options.patience);
  search.length_penalty = static_cast<float>(options.length_penalty);
  search.repetition_penalty = static_cast<float>(options.repetition_penalty);
  search.no_repeat_ngram_size = static_cast<std::size_t>(options.no_repeat_ngram_size);
  search.suppress_tokens = SuppressedTokens(model, options.suppress_tokens);
  if (attempt.temperature > 0) {
    search.beam_size = 1;
    search.sampling_topk = 0;
    search.sampling_temperature = static_cast<float>(attempt.temperature);
    search.num_hypotheses = static_cast<std::size_t>(options.best_of);
    // The same window gives the same text every time, whatever ran on this thread before.
    ::ctranslate2::get_random_generator().seed(kSeed);
  } else {
    search.beam_size = static_cast<std::size_t>(std::max(attempt.beam_size, 1));
  }
  return search;
}

void CheckResult(const WhisperGenerationResult& result) {
  if (result.sequences_ids.empty() || result.scores.empty()) {
    throw CpwError(ErrorCode::kInferenceFailed,
                   "CTranslate2 returned nothing for a window. Next step: report this.");
  }
  if (!result.sequences_ids[0].empty() && !std::isfinite(result.scores[0])) {
    throw CpwError(
        ErrorCode::kInferenceFailed,
        "The model computes no numbers: its weights are damaged. Next step: download or convert "
        "it again.");
  }
}

}  // namespace

std::vector<FoundText> Search(WhisperReplica& replica, const LoadedWhisper& model,
                              const std::vector<SearchRow>& rows, const DecodingAttempt& attempt,
                              const DecodeOptions& options) {
  WhisperOptions search = SearchOptions(model, attempt, options);
  std::vector<std::vector<std::size_t>> prompts;
  std::size_t most_tokens = 0;
  std::size_t longest_prefix = 0;
  for (const SearchRow& row : rows) {
    prompts.push_back(row.prompt->ids);
    prompts.back().insert(prompts.back().end(), row.prompt->prefix.begin(),
                          row.prompt->prefix.end());
    most_tokens = std::max(most_tokens, TokenLimit(row.duration));
    longest_prefix = std::max(longest_prefix, row.prompt->prefix.size());
  }
  const std::size_t prompt = rows.front().prompt->ids.size();
  search.max_length = MaxLength(most_tokens + longest_prefix, prompt);
  StorageView encoded = Stacked(rows, search.memory_lengths);
  const auto results = replica.generate(std::move(encoded), prompts, search);
  const std::size_t room = std::min(search.max_length / 2, search.max_length - (prompt - 1));

  std::vector<FoundText> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const WhisperGenerationResult& result = results.at(i);
    CheckResult(result);
    const std::size_t limit =
        std::min(TokenLimit(rows[i].duration) + rows[i].prompt->prefix.size(), room);
    FoundText text;
    text.pass =
        ToPass(model, result.sequences_ids[0], result.scores[0], limit, rows[i].duration, options);
    text.pass.kind = attempt.kind;
    text.pass.temperature = attempt.temperature;
    text.no_speech_prob = result.no_speech_prob;
    found.push_back(std::move(text));
  }
  return found;
}

}  // namespace cpw

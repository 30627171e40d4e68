#include "engines/ctranslate2/translation_search.h"

#include <ctranslate2/decoding.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/error.h"

namespace cpw {
namespace {

using ::ctranslate2::DecodingOptions;
using ::ctranslate2::DecodingResult;
using ::ctranslate2::StorageView;

// Without a limit of the caller's: what no honest translation reaches. One that does runs in
// circles.
constexpr std::size_t kTokensPerPiece = 3;
constexpr std::size_t kFreeTokens = 32;
constexpr std::size_t kMostTokens = 768;

// Tokens that a row may write, its prefix included.
std::size_t TokenLimit(const LoadedTranslation& model, const TranslationPlan& plan,
                       const TranslationRow& row) {
  const auto wanted = static_cast<std::size_t>(plan.options.max_length);
  std::size_t limit = wanted > 0 ? wanted : kTokensPerPiece * row.pieces.size() + kFreeTokens;
  if (wanted == 0) limit = std::min(limit, kMostTokens);
  limit += plan.prefix.size();
  const std::size_t positions = model.LongestTarget();
  // The start is read, and the last token that is written is not.
  if (positions > 0)
    limit = std::min(limit, positions - std::min(positions, plan.start.size() - 1));
  return std::max<std::size_t>(limit, 1);
}

DecodingOptions SearchOptions(const TranslateOptions& options) {
  DecodingOptions search;
  search.beam_size = static_cast<std::size_t>(options.beam_size);
  search.num_hypotheses = static_cast<std::size_t>(options.alternatives);
  search.patience = static_cast<float>(options.patience);
  search.length_penalty = static_cast<float>(options.length_penalty);
  search.repetition_penalty = static_cast<float>(options.repetition_penalty);
  search.no_repeat_ngram_size = static_cast<std::size_t>(options.no_repeat_ngram_size);
  search.min_length = static_cast<std::size_t>(options.min_length);
  search.return_scores = options.scores;
  return search;
}

// Every row reads the same start, so that its last token alone begins the search: reading costs no
// product with the vocabulary.
void ReadStart(TranslationReplica& replica, const std::vector<std::size_t>& start, std::size_t rows,
               ::ctranslate2::layers::DecoderState& state) {
  if (start.size() < 2) return;
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < rows; ++i) ids.insert(ids.end(), start.begin(), start.end() - 1);
  const auto device = replica.model()->device();
  replica.decoder().Read(
      StorageView({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(start.size() - 1)},
                  ids, device),
      state, 0);
}

TranslationResult ToResult(const LoadedTranslation& model, const TranslationRow& row,
                           const DecodingResult& decoded, std::size_t limit,
                           const TranslateOptions& options) {
  TranslationResult result;
  result.source_tokens = static_cast<int>(row.pieces.size());
  result.unknown_tokens = row.unknown;
  const std::size_t end = model.target().eos_id();
  for (std::size_t i = 0; i < decoded.hypotheses.size(); ++i) {
    auto ids = decoded.hypotheses[i];
    TranslationHypothesis hypothesis;
    if (options.scores && !ids.empty()) {
      // Upstream divides the sum by a power of the length.
      const auto length = static_cast<double>(ids.size());
      hypothesis.score = decoded.scores[i] * std::pow(length, options.length_penalty - 1);
      if (!std::isfinite(hypothesis.score)) {
        throw CpwError(ErrorCode::kInferenceFailed,
                       "The model computes no numbers: its weights are damaged. Next step: "
                       "download or convert it again.");
      }
    }
    const bool ended = !ids.empty() && ids.back() == end;
    if (ended) ids.pop_back();
    const bool too_long = ids.size() > limit;
    // A row of a batch may write on until the longest one's limit.
    if (too_long) ids.resize(limit);
    std::vector<std::string> pieces;
    for (const std::size_t id : ids) pieces.push_back(model.target().to_token(id));
    hypothesis.text = model.target_pieces().Decode(pieces);
    if (i == 0) {
      result.cut_off = !ended || too_long;
      result.target_tokens = static_cast<int>(ids.size());
    }
    result.hypotheses.push_back(std::move(hypothesis));
  }
  return result;
}

// Numbers of the batch's selection while it is decoded, the model's before and after.
class Decoding {
 public:
  Decoding(TranslationReplica& replica, const LoadedTranslation& model, const TranslationPlan& plan,
           const std::vector<const TranslationRow*>& rows)
      : replica_(replica),
        plan_(plan),
        end_(model.target().eos_id()),
        unknown_(model.target().unk_id()) {
    if (!model.selects()) {
      replica_.decoder().update_output_layer(replica_.model()->preferred_size_multiple());
      return;
    }
    std::vector<const std::vector<std::string>*> sources;
    for (const TranslationRow* row : rows) sources.push_back(&row->pieces);
    selection_ = std::make_unique<const OutputSelection>(
        model.PiecesOf(plan.scripts), model.ExtraPieces(sources, plan.prefix, plan.scripts),
        static_cast<std::uint32_t>(plan.start.back()));
    replica_.decoder().Select(selection_.get());
  }
  ~Decoding() { replica_.decoder().Select(nullptr); }
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;

  std::vector<DecodingResult> Run(::ctranslate2::layers::DecoderState state, std::size_t rows,
                                  DecodingOptions search) {
    search.start_step = static_cast<std::int64_t>(plan_.start.size()) - 1;
    std::vector<std::size_t> start{selection_ ? selection_->start() : plan_.start.back()};
    for (const std::size_t id : plan_.prefix) {
      start.push_back(selection_ ? selection_->FromModel(id) : id);
    }
    if (!selection_) search.disable_ids.push_back(unknown_);
    const std::size_t end = selection_ ? selection_->FromModel(end_) : end_;
    auto results =
        ::ctranslate2::decode(replica_.decoder(), state,
                              std::vector<std::vector<std::size_t>>(rows, start), {end}, search);
    if (!selection_) return results;
    for (auto& result : results) {
      for (auto& hypothesis : result.hypotheses) {
        for (auto& id : hypothesis) id = selection_->ToModel(id);
      }
    }
    return results;
  }

 private:
  TranslationReplica& replica_;
  const TranslationPlan& plan_;
  const std::size_t end_;
  const std::size_t unknown_;
  std::unique_ptr<const OutputSelection> selection_;
};

}  // namespace

TranslationPlan PlanTranslation(const LoadedTranslation& model, const TranslateOptions& options) {
  model.CheckLanguages(options);
  TranslationPlan plan;
  plan.options = options;
  if (!options.script.empty()) {
    const auto scripts = ScriptsOfCode(options.script);
    if (!scripts) {
      throw CpwError(ErrorCode::kInternal, "The script " + options.script + " is not known here.");
    }
    plan.scripts = *scripts;
  }
  plan.start = model.StartIds(options);
  if (options.target_prefix.empty()) return plan;
  for (const auto& piece : model.target_pieces().Encode(options.target_prefix)) {
    plan.prefix.push_back(model.target().to_id(piece));
    if (plan.prefix.back() == model.target().unk_id()) {
      throw CpwError(ErrorCode::kInvalidOptions,
                     "targetPrefix: the model's vocabulary has no piece for '" + piece +
                         "'. Next step: write the prefix in other characters, or leave it out.");
    }
  }
  return plan;
}

std::vector<TranslationResult> TranslateRows(TranslationReplica& replica,
                                             const LoadedTranslation& model,
                                             const TranslationPlan& plan,
                                             const std::vector<const TranslationRow*>& rows) {
  const auto scope = replica.model()->get_scoped_device_setter();
  TranslationReplica::Sequences source;
  std::vector<std::size_t> limits;
  for (const TranslationRow* row : rows) {
    source.push_back(row->ids);
    limits.push_back(TokenLimit(model, plan, *row));
  }
  auto state = replica.Encode(source);
  Decoding decoding(replica, model, plan, rows);
  ReadStart(replica, plan.start, rows.size(), state);
  DecodingOptions search = SearchOptions(plan.options);
  search.max_length = *std::max_element(limits.begin(), limits.end());
  const auto decoded = decoding.Run(std::move(state), rows.size(), std::move(search));
  std::vector<TranslationResult> results;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    results.push_back(ToResult(model, *rows[i], decoded.at(i), limits[i], plan.options));
  }
  return results;
}

}  // namespace cpw

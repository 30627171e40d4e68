#include "engines/ctranslate2/words.h"

#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/alignment_heads.h"
#include "core/audio_source.h"
#include "core/error.h"
#include "core/mel.h"
#include "core/words.h"
#include "engines/ctranslate2/tokenizer.h"

namespace cpw {
namespace {

using ctranslate2::StorageView;
using ctranslate2::models::WhisperReplica;

constexpr double kPositionSeconds = 0.02;  // of the encoder's output
constexpr ctranslate2::dim_t kMedianWidth = 7;

// The times between the tokens of a text, one more than there are tokens, in encoder positions.
using Borders = std::vector<double>;

Borders EvenBorders(std::size_t tokens, double positions) {
  Borders borders;
  for (std::size_t i = 0; i <= tokens; ++i) {
    borders.push_back(positions * static_cast<double>(i) / static_cast<double>(tokens));
  }
  return borders;
}

// A token begins at the first position on the path that belongs to it; the last row of the path is
// the end of the text.
Borders BordersOf(const ctranslate2::models::WhisperAlignmentResult& result, std::size_t tokens,
                  double positions) {
  Borders borders;
  ctranslate2::dim_t row = -1;
  for (const auto& [text, time] : result.alignments) {
    if (text != row) borders.push_back(static_cast<double>(time));
    row = text;
  }
  if (borders.size() == tokens + 1) return borders;
  return EvenBorders(tokens, positions);  // no path: audio of less than one position
}

class Aligner {
 public:
  Aligner(const WordAlignment& alignment, const WhisperVocabulary& vocabulary)
      : alignment_(alignment), vocabulary_(vocabulary) {
    for (const auto& segment : alignment.segments) {
      for (const std::size_t id : segment) {
        if (IsText(id)) text_.push_back(id);
      }
    }
  }

  std::vector<std::vector<TimedToken>> Align(WhisperReplica& replica, StorageView& encoded) {
    if (text_.empty()) return std::vector<std::vector<TimedToken>>(alignment_.segments.size());
    const std::size_t positions =
        std::min((alignment_.samples.size() - alignment_.first_sample) / kMelHop / 2,
                 static_cast<std::size_t>(encoded.dim(1)));
    // <|notimestamps|> and the end of the text count as well.
    const bool fits = alignment_.start_sequence.size() + text_.size() + 2 <= kDecoderPositions;
    if (fits) {
      StorageView view(encoded.dtype(), encoded.device());
      view.shallow_copy(encoded);
      auto results = replica.align(std::move(view), alignment_.start_sequence, {text_},
                                   {2 * positions}, kMedianWidth);
      probabilities_ = std::move(results.at(0).text_token_probs);
      borders_ = BordersOf(results[0], text_.size(), static_cast<double>(positions));
    } else {
      borders_ = EvenBorders(text_.size(), static_cast<double>(positions));
    }
    probabilities_.resize(text_.size(), 0.0f);
    return Split();
  }

 private:
  bool IsText(std::size_t id) const { return id < vocabulary_.special().end_of_text; }

  std::vector<std::vector<TimedToken>> Split() const {
    std::vector<std::vector<TimedToken>> rows;
    std::size_t at = 0;
    for (const auto& segment : alignment_.segments) {
      auto& row = rows.emplace_back();
      for (const std::size_t id : segment) {
        if (!IsText(id)) continue;
        row.push_back({StandInsToBytes(vocabulary_.token(id)), TimeOf(borders_[at]),
                       TimeOf(borders_[at + 1]), probabilities_[at]});
        ++at;
      }
    }
    return rows;
  }
  double TimeOf(double position) const {
    return static_cast<double>(alignment_.first_sample) / kSampleRate + position * kPositionSeconds;
  }

  const WordAlignment& alignment_;
  const WhisperVocabulary& vocabulary_;
  std::vector<std::size_t> text_;
  Borders borders_;
  std::vector<float> probabilities_;
};

}  // namespace

void CheckWordTimes(const WhisperReplica& replica, const WhisperVocabulary& vocabulary) {
  const auto& config = replica.model()->config;
  const auto heads = config.find("alignment_heads");
  if (heads != config.end() && !heads->empty()) return;
  const auto path = std::filesystem::path(vocabulary.path()).parent_path() / "config.json";
  throw CpwError(ErrorCode::kModelIncompatible,
                 "This model cannot time words: " + path.string() +
                     " has no 'alignment_heads', the attention heads that follow the speech. Next "
                     "step: convert the model again from its original files, or leave "
                     "wordTimestamps off.");
}

void AlignWords(WhisperReplica& replica, StorageView& encoded, const WordAlignment& alignment,
                const WhisperFolder& folder, std::vector<Segment>& segments) {
  CheckWordTimes(replica, folder.vocabulary);
  const auto tokens = Aligner(alignment, folder.vocabulary).Align(replica, encoded);
  const AlignmentHeads* known =
      FindAlignmentHeads(folder.shape.decoder_layers, folder.shape.width, folder.shape.vocabulary);
  AddWords(segments, tokens,
           {alignment.language, alignment.samples, known ? known->delay : 0, RepairUtf8});
}

}  // namespace cpw

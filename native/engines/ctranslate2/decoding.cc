#include "engines/ctranslate2/decoding.h"

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/random.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/whisper_spec.h"

namespace cpw {
namespace {

using ctranslate2::StorageView;
using ctranslate2::models::WhisperOptions;
using ctranslate2::models::WhisperReplica;

constexpr double kTemperatures[] = {0.2, 0.4, 0.6, 0.8, 1.0};
constexpr std::size_t kBestOf = 5;
constexpr std::size_t kTokensBase = 48;
constexpr double kTokensPerSecond = 14;  // scripts that take several tokens a character included
constexpr std::size_t kMostTokens = kDecoderPositions / 2;
constexpr unsigned kSeed = 42;

std::size_t TokenLimit(double duration) {
  const auto limit = kTokensBase + static_cast<std::size_t>(std::ceil(duration * kTokensPerSecond));
  return std::min(limit, kMostTokens);
}

// Upstream allows min(max_length / 2, max_length - prompt) new tokens.
std::size_t MaxLength(std::size_t tokens, std::size_t prompt) {
  return std::min<std::size_t>(std::max(2 * tokens, tokens + prompt), kDecoderPositions);
}

DecodedPass ToPass(const std::vector<std::size_t>& ids, double score, std::size_t limit,
                   const SpecialTokens& special) {
  DecodedPass pass;
  pass.ids = ids;
  pass.capped = ids.size() >= limit;
  // Upstream's score is divided by the number of tokens; the end of the text counts as one more.
  const auto count = static_cast<double>(ids.size());
  pass.avg_logprob = ids.empty() ? 0 : score * count / (count + 1);
  std::vector<std::size_t> text;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(text),
               [&](std::size_t id) { return id < special.end_of_text; });
  pass.looped = LooksLooped(text);
  return pass;
}

class WindowDecoder {
 public:
  WindowDecoder(WhisperReplica& replica, StorageView& encoded, const DecodingPlan& plan,
                const SpecialTokens& special)
      : replica_(replica), encoded_(encoded), plan_(plan), special_(special) {}

  DecodedWindow Run(const Job& job) {
    best_.pass = Pass(plan_.beam_size, 0);
    if (Settled()) return std::move(best_);
    if (plan_.retry_beam_size > plan_.beam_size) {
      job.Check();
      Consider(Pass(plan_.retry_beam_size, 0));
    }
    if (Settled()) return std::move(best_);
    if (plan_.encode_whole) {
      job.Check();
      encoded_ = plan_.encode_whole();
      Consider(Pass(std::max(plan_.beam_size, plan_.retry_beam_size), 0));
    }
    // The same window gives the same text every time, whatever ran on this thread before.
    ctranslate2::get_random_generator().seed(kSeed);
    for (const double temperature : kTemperatures) {
      if (Settled()) break;
      job.Check();
      Consider(Pass(1, temperature));
    }
    return std::move(best_);
  }

 private:
  bool Settled() const {
    return LooksRight(best_.pass) || IsSilence(best_.pass, best_.no_speech_prob);
  }
  void Consider(DecodedPass pass) {
    if (IsBetter(pass, best_.pass)) best_.pass = std::move(pass);
  }

  DecodedPass Pass(std::size_t beam, double temperature) {
    const std::size_t limit = TokenLimit(plan_.duration);
    WhisperOptions options;
    options.beam_size = beam;
    options.max_length = MaxLength(limit, plan_.prompt.size());
    options.return_scores = true;
    options.return_no_speech_prob = true;
    if (temperature > 0) {
      options.sampling_topk = 0;
      options.sampling_temperature = static_cast<float>(temperature);
      options.num_hypotheses = kBestOf;
    }
    StorageView view(encoded_.dtype(), encoded_.device());
    view.shallow_copy(encoded_);
    const auto results = replica_.generate(std::move(view), {plan_.prompt}, options);
    if (results.empty() || results[0].sequences_ids.empty() || results[0].scores.empty()) {
      throw CpwError(ErrorCode::kInferenceFailed,
                     "CTranslate2 returned nothing for a window. Next step: report this.");
    }
    best_.no_speech_prob = results[0].no_speech_prob;
    const auto& ids = results[0].sequences_ids[0];
    const double score = results[0].scores[0];
    if (!ids.empty() && !std::isfinite(score)) {
      throw CpwError(
          ErrorCode::kInferenceFailed,
          "The model computes no numbers: its weights are damaged. Next step: download or convert "
          "it again.");
    }
    const std::size_t room = options.max_length - (plan_.prompt.size() - 1);
    return ToPass(ids, score, std::min(limit, room), special_);
  }

  WhisperReplica& replica_;
  StorageView& encoded_;
  const DecodingPlan& plan_;
  const SpecialTokens& special_;
  DecodedWindow best_;
};

}  // namespace

DecodedWindow DecodeWindow(WhisperReplica& replica, StorageView& encoded, const DecodingPlan& plan,
                           const SpecialTokens& special, const Job& job) {
  return WindowDecoder(replica, encoded, plan, special).Run(job);
}

}  // namespace cpw

#include "engines/whisper/decoder.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "core/compression.h"
#include "core/error.h"
#include "engines/whisper/search_params.h"
#include "engines/whisper/text.h"
#include "engines/whisper/upstream_log.h"
#include "engines/whisper/words.h"

namespace cpw {
namespace {

constexpr double kShortestPart = 0.1;  // seconds; upstream decodes nothing that is shorter
constexpr double kShortRest = 1;       // seconds left over, which are mostly silence
constexpr int kLeastMs = 1000;         // what a shorter part is taken for, silence behind it
constexpr double kLeastLogprob = -50;  // stands for log(0)

double Seconds(std::int64_t centiseconds) { return static_cast<double>(centiseconds) / 100; }

double Duration(std::span<const float> samples) {
  return static_cast<double>(samples.size()) / kSampleRate;
}

double Probability(std::span<const float> logits, std::size_t index) {
  const double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - most);
  return std::exp(logits[index] - most) / sum;
}

}  // namespace

// One decoding of a part.
struct WhisperDecoder::Pass : DecodedPass {
  std::vector<Segment> segments;
  std::vector<std::vector<whisper_token_data>> tokens;  // of each segment
  double no_speech_prob = 0;
  double reached = 0;    // where the model stopped listening
  bool stopped = false;  // before the end
};

// What upstream's callbacks see of one pass.
struct WhisperDecoder::Hooks {
  const Job& job;
  const TokenRules& rules;
  int chunks = 0;

  static bool ShouldAbort(void* self) { return static_cast<Hooks*>(self)->job.aborted(); }

  // One chunk for each call: the next one is a part of its own, encoded at its own length.
  static bool BeginChunk(whisper_context*, whisper_state*, void* self) {
    auto& hooks = *static_cast<Hooks*>(self);
    return hooks.chunks++ == 0 && !hooks.job.aborted();
  }

  static void FilterLogits(whisper_context* context, whisper_state*,
                           const whisper_token_data* tokens, int count, float* logits, void* self) {
    const std::span<const whisper_token_data> text(tokens, static_cast<std::size_t>(count));
    const auto size = static_cast<std::size_t>(whisper_n_vocab(context));
    static_cast<Hooks*>(self)->rules.Apply(text, {logits, size});
  }
};

WindowResult WhisperDecoder::Decode(const Window& window, const DecodeOptions& options,
                                    const Job& job) {
  job.Check();
  CheckDecodeOptions(model_, options);
  WindowResult result;
  result.language = model_.info.multilingual ? options.language : "en";
  if (options.multilingual) result.language = "";
  result.consumed = window.duration();
  if (window.samples.empty()) return result;
  CheckSamples(window);
  if (options.word_timestamps) CheckWordTimes(model_);
  DecodeOptions part_options = options;
  std::vector<std::vector<TimedToken>> tokens;
  double offset = 0;
  for (;;) {
    const auto samples = std::span<const float>(window.samples)
                             .subspan(static_cast<std::size_t>(offset * kSampleRate));
    Hear(samples, OwnContext(samples.size()));
    if (result.language.empty()) result.language = ScoreLanguages(job).front().language;
    const bool short_rest = offset > 0 && Duration(samples) < kShortRest;
    Pass pass = DecodePart(part_options, result.language, short_rest, job);
    if (options.word_timestamps) TimePart(pass, options, result.language, offset, tokens, job);
    for (Segment& segment : pass.segments) {
      segment.start = std::min(offset + segment.start, window.duration());
      segment.end = std::min(offset + segment.end, window.duration());
      if (options.multilingual) segment.language = result.language;
      result.segments.push_back(std::move(segment));
    }
    // The model closed a sentence and left the next one open: that one begins another part.
    const double rest = window.duration() - offset - pass.reached;
    if (!pass.stopped || pass.reached < kShortestPart || rest < kShortestPart) break;
    offset += pass.reached;
    if (options.seeks) {
      result.consumed = offset;
      break;
    }
    part_options.prefix.clear();  // the window began with it
  }
  if (options.word_timestamps)
    AddWords(model_, result.language, window.samples, tokens, result.segments);
  return result;
}

void WhisperDecoder::TimePart(Pass& pass, const DecodeOptions& options, const std::string& language,
                              double offset, std::vector<std::vector<TimedToken>>& tokens,
                              const Job& job) {
  if (pass.segments.empty()) return;
  job.Check();
  const EncodedSpeech speech{language, options.translate, heard_.size(), std::move(pass.tokens)};
  for (auto& row : TimeTokens(model_, state_.get(), speech, job)) {
    for (TimedToken& token : row) {
      token.start += offset;
      token.end += offset;
    }
    tokens.push_back(std::move(row));
  }
}

std::vector<LanguageScore> WhisperDecoder::DetectLanguage(const Window& window, const Job& job) {
  job.Check();
  if (!model_.info.multilingual) return {{"en", 1}};
  if (window.samples.empty()) {
    throw CpwError(
        ErrorCode::kUnsupportedMedia,
        "There is no audio to detect a language in. Next step: give audio, or name the language.");
  }
  CheckSamples(window);
  Hear(window.samples, WholeContext());
  return ScoreLanguages(job);
}

WhisperDecoder::Pass WhisperDecoder::DecodePart(const DecodeOptions& options,
                                                const std::string& language, bool short_rest,
                                                const Job& job) {
  const GateLimits limits = GateLimitsFor(options);
  std::vector<DecodingAttempt> ladder = LadderFor(options);
  if (short_rest) ladder.resize(std::min<std::size_t>(ladder.size(), 1));
  std::optional<Pass> best;
  for (const DecodingAttempt& attempt : ladder) {
    job.Check();
    if (attempt.kind == DecodingPass::kFull) {
      if (context_ >= WholeContext()) continue;
      Hear(heard_, WholeContext());
    }
    Pass pass = Run(attempt, options, language, job);
    const bool agreed = best && Confirms(pass, *best, limits);
    if (!best || IsBetter(pass, *best, limits)) best = std::move(pass);
    if (agreed || LooksRight(*best, limits) || IsSilence(*best, best->no_speech_prob, limits))
      break;
  }
  if (!best) throw CpwError(ErrorCode::kInternal, "No attempt was made at a window.");
  const bool doubtful = short_rest && !LooksRight(*best, limits);
  if (doubtful || IsSilence(*best, best->no_speech_prob, limits)) {
    best->segments.clear();
    best->stopped = false;
  }
  for (Segment& segment : best->segments) Describe(segment, *best, best->no_speech_prob);
  return std::move(*best);
}

WhisperDecoder::Pass WhisperDecoder::Run(const DecodingAttempt& attempt,
                                         const DecodeOptions& options, const std::string& language,
                                         const Job& job) {
  const WhisperPrompt& prompt = Prompt(options);
  const TokenRules rules{SuppressedTokens(model_, options.suppress_tokens),
                         prompt.prefix,
                         options.repetition_penalty,
                         static_cast<std::size_t>(options.no_repeat_ngram_size),
                         TokenLimit(Duration(heard_), prompt.prefix.size()),
                         whisper_token_eot(model_.context.get())};
  Hooks hooks{job, rules};
  whisper_full_params params = SearchParams(attempt, options);
  params.language = language.c_str();
  params.prompt_tokens = prompt.context.data();
  params.prompt_n_tokens = static_cast<int>(prompt.context.size());
  params.encoder_begin_callback = Hooks::BeginChunk;
  params.encoder_begin_callback_user_data = &hooks;
  params.logits_filter_callback = Hooks::FilterLogits;
  params.logits_filter_callback_user_data = &hooks;
  params.abort_callback = Hooks::ShouldAbort;
  params.abort_callback_user_data = &hooks;
  RunUpstream(params, job);
  Pass pass = Collect();
  pass.kind = attempt.kind;
  pass.temperature = attempt.temperature;
  pass.stopped = hooks.chunks > 1;
  pass.capped = pass.ids.size() >= rules.most_tokens;
  // Nothing was found where somebody speaks.
  pass.capped |= pass.text.empty() && pass.no_speech_prob <= options.no_speech_threshold;
  std::vector<std::size_t> text;
  std::copy_if(pass.ids.begin(), pass.ids.end(), std::back_inserter(text),
               [&](std::size_t id) { return id < static_cast<std::size_t>(rules.end); });
  JudgeLoops(pass, text, GateLimitsFor(options));
  return pass;
}

WhisperDecoder::Pass WhisperDecoder::Collect() const {
  whisper_state* state = state_.get();
  whisper_context* context = model_.context.get();
  const whisper_chunk_result chunk = whisper_full_get_chunk_from_state(state);
  Pass pass;
  pass.no_speech_prob = chunk.no_speech_prob;
  pass.reached = Seconds(chunk.seek_delta);
  double sum = 0;
  std::string text;
  for (const whisper_token_data& token :
       std::span(chunk.tokens, static_cast<std::size_t>(chunk.n_tokens))) {
    sum += std::max(kLeastLogprob, static_cast<double>(token.plog));
    if (token.id == whisper_token_eot(context)) continue;
    pass.ids.push_back(static_cast<std::size_t>(token.id));
    if (token.id < whisper_token_eot(context)) text += whisper_token_to_str(context, token.id);
  }
  // The end of the text counts as a token, whether or not upstream kept it.
  pass.avg_logprob = pass.ids.empty() ? 0 : sum / static_cast<double>(pass.ids.size() + 1);
  pass.text = CleanText(text);
  pass.compression_ratio = CompressionRatio(pass.text);
  for (int i = 0; i < whisper_full_n_segments_from_state(state); ++i) {
    Segment segment;
    segment.start = std::max(0.0, Seconds(whisper_full_get_segment_t0_from_state(state, i)));
    segment.end = Seconds(whisper_full_get_segment_t1_from_state(state, i));
    segment.text = CleanText(whisper_full_get_segment_text_from_state(state, i));
    if (segment.text.empty()) continue;
    pass.segments.push_back(std::move(segment));
    auto& tokens = pass.tokens.emplace_back();
    for (int j = 0; j < whisper_full_n_tokens_from_state(state, i); ++j)
      tokens.push_back(whisper_full_get_token_data_from_state(state, i, j));
  }
  return pass;
}

std::vector<LanguageScore> WhisperDecoder::ScoreLanguages(const Job& job) {
  const TokenRules none;
  Hooks hooks{job, none};
  whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
  params.detect_language = true;
  params.language = nullptr;
  params.abort_callback = Hooks::ShouldAbort;
  params.abort_callback_user_data = &hooks;
  RunUpstream(params, job);

  // Upstream ranks its 100 languages even where the model knows 99, so the ranking is done here.
  whisper_context* context = model_.context.get();
  const std::vector<std::string>& languages = model_.info.languages;
  const float* first = whisper_get_logits_from_state(state_.get()) + whisper_token_lang(context, 0);
  const std::span<const float> logits(first, languages.size());
  std::vector<LanguageScore> scores;
  for (std::size_t i = 0; i < languages.size(); ++i) {
    scores.push_back({languages[i], Probability(logits, i)});
  }
  std::stable_sort(scores.begin(), scores.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  return scores;
}

void WhisperDecoder::RunUpstream(const whisper_full_params& given, const Job& job) {
  whisper_full_params params = given;
  params.print_progress = false;
  params.print_timestamps = false;
  params.n_threads = model_.threads;
  params.audio_ctx = context_;
  params.duration_ms = std::max(kLeastMs, static_cast<int>(1000 * Duration(heard_)));
  const UpstreamErrors errors;
  int status = 0;
  try {
    // No samples: the spectrogram is there, and with our patch what the encoder made of it.
    status = whisper_full_with_state(model_.context.get(), State(), params, nullptr, 0);
  } catch (...) {
    state_.reset();  // what it holds after a failure is unknown
    throw;
  }
  job.Check();
  if (status == 0) return;
  state_.reset();
  errors.ThrowInference("The window could not be decoded (whisper.cpp status " +
                        std::to_string(status) + ")");
}

}  // namespace cpw

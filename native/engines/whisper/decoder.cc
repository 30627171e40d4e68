#include "engines/whisper/decoder.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "engines/whisper/text.h"
#include "engines/whisper/upstream_log.h"
#include "engines/whisper/words.h"

namespace cpw {
namespace {

// Upstream reads past the end of anything below 201 samples and ignores anything below 100 ms.
constexpr std::size_t kLeastSamples = kSampleRate;
constexpr double kLeastProgress = 0.1;  // upstream decodes no chunk that is shorter
// More than that many tokens take; upstream's tokeniser recurses for each byte of a word.
constexpr std::size_t kMostPromptBytes = 2048;
constexpr double kLeastLogprob = -50;  // stands for log(0)
constexpr float kTemperatureStep = 0.2f;

double Seconds(std::int64_t centiseconds) { return static_cast<double>(centiseconds) / 100; }

double Probability(std::span<const float> logits, std::size_t index) {
  const double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - most);
  return std::exp(logits[index] - most) / sum;
}

}  // namespace

struct WhisperDecoder::Pass {
  std::vector<Segment> segments;
  std::vector<std::vector<TimedToken>> tokens;  // of each segment, where words are to be timed
  PassStatistics statistics;
  double end = 0;        // of the last segment
  bool stopped = false;  // after the first chunk, with audio left
};

// Times the tokens of one pass. Upstream decodes in chunks and forgets a chunk's encoding at the
// next one, so the text of each is timed before the next begins.
struct WhisperDecoder::Timer {
  const WhisperModel& model;
  const Job& job;
  EncodedSpeech speech;
  std::vector<std::vector<TimedToken>> rows = {};  // one for each of upstream's segments

  void Catch(whisper_state* state) {
    speech.segments.clear();
    for (int i = static_cast<int>(rows.size()); i < whisper_full_n_segments_from_state(state);
         ++i) {
      auto& segment = speech.segments.emplace_back();
      for (int j = 0; j < whisper_full_n_tokens_from_state(state, i); ++j)
        segment.push_back(whisper_full_get_token_data_from_state(state, i, j));
    }
    if (speech.segments.empty()) return;
    auto timed = TimeTokens(model, state, speech, job);
    std::move(timed.begin(), timed.end(), std::back_inserter(rows));
  }
};

// What upstream's callbacks see of one pass.
struct WhisperDecoder::Hooks {
  const Job& job;
  bool first_chunk_only;
  std::size_t start_row;  // of the start-of-transcript token among the prompt's logits
  Timer* timer = nullptr;
  int chunks = 0;
  std::optional<double> no_speech_prob = std::nullopt;

  static bool ShouldAbort(void* self) { return static_cast<Hooks*>(self)->job.aborted(); }

  static bool BeginChunk(whisper_context*, whisper_state* state, void* self) {
    auto& hooks = *static_cast<Hooks*>(self);
    if (hooks.timer && !hooks.job.aborted()) hooks.timer->Catch(state);
    return !hooks.job.aborted() && (hooks.chunks++ == 0 || !hooks.first_chunk_only);
  }

  // Upstream tells the no-speech probability only along with text.
  static void SeeLogits(whisper_context* context, whisper_state* state, const whisper_token_data*,
                        int tokens, float*, void* self) {
    auto& hooks = *static_cast<Hooks*>(self);
    if (tokens != 0 || hooks.no_speech_prob) return;
    const auto size = static_cast<std::size_t>(whisper_n_vocab(context));
    const float* row = whisper_get_logits_from_state(state) + hooks.start_row * size;
    hooks.no_speech_prob =
        Probability({row, size}, static_cast<std::size_t>(whisper_token_nosp(context)));
  }
};

WindowResult WhisperDecoder::Decode(const Window& window, const DecodeOptions& options,
                                    const Job& job) {
  job.Check();
  WindowResult result;
  result.language = options.language;
  result.consumed = window.duration();
  if (options.word_timestamps) CheckWordTimes(model_);
  if (window.samples.empty()) return result;
  std::span<const float> samples = Prepare(window);
  if (!model_.info.multilingual) result.language = "en";
  if (result.language.empty()) {
    result.language = Detect(samples, job).front().language;
    samples = {};  // from here on upstream keeps the spectrogram and, with our patch, the encoding
  }
  const bool gated = options.retry_beam_size > 0;
  Pass pass =
      Run(samples, options, result.language, {options.beam_size, !gated, options.seeks}, job);
  if (gated && LooksWrong(pass.statistics)) {
    pass = Run({}, options, result.language, {options.retry_beam_size, true, options.seeks}, job);
  }
  for (Segment& segment : pass.segments) {
    segment.start = std::min(segment.start, result.consumed);
    segment.end = std::min(segment.end, result.consumed);
  }
  // Upstream wanted a second chunk: the model closed a sentence and left the next one open.
  if (pass.stopped && pass.end >= kLeastProgress) {
    result.consumed = std::min(result.consumed, pass.end);
  }
  if (options.word_timestamps)
    AddWords(model_, result.language, window.samples, pass.tokens, pass.segments);
  result.segments = std::move(pass.segments);
  return result;
}

std::vector<LanguageScore> WhisperDecoder::DetectLanguage(const Window& window, const Job& job) {
  job.Check();
  if (!model_.info.multilingual) return {{"en", 1}};
  if (window.samples.empty()) {
    throw CpwError(
        ErrorCode::kUnsupportedMedia,
        "There is no audio to detect a language in. Next step: give audio, or name the language.");
  }
  return Detect(Prepare(window), job);
}

std::span<const float> WhisperDecoder::Prepare(const Window& window) {
  const std::vector<float>& samples = window.samples;
  heard_ = samples.size();
  if (!std::all_of(samples.begin(), samples.end(), [](float x) { return std::isfinite(x); })) {
    throw CpwError(
        ErrorCode::kUnsupportedMedia,
        "The audio holds values that are not finite numbers (NaN or infinity). Next step: check "
        "what produced the samples.");
  }
  if (samples.size() >= kLeastSamples) return samples;
  padded_.assign(samples.begin(), samples.end());
  padded_.resize(kLeastSamples, 0.0f);
  return padded_;
}

std::vector<LanguageScore> WhisperDecoder::Detect(std::span<const float> samples, const Job& job) {
  Hooks hooks{job, false, 0};
  whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
  params.print_progress = false;
  params.n_threads = model_.threads;
  params.detect_language = true;
  params.language = nullptr;
  params.abort_callback = Hooks::ShouldAbort;
  params.abort_callback_user_data = &hooks;
  RunUpstream(params, samples, job);

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

WhisperDecoder::Pass WhisperDecoder::Run(std::span<const float> samples,
                                         const DecodeOptions& options, const std::string& language,
                                         const PassOptions& pass_options, const Job& job) {
  const bool greedy = pass_options.beam_size <= 1;
  const std::vector<whisper_token>& prompt = PromptTokens(options.initial_prompt);
  std::optional<Timer> timer;
  if (options.word_timestamps)
    timer.emplace(Timer{model_, job, {language, options.translate, heard_, {}}});
  Hooks hooks{job, pass_options.first_chunk_only, prompt.empty() ? 0 : prompt.size() + 1,
              timer ? &*timer : nullptr};
  whisper_full_params params =
      whisper_full_default_params(greedy ? WHISPER_SAMPLING_GREEDY : WHISPER_SAMPLING_BEAM_SEARCH);
  params.print_progress = false;
  params.print_timestamps = false;
  params.n_threads = model_.threads;
  params.language = language.c_str();
  params.translate = options.translate;
  params.prompt_tokens = prompt.data();
  params.prompt_n_tokens = static_cast<int>(prompt.size());
  params.greedy.best_of = pass_options.beam_size;
  params.beam_search.beam_size = pass_options.beam_size;
  params.temperature_inc = pass_options.fall_back ? kTemperatureStep : 0.0f;
  params.encoder_begin_callback = Hooks::BeginChunk;
  params.encoder_begin_callback_user_data = &hooks;
  params.logits_filter_callback = Hooks::SeeLogits;
  params.logits_filter_callback_user_data = &hooks;
  params.abort_callback = Hooks::ShouldAbort;
  params.abort_callback_user_data = &hooks;
  RunUpstream(params, samples, job);
  if (timer) timer->Catch(state_.get());
  using Tokens = std::span<const std::vector<TimedToken>>;
  Pass pass = Collect(hooks.no_speech_prob.value_or(0), timer ? Tokens(timer->rows) : Tokens());
  pass.stopped = hooks.first_chunk_only && hooks.chunks > 1;
  return pass;
}

// No samples: those of the call before.
void WhisperDecoder::RunUpstream(const whisper_full_params& params, std::span<const float> samples,
                                 const Job& job) {
  whisper_state* state = State();
  const UpstreamErrors errors;
  int status = 0;
  try {
    status = whisper_full_with_state(model_.context.get(), state, params, samples.data(),
                                     static_cast<int>(samples.size()));
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

WhisperDecoder::Pass WhisperDecoder::Collect(
    double no_speech_prob, std::span<const std::vector<TimedToken>> tokens_of) const {
  whisper_state* state = state_.get();
  Pass pass;
  pass.statistics.no_speech_prob = no_speech_prob;
  for (int i = 0; i < whisper_full_n_segments_from_state(state); ++i) {
    Segment segment;
    segment.start = std::max(0.0, Seconds(whisper_full_get_segment_t0_from_state(state, i)));
    segment.end = Seconds(whisper_full_get_segment_t1_from_state(state, i));
    segment.text = CleanText(whisper_full_get_segment_text_from_state(state, i));
    segment.no_speech_prob = whisper_full_get_segment_no_speech_prob_from_state(state, i);
    const int tokens = whisper_full_n_tokens_from_state(state, i);
    double sum = 0;
    for (int j = 0; j < tokens; ++j) {
      const whisper_token_data token = whisper_full_get_token_data_from_state(state, i, j);
      sum += std::max(kLeastLogprob, static_cast<double>(token.plog));
      pass.statistics.tokens.push_back(token.id);
    }
    pass.statistics.sum_logprob += sum;
    segment.avg_logprob = tokens > 0 ? sum / tokens : 0;
    pass.end = std::max(pass.end, segment.end);
    if (segment.text.empty()) continue;
    pass.segments.push_back(std::move(segment));
    if (!tokens_of.empty()) pass.tokens.push_back(tokens_of[static_cast<std::size_t>(i)]);
  }
  return pass;
}

// The last ones count, as in the reference decoder. Upstream would tokenise the text anew for each
// call.
const std::vector<whisper_token>& WhisperDecoder::PromptTokens(const std::string& prompt) {
  if (prompt == prompt_) return prompt_tokens_;
  const std::size_t cut = prompt.size() - std::min(prompt.size(), kMostPromptBytes);
  const std::string text = CleanText(std::string_view(prompt).substr(cut));
  std::vector<whisper_token> tokens(text.empty() ? 0 : text.size() + 1);
  if (!tokens.empty()) {
    const UpstreamErrors unknown_tokens;
    const int count = whisper_tokenize(model_.context.get(), (" " + text).c_str(), tokens.data(),
                                       static_cast<int>(tokens.size()));
    tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
  }
  // Half of the text context, minus the token that introduces the prompt: 223.
  const std::ptrdiff_t most = whisper_n_text_ctx(model_.context.get()) / 2 - 1;
  if (std::ssize(tokens) > most) tokens.erase(tokens.begin(), tokens.end() - most);
  prompt_ = prompt;
  prompt_tokens_ = std::move(tokens);
  return prompt_tokens_;
}

whisper_state* WhisperDecoder::State() {
  if (state_) return state_.get();
  const UpstreamErrors errors;
  std::lock_guard lock(UpstreamSetupMutex());
  state_.reset(whisper_init_state(model_.context.get()));
  if (!state_) errors.ThrowInference("The model's working memory could not be set up");
  return state_.get();
}

}  // namespace cpw

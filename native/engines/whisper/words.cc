#include "engines/whisper/words.h"

#include <algorithm>

#include "core/alignment_heads.h"
#include "core/attention_path.h"
#include "core/audio_source.h"
#include "core/error.h"
#include "engines/whisper/text.h"

namespace cpw {
namespace {

constexpr std::size_t kPositionSamples = kSampleRate / 50;  // of the encoder's output
constexpr double kPositionSeconds = 0.02;
constexpr double kMelFrameSeconds = 0.01;

const AlignmentHeads* HeadsOf(whisper_context* context) {
  return FindAlignmentHeads(whisper_model_n_text_layer(context),
                            whisper_model_n_text_state(context), whisper_n_vocab(context));
}

std::vector<whisper_token> StartSequence(whisper_context* context, const EncodedSpeech& speech) {
  std::vector<whisper_token> start{whisper_token_sot(context)};
  if (whisper_is_multilingual(context)) {
    start.push_back(whisper_token_lang(context, whisper_lang_id(speech.language.c_str())));
    start.push_back(speech.translate ? whisper_token_translate(context)
                                     : whisper_token_transcribe(context));
  }
  start.push_back(whisper_token_not(context));
  return start;
}

std::vector<whisper_token> Input(whisper_context* context, std::vector<whisper_token> start,
                                 const EncodedSpeech& speech) {
  const whisper_token end = whisper_token_eot(context);
  for (const auto& segment : speech.segments) {
    for (const whisper_token_data& token : segment) {
      if (token.id < end) start.push_back(token.id);
    }
  }
  start.push_back(end);
  return start;
}

whisper_attention Attend(const WhisperModel& model, whisper_state* state,
                         const std::vector<whisper_token>& input, const Job& job) {
  auto should_abort = [&job] { return job.aborted(); };
  using Asked = decltype(should_abort);
  whisper_attention found{};
  const int status = whisper_attend_with_state(
      model.context.get(), state, input.data(), static_cast<int>(input.size()), model.threads,
      [](void* asked) { return (*static_cast<Asked*>(asked))(); }, &should_abort, &found);
  job.Check();
  if (status == 0) return found;
  throw CpwError(ErrorCode::kInferenceFailed,
                 "The words of a window could not be timed (whisper.cpp status " +
                     std::to_string(status) +
                     "). Next step: report this with the model and the audio, or leave "
                     "wordTimestamps off.");
}

std::vector<std::vector<TimedToken>> Rows(whisper_context* context, const EncodedSpeech& speech,
                                          const std::vector<double>& times) {
  std::vector<std::vector<TimedToken>> rows;
  std::size_t at = 0;
  for (const auto& segment : speech.segments) {
    std::vector<TimedToken>& row = rows.emplace_back();
    for (const whisper_token_data& token : segment) {
      if (token.id >= whisper_token_eot(context)) continue;
      row.push_back({whisper_token_to_str(context, token.id), times[at], times[at + 1], token.p});
      ++at;
    }
  }
  return rows;
}

}  // namespace

void CheckWordTimes(const WhisperModel& model) {
  whisper_context* context = model.context.get();
  if (HeadsOf(context)) return;
  throw CpwError(
      ErrorCode::kModelIncompatible,
      "whisper.cpp cannot time the words of this model: with " +
          std::to_string(whisper_model_n_text_layer(context)) + " decoder layers of " +
          std::to_string(whisper_model_n_text_state(context)) +
          " values it is none of OpenAI's, and its file does not say which attention heads follow "
          "the speech. Next step: use engine ctranslate2, whose models say so, or leave "
          "wordTimestamps off.");
}

std::vector<std::vector<TimedToken>> TimeTokens(const WhisperModel& model, whisper_state* state,
                                                const EncodedSpeech& speech, const Job& job) {
  const std::vector<whisper_token> start = StartSequence(model.context.get(), speech);
  const std::vector<whisper_token> input = Input(model.context.get(), start, speech);
  const whisper_attention found = Attend(model, state, input, job);
  const auto offset = static_cast<std::size_t>(found.mel_offset);
  const std::size_t before = std::min(offset * (kPositionSamples / 2), speech.samples);
  const auto heads = static_cast<std::size_t>(found.n_heads);
  const auto positions = static_cast<std::size_t>(found.n_positions);
  const Attention attention{
      {found.weights, heads * positions * input.size()}, heads, positions, input.size()};
  std::vector<double> times =
      AttentionPath(attention, start.size() - 1, (speech.samples - before) / kPositionSamples);
  times.resize(input.size() - start.size(), 0);  // audio of less than one position has no path
  for (double& time : times) {
    time = static_cast<double>(offset) * kMelFrameSeconds + time * kPositionSeconds;
  }
  return Rows(model.context.get(), speech, times);
}

void AddWords(const WhisperModel& model, const std::string& language,
              std::span<const float> samples, std::span<const std::vector<TimedToken>> tokens,
              std::vector<Segment>& segments) {
  const AlignmentHeads* heads = HeadsOf(model.context.get());
  AddWords(segments, tokens, {language, samples, heads ? heads->delay : 0, CleanText});
}

}  // namespace cpw

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

TokenTimer::TokenTimer(const WhisperModel& model, const Job& job, const std::string& language,
                       bool translate, std::size_t samples)
    : model_(model), job_(job), samples_(samples) {
  whisper_context* context = model.context.get();
  start_ = {whisper_token_sot(context)};
  if (whisper_is_multilingual(context)) {
    start_.push_back(whisper_token_lang(context, whisper_lang_id(language.c_str())));
    start_.push_back(translate ? whisper_token_translate(context)
                               : whisper_token_transcribe(context));
  }
  start_.push_back(whisper_token_not(context));
}

bool TokenTimer::AlignNewSegments(whisper_state* state) {
  const int first = static_cast<int>(rows_.size());
  const int last = whisper_full_n_segments_from_state(state);
  if (first == last || failed_) return !failed_;
  const std::vector<whisper_token> input = Input(state, first, last);
  const auto should_abort = [](void* self) {
    return static_cast<const TokenTimer*>(self)->job_.aborted();
  };
  whisper_attention found{};
  const int status = whisper_attend_with_state(model_.context.get(), state, input.data(),
                                               static_cast<int>(input.size()), model_.threads,
                                               should_abort, this, &found);
  failed_ = status != 0;
  if (failed_) return false;
  const auto offset = static_cast<std::size_t>(found.mel_offset);
  const std::size_t before = std::min(offset * (kPositionSamples / 2), samples_);
  const auto heads = static_cast<std::size_t>(found.n_heads);
  const auto positions = static_cast<std::size_t>(found.n_positions);
  const Attention attention{
      {found.weights, heads * positions * input.size()}, heads, positions, input.size()};
  std::vector<double> times =
      AttentionPath(attention, start_.size() - 1, (samples_ - before) / kPositionSamples);
  // Nothing to look at in audio of less than one position.
  times.resize(input.size() - start_.size(), 0);
  for (double& time : times) {
    time = static_cast<double>(offset) * kMelFrameSeconds + time * kPositionSeconds;
  }
  Fill(state, first, last, times);
  return true;
}

void TokenTimer::Finish(whisper_state* state) {
  if (AlignNewSegments(state)) return;
  job_.Check();
  throw CpwError(ErrorCode::kInferenceFailed,
                 "The words of a window could not be timed. Next step: report this with the model "
                 "and the audio, or leave wordTimestamps off.");
}

std::vector<whisper_token> TokenTimer::Input(whisper_state* state, int first, int last) {
  std::vector<whisper_token> input = start_;
  const whisper_token end = whisper_token_eot(model_.context.get());
  for (int i = first; i < last; ++i) {
    for (int j = 0; j < whisper_full_n_tokens_from_state(state, i); ++j) {
      const whisper_token id = whisper_full_get_token_data_from_state(state, i, j).id;
      if (id < end) input.push_back(id);
    }
  }
  input.push_back(end);
  return input;
}

void TokenTimer::Fill(whisper_state* state, int first, int last, const std::vector<double>& times) {
  whisper_context* context = model_.context.get();
  std::size_t at = 0;
  for (int i = first; i < last; ++i) {
    std::vector<TimedToken>& row = rows_.emplace_back();
    for (int j = 0; j < whisper_full_n_tokens_from_state(state, i); ++j) {
      const whisper_token_data token = whisper_full_get_token_data_from_state(state, i, j);
      if (token.id >= whisper_token_eot(context)) continue;
      row.push_back({whisper_token_to_str(context, token.id), times[at], times[at + 1], token.p});
      ++at;
    }
  }
}

void AddWords(const WhisperModel& model, const std::string& language,
              std::span<const float> samples, std::span<const std::vector<TimedToken>> tokens,
              std::vector<Segment>& segments) {
  const AlignmentHeads* heads = HeadsOf(model.context.get());
  AddWords(segments, tokens, {language, samples, heads ? heads->delay : 0, CleanText});
}

}  // namespace cpw

#include "engines/ctranslate2/recognizer.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/compute.h"
#include "engines/ctranslate2/decoding.h"
#include "engines/ctranslate2/failure.h"
#include "engines/ctranslate2/segments.h"
#include "engines/ctranslate2/whisper_spec.h"

namespace cpw {
namespace {

using ::ctranslate2::StorageView;

constexpr std::size_t kPromptTokens = 223;  // Whisper's half of the context, less one mark
constexpr std::size_t kLongestWindow = 30 * kSampleRate;
constexpr double kShortestRest = 1.0;  // seconds of a window's end that are not worth another pass
constexpr double kShortestSeek = 0.1;  // where the audio goes on, a word may begin there
constexpr double kHeadway = 1.0;       // a pass that got no further would not the next time either

// Frames of silence that a window is encoded with beyond its own: the model wants to hear that the
// speech is over. Filling it up to 30 s instead costs base 1.5 to 2.5 times the work and wins no
// word; the gate in decoding.cc falls back to that where a text looks wrong.
constexpr std::size_t kSlackFrames = 256;
constexpr std::size_t kFrameStep = 32;  // lengths that come again reuse the memory of the last one

std::size_t OwnFrames(std::size_t samples) {
  const std::size_t frames = samples / kMelHop + kSlackFrames;
  const std::size_t rounded = (frames + kFrameStep - 1) / kFrameStep * kFrameStep;
  return std::min<std::size_t>(rounded, kEncoderFrames);
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string Trim(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

WhisperFolder CheckedFolder(const CTranslate2LoadOptions& options, Job& job) {
  job.Check();
  try {
    return CheckWhisperFolder(options.path);
  } catch (...) {
    RethrowLoadFailure(job, options.path);
  }
}

}  // namespace

CTranslate2Recognizer::CTranslate2Recognizer(const CTranslate2LoadOptions& options, Job& job)
    : replicas_(std::max(options.replicas, 1)),
      folder_(CheckedFolder(options, job)),
      tokenizer_(folder_.vocabulary),
      mel_(folder_.shape.mels) {
  Load(options, job);
}

CTranslate2Recognizer::~CTranslate2Recognizer() = default;

void CTranslate2Recognizer::Load(const CTranslate2LoadOptions& options, Job& job) {
  try {
    CaptureUpstreamLog();
    const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
    ::ctranslate2::models::ModelLoader loader(options.path);
    loader.device = CheckedDevice(options.device, options.device_index);
    loader.device_indices = {options.device_index};
    loader.num_replicas_per_device = static_cast<std::size_t>(replicas_);
    loader.compute_type =
        CheckedComputeType(options.compute_type, loader.device, options.device_index);
    job.Check();
    ::ctranslate2::set_num_threads(threads);
    const auto models = loader.load();
    job.Check();
    // -1: never block a caller on a full queue.
    pool_ = std::make_unique<::ctranslate2::models::Whisper>(
        models, ::ctranslate2::ReplicaPoolConfig{threads, -1, -1});
    info_.engine = "ctranslate2";
    info_.device = options.device;
    info_.compute_type =
        ::ctranslate2::compute_type_to_str(models.front()->effective_compute_type());
    info_.multilingual = folder_.vocabulary.multilingual();
    info_.mels = folder_.shape.mels;
    info_.languages = folder_.vocabulary.languages();
    job.Check();
  } catch (...) {
    RethrowLoadFailure(job, options.path);
  }
}

template <typename Result, typename Work>
std::future<Result> CTranslate2Recognizer::Post(std::shared_ptr<Job> job, Work work) {
  return pool_->post<Result>([job = std::move(job), work = std::move(work)](Replica& replica) {
    const ::ctranslate2::CancellationScope scope(job->flag());
    try {
      job->Check();
      return work(replica, *job);
    } catch (...) {
      RethrowInferenceFailure(*job);
    }
  });
}

std::future<WindowResult> CTranslate2Recognizer::Submit(std::shared_ptr<const Window> window,
                                                        const DecodeOptions& options,
                                                        std::shared_ptr<Job> job) {
  return Post<WindowResult>(std::move(job), [this, window = std::move(window), options](
                                                Replica& replica, const Job& running) {
    return Recognize(replica, *window, options, running);
  });
}

std::future<std::vector<LanguageScore>> CTranslate2Recognizer::DetectLanguage(
    std::shared_ptr<const Window> window, std::shared_ptr<Job> job) {
  return Post<std::vector<LanguageScore>>(
      std::move(job), [this, window = std::move(window)](Replica& replica, const Job& running) {
        if (!info_.multilingual) return std::vector<LanguageScore>{{"en", 1.0}};
        StorageView encoded = Encode(replica, window->samples, kEncoderFrames, running);
        return ScoreLanguages(replica, encoded);
      });
}

WindowResult CTranslate2Recognizer::Recognize(Replica& replica, const Window& window,
                                              const DecodeOptions& options, const Job& job) const {
  CheckLanguage(options);
  WindowResult result;
  result.language = info_.multilingual ? options.language : "en";
  result.consumed = window.duration();
  if (window.samples.empty()) return result;

  const double shortest = options.seeks ? kShortestSeek : kShortestRest;
  double offset = 0;
  for (;;) {
    const double reached = RecognizePart(replica, window, options, offset, result, job);
    const bool done = window.duration() - reached < shortest || reached - offset < kHeadway;
    if (done) return result;
    // Nothing is said twice: the rest is decoded from the open sentence on, here or by the driver.
    std::erase_if(result.segments,
                  [&](const Segment& segment) { return segment.start >= reached; });
    result.consumed = options.seeks ? reached : window.duration();
    if (options.seeks) return result;
    offset = reached;
  }
}

double CTranslate2Recognizer::RecognizePart(Replica& replica, const Window& window,
                                            const DecodeOptions& options, double offset,
                                            WindowResult& result, const Job& job) const {
  const auto first = static_cast<std::size_t>(offset * kSampleRate);
  const auto samples = std::span<const float>(window.samples).subspan(first);
  const std::size_t frames = OwnFrames(samples.size());
  StorageView encoded = Encode(replica, samples, frames, job);
  if (result.language.empty()) {
    result.language = ScoreLanguages(replica, encoded).front().language;
  }
  DecodingPlan plan;
  plan.prompt = Prompt(result.language, options);
  plan.beam_size = static_cast<std::size_t>(std::max(options.beam_size, 1));
  plan.retry_beam_size = static_cast<std::size_t>(std::max(options.retry_beam_size, 0));
  plan.duration = static_cast<double>(samples.size()) / kSampleRate;
  const auto& special = folder_.vocabulary.special();
  if (frames < kEncoderFrames) {
    plan.encode_whole = [&] { return Encode(replica, samples, kEncoderFrames, job); };
  }
  const DecodedWindow decoded = DecodeWindow(replica, encoded, plan, special, job);
  if (IsSilence(decoded.pass, decoded.no_speech_prob)) return window.duration();

  const TokenSegments split =
      SplitAtTimestamps(decoded.pass.ids, special.timestamp_begin, plan.duration);
  for (const auto& part : split.segments) {
    Segment segment;
    segment.start = offset + part.start;
    segment.end = offset + part.end;
    segment.text = Trim(tokenizer_.Decode(part.ids));
    segment.avg_logprob = decoded.pass.avg_logprob;
    segment.no_speech_prob = decoded.no_speech_prob;
    if (!segment.text.empty()) result.segments.push_back(std::move(segment));
  }
  return offset + split.consumed;
}

StorageView CTranslate2Recognizer::Encode(Replica& replica, std::span<const float> samples,
                                          std::size_t frames, const Job& job) const {
  if (samples.size() > kLongestWindow) {
    throw CpwError(ErrorCode::kInternal, "A window of " + std::to_string(samples.size()) +
                                             " samples reached the engine; 30 s is the longest.");
  }
  std::vector<float> mel;
  mel_.Compute(samples, frames, mel);
  job.Check();
  const ::ctranslate2::Shape shape{1, folder_.shape.mels, static_cast<std::int64_t>(frames)};
  return replica.encode(StorageView(shape, mel.data()), /*to_cpu=*/false);
}

std::vector<LanguageScore> CTranslate2Recognizer::ScoreLanguages(Replica& replica,
                                                                 StorageView& encoded) const {
  StorageView view(encoded.dtype(), encoded.device());
  view.shallow_copy(encoded);
  std::vector<LanguageScore> scores;
  const auto found = replica.detect_language(std::move(view));
  for (const auto& [token, probability] : found.at(0)) {
    scores.push_back({StripMarks(token), probability});
  }
  std::stable_sort(scores.begin(), scores.end(), [](const auto& left, const auto& right) {
    return left.probability > right.probability;
  });
  return scores;
}

void CTranslate2Recognizer::CheckLanguage(const DecodeOptions& options) const {
  if (options.translate && !info_.multilingual) {
    throw CpwError(
        ErrorCode::kInvalidOptions,
        "This is an English-only model: it cannot translate. Next step: use a multilingual model, "
        "or leave the task at transcribe.");
  }
  if (options.language.empty()) return;
  const auto& known = info_.languages;
  if (std::find(known.begin(), known.end(), options.language) != known.end()) return;
  throw CpwError(ErrorCode::kUnsupportedLanguage,
                 info_.multilingual
                     ? "The model does not know the language '" + options.language +
                           "'. Next step: name one of: " + Join(known) + "."
                     : "This is an English-only model and cannot transcribe '" + options.language +
                           "'. Next step: use a multilingual model, or the language en.");
}

std::vector<std::size_t> CTranslate2Recognizer::Prompt(const std::string& language,
                                                       const DecodeOptions& options) const {
  const auto& special = folder_.vocabulary.special();
  std::vector<std::size_t> prompt;
  const std::string context = Trim(options.initial_prompt);
  if (!context.empty() && special.start_of_previous) {
    prompt.push_back(*special.start_of_previous);
    const auto ids = tokenizer_.EncodePrompt(" " + context, kPromptTokens);
    prompt.insert(prompt.end(), ids.begin(), ids.end());
  }
  prompt.push_back(special.start_of_transcript);
  if (info_.multilingual) {
    const auto id = folder_.vocabulary.LanguageId(language);
    if (!id) {
      throw CpwError(ErrorCode::kUnsupportedLanguage,
                     "The model found the language '" + language +
                         "', which it has no token for. Next step: name the language.");
    }
    prompt.push_back(*id);
    prompt.push_back(options.translate ? special.translate : special.transcribe);
  }
  return prompt;
}

}  // namespace cpw

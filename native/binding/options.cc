#include "binding/options.h"

#include <utility>

#include "engines/ctranslate2/recognizer.h"
#include "engines/probe/probe_recognizer.h"
#include "engines/whisper/recognizer.h"

namespace cpw {

VadOptions ReadVadOptions(Fields fields) {
  VadOptions options{};
  options.threshold = static_cast<float>(fields.Number("threshold"));
  options.neg_threshold = static_cast<float>(fields.Number("negThreshold"));
  options.min_speech_duration_ms = fields.Int32("minSpeechDurationMs");
  options.max_speech_duration_s = fields.Number("maxSpeechDurationS");
  options.min_silence_duration_ms = fields.Int32("minSilenceDurationMs");
  options.speech_pad_ms = fields.Int32("speechPadMs");
  fields.Finish();
  return options;
}

namespace {

DecodeOptions ReadDecodeOptions(Fields& fields) {
  DecodeOptions options{};
  options.language = fields.String("language");
  options.translate = fields.Bool("translate");
  options.beam_size = fields.Int32("beamSize");
  options.retry_beam_size = fields.Int32("retryBeamSize");
  options.patience = fields.Number("patience");
  options.length_penalty = fields.Number("lengthPenalty");
  options.repetition_penalty = fields.Number("repetitionPenalty");
  options.no_repeat_ngram_size = fields.Int32("noRepeatNgramSize");
  options.temperatures = fields.Numbers("temperatures");
  options.best_of = fields.Int32("bestOf");
  options.compression_ratio_threshold = fields.Number("compressionRatioThreshold");
  options.log_prob_threshold = fields.Number("logProbThreshold");
  options.no_speech_threshold = fields.Number("noSpeechThreshold");
  options.condition_on_previous_text = fields.Bool("conditionOnPreviousText");
  options.initial_prompt = fields.String("initialPrompt");
  options.hotwords = fields.String("hotwords");
  options.prefix = fields.String("prefix");
  options.suppress_tokens = fields.Int32s("suppressTokens");
  options.word_timestamps = fields.Bool("wordTimestamps");
  options.multilingual = fields.Bool("multilingual");
  return options;
}

}  // namespace

TranscriptionOptions ReadTranscriptionOptions(const Napi::Value& value) {
  Fields fields(value, "options");
  TranscriptionOptions options{};
  options.decode = ReadDecodeOptions(fields);
  options.window_s = fields.Number("windowS");
  options.resume_s = fields.Number("resumeS");
  if (auto vad = fields.ObjectOrNull("vad")) options.vad = ReadVadOptions(std::move(*vad));
  fields.Finish();
  return options;
}

void ReadModelLoadOptions(Fields& fields, ModelLoadOptions& options) {
  options.path = fields.String("path");
  options.device = fields.String("device");
  options.device_index = fields.Int32("deviceIndex");
  options.compute_type = fields.String("computeType");
  options.replicas = fields.Int32("replicas");
  options.threads = fields.Int32("threads");
}

namespace {

LoadWork ReadWhisper(const Napi::Value& value) {
  Fields fields(value, "options");
  WhisperLoadOptions options;
  options.path = fields.String("path");
  options.device = fields.String("device");
  options.device_index = fields.Int32("deviceIndex");
  options.replicas = fields.Int32("replicas");
  options.threads = fields.Int32("threads");
  fields.Finish();
  return [options](const std::shared_ptr<Job>& job) -> std::shared_ptr<WindowRecognizer> {
    return std::make_shared<WhisperRecognizer>(options, *job);
  };
}

LoadWork ReadCTranslate2(const Napi::Value& value) {
  Fields fields(value, "options");
  CTranslate2LoadOptions options;
  ReadModelLoadOptions(fields, options);
  options.batch_rows = fields.Int32("batchRows");
  options.batch_seconds = fields.Int32("batchSeconds");
  fields.Finish();
  return [options](const std::shared_ptr<Job>& job) -> std::shared_ptr<WindowRecognizer> {
    return std::make_shared<CTranslate2Recognizer>(options, *job);
  };
}

LoadWork ReadProbe(const Napi::Value& value) {
  Fields fields(value, "options");
  ProbeOptions options;
  options.replicas = fields.Int32("replicas");
  options.load_ms = fields.Int32("loadMs");
  options.window_ms = fields.Int32("windowMs");
  options.fail_at_window = fields.Int32("failAtWindow");
  fields.Finish();
  return [options](const std::shared_ptr<Job>& job) -> std::shared_ptr<WindowRecognizer> {
    return std::make_shared<ProbeRecognizer>(options, *job);
  };
}

constexpr RecognizerLoader kLoaders[] = {
    {"WhisperRecognizer", ReadWhisper},
    {"CTranslate2Recognizer", ReadCTranslate2},
    {"ProbeRecognizer", ReadProbe},
};

}  // namespace

std::span<const RecognizerLoader> RecognizerLoaders() { return kLoaders; }

}  // namespace cpw

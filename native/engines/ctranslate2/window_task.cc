#include "engines/ctranslate2/window_task.h"

#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <utility>

#include "engines/ctranslate2/encoding.h"
#include "engines/ctranslate2/segments.h"
#include "engines/ctranslate2/text.h"
#include "engines/ctranslate2/words.h"

namespace cpw {
namespace {

constexpr double kShortestRest = 1.0;  // seconds of a window's end that are not worth another pass
constexpr double kShortestSeek = 0.1;  // where the audio goes on, a word may begin there
constexpr double kHeadway = 1.0;       // a pass that got no further would not the next time either

}  // namespace

WindowTask::WindowTask(const LoadedWhisper& model, std::shared_ptr<const Window> window,
                       const DecodeOptions& options, std::shared_ptr<Job> job)
    : model_(model),
      window_(std::move(window)),
      options_(options),
      job_(std::move(job)),
      limits_(GateLimitsFor(options)),
      ladder_(LadderFor(options)),
      frames_(OwnFrames(window_->samples.size())) {}

void WindowTask::Begin(Replica& replica) {
  running_.emplace(*job_);
  job_->Check();
  CheckDecodeOptions(model_, options_);
  if (options_.word_timestamps) CheckWordTimes(replica, model_.vocabulary());
  result_.language = model_.info.multilingual ? options_.language : "en";
  result_.consumed = window_->duration();
  if (window_->samples.empty()) {
    done_ = true;
    return;
  }
  BeginPart(replica, 0);
}

void WindowTask::Resolve() {
  answered_ = true;
  running_.reset();
  promise_.set_value(std::move(result_));
}

void WindowTask::Reject(std::exception_ptr error) {
  answered_ = true;
  running_.reset();
  promise_.set_exception(std::move(error));
}

void WindowTask::BeginPart(Replica& replica, double offset) {
  offset_ = offset;
  samples_ = std::span<const float>(window_->samples)
                 .subspan(static_cast<std::size_t>(offset * kSampleRate));
  frames_ = OwnFrames(samples_.size());
  encoded_ = Encode(replica, model_, samples_, frames_, *job_);
  if (result_.language.empty()) {
    result_.language = ScoreLanguages(replica, encoded_).front().language;
  }
  DecodeOptions options = options_;
  if (offset > 0) options.prefix.clear();  // the window began with it
  prompt_ = BuildPrompt(model_, result_.language, options);
  best_.reset();
  agreed_ = false;
  rung_ = 0;
  ChooseNext();
}

void WindowTask::ChooseNext() {
  next_.reset();
  if (best_ && (agreed_ || LooksRight(best_->pass, limits_) ||
                IsSilence(best_->pass, best_->no_speech_prob, limits_))) {
    return;
  }
  // A window that fills 30 s has had the whole of it from the beginning.
  while (rung_ < ladder_.size() && ladder_[rung_].kind == DecodingPass::kFull &&
         frames_ >= kEncoderFrames) {
    ++rung_;
  }
  if (rung_ < ladder_.size()) next_ = ladder_[rung_++];
}

SearchRow WindowTask::Row(Replica& replica) {
  job_->Check();
  if (next_->kind == DecodingPass::kFull && frames_ < kEncoderFrames) {
    encoded_ = Encode(replica, model_, samples_, kEncoderFrames, *job_);
    frames_ = kEncoderFrames;
  }
  return {&encoded_, &prompt_, static_cast<double>(samples_.size()) / kSampleRate};
}

std::vector<FoundText> WindowTask::Search(Replica& replica,
                                          const std::vector<SearchRow>& rows) const {
  return cpw::Search(replica, model_, rows, *next_, options_);
}

void WindowTask::Consider(FoundText found) {
  agreed_ = best_ && Confirms(found.pass, best_->pass, limits_);
  if (!best_ || IsBetter(found.pass, best_->pass, limits_)) best_ = std::move(found);
  ChooseNext();
}

bool WindowTask::SharesStep(const WindowTask& other) const {
  // What is drawn depends on what else is drawn with it.
  if (!next_ || next_ != other.next_ || next_->temperature > 0) return false;
  if (prompt_.ids.size() != other.prompt_.ids.size()) return false;
  DecodeOptions theirs = other.options_;
  theirs.language = options_.language;
  theirs.previous_text = options_.previous_text;
  return options_ == theirs;
}

void WindowTask::FinishPart(Replica& replica) {
  const TokenSegments split = Split();
  const double heard = options_.seeks ? split.whole : split.heard;
  const double reached = offset_ + heard;
  const double shortest = options_.seeks ? kShortestSeek : kShortestRest;
  done_ = window_->duration() - reached < shortest || reached - offset_ < kHeadway;
  std::vector<Segment> segments = Segments(replica, split);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    // Nothing is said twice: the rest is decoded from the open sentence on, here or by the driver.
    if (!done_ && split.segments[i].start >= heard) continue;
    if (!segments[i].text.empty()) result_.segments.push_back(std::move(segments[i]));
  }
  if (done_) return;
  result_.consumed = options_.seeks ? reached : window_->duration();
  done_ = options_.seeks;
  if (!done_) BeginPart(replica, reached);
}

TokenSegments WindowTask::Split() const {
  const double duration = static_cast<double>(samples_.size()) / kSampleRate;
  if (IsSilence(best_->pass, best_->no_speech_prob, limits_)) return {{}, duration, duration};
  return SplitAtTimestamps(best_->pass.ids, model_.special().timestamp_begin, duration);
}

std::vector<Segment> WindowTask::Segments(Replica& replica, const TokenSegments& split) {
  const DecodedPass& pass = best_->pass;
  std::vector<Segment> segments;
  for (const auto& part : split.segments) {
    Segment& segment = segments.emplace_back();
    segment.start = offset_ + part.start;
    segment.end = offset_ + part.end;
    segment.text = Trim(model_.tokenizer.Decode(part.ids));
    Describe(segment, pass, best_->no_speech_prob);
    if (options_.multilingual) segment.language = result_.language;
  }
  if (options_.word_timestamps && !segments.empty()) TimeWords(replica, split, segments);
  return segments;
}

// The sentence that was left open as well: it tells where the one before it ends.
void WindowTask::TimeWords(Replica& replica, const TokenSegments& split,
                           std::vector<Segment>& segments) {
  job_->Check();
  WordAlignment alignment;
  const auto& prompt = prompt_.ids;
  alignment.start_sequence.assign(
      std::find(prompt.begin(), prompt.end(), model_.special().start_of_transcript), prompt.end());
  for (const auto& part : split.segments) alignment.segments.push_back(part.ids);
  alignment.language = result_.language;
  alignment.samples = window_->samples;
  alignment.first_sample = window_->samples.size() - samples_.size();
  AlignWords(replica, encoded_, alignment, model_.folder, segments);
}

}  // namespace cpw

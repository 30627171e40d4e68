#include "core/transcription.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <future>
#include <utility>

#include "core/invented_text.h"
#include "core/supervised_call.h"
#include "core/timeline.h"

namespace cpw {
namespace {

constexpr double kDetectionSeconds = 30;   // what Whisper was trained to decide on
constexpr double kEnoughForLanguage = 10;  // speech that settles it when segments are waited for
constexpr double kLongestWaitForLanguage = 30;  // of audio since the first speech
constexpr double kHighestToBelieve = 0.5;       // temperature; faster-whisper's default too
constexpr std::size_t kRemembered = 4096;       // bytes, more than a prompt can hold
constexpr double kWindowsApart = 0.01;  // seconds by which the ends that were told may be off
constexpr auto kPoll = std::chrono::milliseconds(5);

std::shared_ptr<const Window> Joined(const std::deque<Window>& windows) {
  auto joined = std::make_shared<Window>();
  const auto limit = static_cast<std::size_t>(kDetectionSeconds * kSampleRate);
  for (const Window& window : windows) {
    const std::size_t count = std::min(window.samples.size(), limit - joined->samples.size());
    joined->samples.insert(joined->samples.end(), window.samples.begin(),
                           window.samples.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return joined;
}

class Transcriber {
 public:
  Transcriber(WindowRecognizer& recognizer, AudioSource& source, SpeechScorer* scorer,
              const TranscriptionOptions& options, Job& job, const Work& work)
      : recognizer_(recognizer),
        source_(source),
        job_(job),
        work_(work),
        decode_(options.decode),
        seeks_(!options.vad),
        // A window that seeks, or that is told what was said, needs the one before it.
        one_by_one_(seeks_ || options.decode.condition_on_previous_text),
        // As many as can be worked on wait in the engine's queue, so that no replica idles or takes
        // a small batch while this thread reads and detects.
        in_flight_(
            one_by_one_ ? 1 : 2 * static_cast<std::size_t>(std::max(recognizer.parallelism(), 1))),
        resume_(options.resume_s - source.Begin() - kWindowsApart),
        windower_(MakeWindower(source, scorer, options.vad, options.window_s)),
        progress_(job, source),
        timeline_(source.Begin()),
        invented_(source.Begin(), options.vad ? options.vad->threshold : 1) {
    if (!(options.resume_s >= 0) || (options.resume_s > 0 && one_by_one_)) {
      throw CpwError(
          ErrorCode::kInvalidOptions,
          "resumeS needs windows that do not depend on each other. Next step: leave it out "
          "without vad and with conditionOnPreviousText.");
    }
  }

  TranscriptionResult Run() {
    DecideLanguage();
    while (Step()) job_.Check();
    job_.Check();
    for (const Segment& segment : invented_.Finish()) job_.Emit(segment);
    progress_.Finish();
    return {decode_.language, language_probability_, windower_->position(), source_.Damage(),
            invented_.TakeRemoved()};
  }

  // What waits in the engine's queue behind other jobs' windows is given up: nothing runs for it.
  void Drain() noexcept {
    for (const Pending& pending : pending_) {
      while (pending.result.valid() && !pending.ready() && work_.job()->running())
        pending.result.wait_for(kPoll);
    }
  }

 private:
  struct Pending {
    std::shared_ptr<const Window> window;
    std::future<WindowResult> result;
    bool ready() const {
      return result.wait_for(std::chrono::seconds(0)) != std::future_status::timeout;
    }
  };

  void DecideLanguage() {
    language_probability_ = 1;
    if (!decode_.language.empty()) return;
    if (!recognizer_.info().multilingual) {
      decode_.language = "en";
      return;
    }
    double speech = 0;
    while (speech < kEnoughForLanguage &&
           (ahead_.empty() ||
            windower_->position() - ahead_.front().start < kLongestWaitForLanguage)) {
      auto window = windower_->Next();
      job_.Check();
      if (!window) break;
      speech += window->duration();
      ahead_.push_back(std::move(*window));
      if (seeks_) break;
    }
    language_probability_ = 0;
    if (ahead_.empty()) return;
    const auto scores = recognizer_.DetectLanguage(Joined(ahead_), work_.job()).get();
    if (scores.empty()) {
      throw CpwError(
          ErrorCode::kInternal,
          "The engine named no language for the audio. Next step: pass `language` to go on.");
    }
    decode_.language = scores.front().language;
    language_probability_ = std::clamp(scores.front().probability, 0.0, 1.0);
  }

  // One piece of work; false when nothing is left.
  bool Step() {
    while (!pending_.empty() && pending_.front().ready()) Deliver();
    if (HasRoom()) {
      if (auto window = Take()) {
        Submit(std::move(*window));
        return true;
      }
      if (windower_->Advance()) {
        if (pending_.empty() && !seeks_) progress_.Reach(windower_->position());
        return true;
      }
      if (pending_.empty()) return false;
      pending_.front().result.wait_for(kPoll);
      return true;
    }
    // Not the front alone: a later window may be the one that makes room.
    pending_.front().result.wait_for(kPoll);
    return true;
  }

  // Finished windows that wait for a slow one before them are bounded too.
  bool HasRoom() const {
    const auto unfinished = static_cast<std::size_t>(std::count_if(
        pending_.begin(), pending_.end(), [](const Pending& p) { return !p.ready(); }));
    return one_by_one_ ? pending_.empty()
                       : unfinished < in_flight_ && pending_.size() < 4 * in_flight_;
  }

  std::optional<Window> Take() {
    auto window = TakeAny();
    for (; window && window->start < resume_; window = TakeAny()) decode_.prefix.clear();
    return window;
  }

  std::optional<Window> TakeAny() {
    if (ahead_.empty()) return windower_->Take();
    Window window = std::move(ahead_.front());
    ahead_.pop_front();
    return window;
  }

  void Submit(Window window) {
    job_.Check();
    DecodeOptions decode = decode_;
    decode.seeks = seeks_ && !windower_->Exhausted();
    decode.previous_text = said_;
    if (decode.multilingual) decode.language.clear();
    decode_.prefix.clear();  // the first window alone begins with it
    Pending& pending = pending_.emplace_back();
    pending.window = std::make_shared<const Window>(std::move(window));
    try {
      pending.result = recognizer_.Submit(pending.window, decode, work_.job());
    } catch (...) {
      pending_.pop_back();
      throw;
    }
  }

  void Deliver() {
    const auto window = pending_.front().window;
    auto result = std::move(pending_.front().result);
    pending_.pop_front();
    WindowResult found = result.get();
    job_.Check();
    auto placed = timeline_.Place(*window, std::move(found.segments));
    const auto kept = invented_.Keep(*window, std::move(placed), std::move(found.removed));
    for (const Segment& segment : kept) job_.Emit(segment);
    Remember(kept);
    double done = window->start + window->duration();
    if (seeks_) {
      windower_->Consumed(found.consumed);
      done = std::min(done, window->start + std::max(found.consumed, 0.0));
    }
    progress_.Reach(done);
  }

  // For the prompt of the next window. A text that was drawn at random says little about the next.
  void Remember(const std::vector<Segment>& segments) {
    if (!decode_.condition_on_previous_text) return;
    for (const Segment& segment : segments) {
      if (segment.temperature > kHighestToBelieve) said_.clear();
      said_ += " " + segment.text;
    }
    if (said_.size() > kRemembered) {
      const std::size_t enough = said_.size() - kRemembered;
      const std::size_t space = said_.find(' ', enough);
      said_.erase(0, space == std::string::npos ? enough : space);
    }
  }

  WindowRecognizer& recognizer_;
  const AudioSource& source_;
  Job& job_;
  const Work& work_;
  DecodeOptions decode_;
  const bool seeks_;
  const bool one_by_one_;
  const std::size_t in_flight_;
  const double resume_;  // as a window's start
  std::unique_ptr<Windower> windower_;
  ProgressMeter progress_;
  Timeline timeline_;
  InventedTextFilter invented_;
  double language_probability_ = 0;
  std::string said_;
  std::deque<Window> ahead_;  // read to decide the language, not submitted yet
  std::deque<Pending> pending_;
};

}  // namespace

TranscriptionResult Transcribe(WindowRecognizer& recognizer, AudioSource& source,
                               SpeechScorer* scorer, const TranscriptionOptions& options,
                               std::shared_ptr<Job> job) {
  Work work(*job, source);
  Transcriber transcriber(recognizer, source, scorer, options, *job, work);
  return work.Run([&] { return transcriber.Run(); }, [&] { transcriber.Drain(); });
}

std::vector<LanguageScore> DetectLanguage(WindowRecognizer& recognizer, AudioSource& source,
                                          SpeechScorer* scorer,
                                          const std::optional<VadOptions>& vad,
                                          std::shared_ptr<Job> job) {
  if (!recognizer.info().multilingual) return {{"en", 1.0}};
  Work work(*job, source);
  const auto windower = MakeWindower(source, scorer, vad, kDetectionSeconds);
  const auto detect = [&]() -> std::vector<LanguageScore> {
    std::deque<Window> windows;
    double speech = 0;
    while (speech < kDetectionSeconds) {
      auto window = windower->Next();
      job->Check();
      if (!window) break;
      speech += window->duration();
      windows.push_back(std::move(*window));
    }
    std::vector<LanguageScore> scores;
    if (!windows.empty()) scores = recognizer.DetectLanguage(Joined(windows), work.job()).get();
    job->Check();
    job->Progress(1);
    return scores;
  };
  return work.Run(detect, [] {});
}

}  // namespace cpw

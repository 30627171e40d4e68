#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/audio_source.h"
#include "core/executor.h"
#include "core/window_recognizer.h"

namespace cpw::test {

inline constexpr std::int64_t kFrame = SpeechScorer::kFrameSamples;

// Computes its samples as they are read, so that hours of audio need no memory.
class SignalSource final : public AudioSource {
 public:
  explicit SignalSource(std::int64_t total) : total_(total) {}
  SignalSource(std::int64_t total, std::function<float(std::int64_t)> signal)
      : total_(total), signal_(std::move(signal)) {}

  // Never zero, and different from its neighbours: a shifted copy shows.
  static float At(std::int64_t i) { return 0.1f + 0.001f * static_cast<float>(i % 8191); }

  std::size_t Read(float* out, std::size_t count) override {
    std::unique_lock lock(mutex_);
    std::size_t written = 0;
    const std::int64_t stop = block_at_ > position_ ? std::min(block_at_, total_) : total_;
    for (; written < count && position_ < stop; ++position_)
      out[written++] = signal_ ? signal_(position_) : At(position_);
    if (written < count && position_ == block_at_) {
      blocked_ = true;
      reached_.notify_all();
      wake_.wait(lock, [this] { return interrupted_; });
      blocked_ = false;
    }
    return interrupted_ ? 0 : written;
  }
  std::optional<double> Duration() const override {
    if (!knows_duration) return std::nullopt;
    return static_cast<double>(total_) / kSampleRate;
  }
  void Interrupt() noexcept override {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    wake_.notify_all();
  }

  // Read() blocks there, as a live stream does, until it is interrupted.
  void BlockAt(std::int64_t sample) { block_at_ = sample; }
  void WaitUntilBlocked() {
    std::unique_lock lock(mutex_);
    reached_.wait(lock, [this] { return blocked_; });
  }
  std::int64_t position() const { return position_; }
  bool knows_duration = true;

 private:
  const std::int64_t total_;
  const std::function<float(std::int64_t)> signal_;
  std::int64_t position_ = 0;
  std::int64_t block_at_ = -1;
  bool interrupted_ = false;
  bool blocked_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable reached_;
};

class ScriptedScorer final : public SpeechScorer {
 public:
  explicit ScriptedScorer(std::function<float(std::int64_t)> script) : script_(std::move(script)) {}
  explicit ScriptedScorer(std::vector<float> script)
      : script_([script = std::move(script)](std::int64_t frame) {
          return frame < std::ssize(script) ? script[static_cast<std::size_t>(frame)] : 0.0f;
        }) {}
  std::span<const float> Score(std::span<const float> samples) override {
    scores_.resize(samples.size() / kFrameSamples);
    for (float& score : scores_) score = script_(frame_++);
    return scores_;
  }

 private:
  const std::function<float(std::int64_t)> script_;
  std::int64_t frame_ = 0;
  std::vector<float> scores_;
};

// Probability 1 in the given spans of seconds, else 0.
inline std::function<float(std::int64_t)> SpeechIn(std::vector<std::pair<double, double>> spans) {
  return [spans = std::move(spans)](std::int64_t frame) {
    const double at = static_cast<double>(frame * kFrame) / kSampleRate;
    return std::any_of(spans.begin(), spans.end(),
                       [at](const auto& span) { return at >= span.first && at < span.second; })
               ? 1.0f
               : 0.0f;
  };
}

// A recogniser whose windows run what the test hands in.
class FakeRecognizer final : public WindowRecognizer {
 public:
  using Decode = std::function<WindowResult(int index, const Window&, const DecodeOptions&, Job&)>;
  FakeRecognizer(int parallelism, Decode decode)
      : info_{"fake", "cpu", "none", true, 80, {"en", "de"}},
        parallelism_(parallelism),
        decode_(std::move(decode)),
        executor_(static_cast<std::size_t>(parallelism)) {}

  const ModelInfo& info() const override { return info_; }
  int parallelism() const override { return parallelism_; }
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options,
                                   std::shared_ptr<Job> job) override {
    const int index = submitted++;
    return Post<WindowResult>([this, index, window, options, job] {
      const Job::Running running(*job);
      job->Check();  // as engines do: what waited while its job ended is not computed
      const Counted counted(computing);
      return decode_(index, *window, options, *job);
    });
  }
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job>) override {
    asked_with = window->duration();
    return Post<std::vector<LanguageScore>>([this] { return languages; });
  }
  ModelInfo& mutable_info() { return info_; }

  std::atomic<int> submitted{0};
  std::atomic<int> in_flight{0};  // submitted and not answered
  std::atomic<int> computing{0};
  std::atomic<int> most_in_flight{0};
  std::vector<LanguageScore> languages{{"de", 0.8}, {"en", 0.2}};
  double asked_with = -1;  // seconds of audio that the language was asked about

 private:
  struct Counted {
    explicit Counted(std::atomic<int>& count) : count(count) { ++count; }
    ~Counted() { --count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    std::atomic<int>& count;
  };

  template <typename Result, typename Work>
  std::future<Result> Post(Work work) {
    auto promise = std::make_shared<std::promise<Result>>();
    auto future = promise->get_future();
    const int now = ++in_flight;
    if (now > most_in_flight) most_in_flight = now;  // only the driver's thread submits
    executor_.Post([this, promise, work](std::size_t) {
      std::exception_ptr error;
      Result result;
      try {
        result = work();
      } catch (...) {
        error = std::current_exception();
      }
      --in_flight;
      if (error) {
        promise->set_exception(error);
      } else {
        promise->set_value(std::move(result));
      }
    });
    return future;
  }

  ModelInfo info_;
  const int parallelism_;
  const Decode decode_;
  Executor executor_;
};

}  // namespace cpw::test

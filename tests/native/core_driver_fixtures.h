#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "core/timeline.h"
#include "core/transcription.h"
#include "core_fakes.h"
#include "decoding_fixtures.h"

namespace cpw::driver_test {

using test::FakeRecognizer;
using test::ScriptedScorer;
using test::SignalSource;
using test::SpeechIn;

constexpr double kForever = std::numeric_limits<double>::infinity();
const VadOptions kVad{0.5, 0.35, 250, kForever, 100, 30};

inline std::int64_t Samples(double seconds) { return std::llround(seconds * kSampleRate); }

struct Events {
  std::vector<Segment> segments;
  std::vector<double> progress;
  std::vector<std::thread::id> threads;
};

class Recorder final : public JobSink {
 public:
  explicit Recorder(Events& events) : events_(events) {}
  void OnProgress(double fraction) override {
    events_.progress.push_back(fraction);
    events_.threads.push_back(std::this_thread::get_id());
  }
  void OnSegment(const Segment& segment) override {
    events_.segments.push_back(segment);
    events_.threads.push_back(std::this_thread::get_id());
  }

 private:
  Events& events_;
};

inline std::shared_ptr<Job> Recording(Events& events) {
  return std::make_shared<Job>(std::make_unique<Recorder>(events));
}

inline TranscriptionOptions Options(bool vad, std::string language = "en", double window_s = 15) {
  DecodeOptions decode = DefaultDecoding();
  decode.language = std::move(language);
  return {std::move(decode), window_s, vad ? std::optional<VadOptions>(kVad) : std::nullopt};
}

inline WindowResult OneSegment(int index, const Window& window) {
  Segment segment;
  segment.end = window.duration();
  segment.text = "window " + std::to_string(index);
  return {{segment}, "en", window.duration()};
}

// Ten windows of 4 s, 4 s apart.
inline std::function<float(std::int64_t)> TenSpeeches() {
  std::vector<std::pair<double, double>> spans;
  for (int i = 0; i < 10; ++i) spans.push_back({8.0 * i, 8.0 * i + 4});
  return SpeechIn(spans);
}
constexpr double kTenSpeechesTotal = 80;

// Holds a test's windows until they are released or their job is aborted.
class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Pass(Job& job) {
    const Job::AbortListener listener(job, [this] {
      std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ || job.aborted(); });
    --waiting_;
    lock.unlock();
    job.Check();
  }
  void WaitForWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

inline void ExpectInOrder(const std::vector<Segment>& segments, double total) {
  double start = 0, end = 0;
  for (const Segment& segment : segments) {
    EXPECT_GE(segment.start, start);
    EXPECT_GE(segment.start, end);
    EXPECT_GE(segment.end - segment.start, 0.02 - 1e-9);
    EXPECT_LE(segment.end, total);
    start = segment.start;
    end = segment.end;
  }
}

inline void ExpectProgress(const std::vector<double>& progress) {
  ASSERT_FALSE(progress.empty());
  EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
  EXPECT_GE(progress.front(), 0);
  EXPECT_EQ(progress.back(), 1);
  EXPECT_EQ(std::count(progress.begin(), progress.end(), 1.0), 1);
}

}  // namespace cpw::driver_test

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "core/timeline.h"
#include "core/transcription.h"
#include "core_fakes.h"

namespace cpw {
namespace {

using test::FakeRecognizer;
using test::ScriptedScorer;
using test::SignalSource;
using test::SpeechIn;

constexpr double kForever = std::numeric_limits<double>::infinity();
const VadOptions kVad{0.5, 0.35, 250, kForever, 100, 30};

std::int64_t Samples(double seconds) { return std::llround(seconds * kSampleRate); }

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

std::shared_ptr<Job> Recording(Events& events) {
  return std::make_shared<Job>(std::make_unique<Recorder>(events));
}

TranscriptionOptions Options(bool vad, std::string language = "en", double window_s = 15) {
  return {{std::move(language), false, 1, 0, ""},
          window_s,
          vad ? std::optional<VadOptions>(kVad) : std::nullopt};
}

WindowResult OneSegment(int index, const Window& window) {
  Segment segment;
  segment.end = window.duration();
  segment.text = "window " + std::to_string(index);
  return {{segment}, "en", window.duration()};
}

// Ten windows of 4 s, 4 s apart.
std::function<float(std::int64_t)> TenSpeeches() {
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

void ExpectInOrder(const std::vector<Segment>& segments, double total) {
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

void ExpectProgress(const std::vector<double>& progress) {
  ASSERT_FALSE(progress.empty());
  EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
  EXPECT_GE(progress.front(), 0);
  EXPECT_EQ(progress.back(), 1);
  EXPECT_EQ(std::count(progress.begin(), progress.end(), 1.0), 1);
}

TEST(Transcribe, WhenAWindowFailsThenTheFirstErrorComesAndNothingRunsOn) {
  for (const bool vad : {true, false}) {
    Gate gate;
    FakeRecognizer recognizer(3,
                              [&](int index, const Window& window, const DecodeOptions&, Job& job) {
                                if (index == 1)
                                  throw CpwError(ErrorCode::kInferenceFailed, "window 1 broke");
                                if (index > 1)
                                  gate.Pass(job);  // never opened: only an abort gets them out
                                return OneSegment(index, window);
                              });
    SignalSource source(Samples(kTenSpeechesTotal));
    ScriptedScorer scorer(TenSpeeches());
    Events events;
    const auto job = Recording(events);
    try {
      Transcribe(recognizer, source, &scorer, Options(vad), job);
      FAIL() << "no error";
    } catch (const CpwError& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInferenceFailed);
      EXPECT_STREQ(error.what(), "window 1 broke");
    }
    EXPECT_EQ(recognizer.in_flight, 0);
    EXPECT_FALSE(job->aborted());
    EXPECT_EQ(events.segments.size(), 1u);
  }
}

TEST(Transcribe, WhenTheEngineIsClosedThenItsErrorComes) {
  class Closed final : public WindowRecognizer {
   public:
    const ModelInfo& info() const override { return info_; }
    int parallelism() const override { return 0; }
    std::future<WindowResult> Submit(std::shared_ptr<const Window>, const DecodeOptions&,
                                     std::shared_ptr<Job>) override {
      throw CpwError(ErrorCode::kClosed, "closed");
    }
    std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window>,
                                                           std::shared_ptr<Job>) override {
      throw CpwError(ErrorCode::kClosed, "closed");
    }

   private:
    ModelInfo info_{"fake", "cpu", "none", true, 80, {"en"}};
  } recognizer;
  for (const std::string language : {"", "en"}) {
    SignalSource source(Samples(40));
    EXPECT_THROW(
        Transcribe(recognizer, source, nullptr, Options(false, language), std::make_shared<Job>()),
        CpwError);
  }
}

TEST(Transcribe, WhenTheSourceFailsThenItsErrorComesAndNothingRunsOn) {
  class Broken final : public AudioSource {
   public:
    std::size_t Read(float* out, std::size_t count) override {
      if (++reads_ > 100) throw CpwError(ErrorCode::kUnsupportedMedia, "broken file");
      std::fill(out, out + count, 0.5f);
      return count;
    }

   private:
    int reads_ = 0;
  } source;
  FakeRecognizer recognizer(2, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  ScriptedScorer scorer(TenSpeeches());
  EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true), std::make_shared<Job>()),
               CpwError);
  EXPECT_EQ(recognizer.in_flight, 0);
}

TEST(Transcribe, WhenTheCallbackThrowsThenNothingRunsOn) {
  class Throwing final : public JobSink {
   public:
    void OnProgress(double) override {}
    void OnSegment(const Segment&) override { throw std::runtime_error("callback"); }
  };
  FakeRecognizer recognizer(3, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(kTenSpeechesTotal));
  ScriptedScorer scorer(TenSpeeches());
  EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true),
                          std::make_shared<Job>(std::make_unique<Throwing>())),
               std::runtime_error);
  EXPECT_EQ(recognizer.in_flight, 0);
}

TEST(Transcribe, WhenTheDetectorAnswersForTooFewFramesThenItIsAnInternalError) {
  class Short final : public SpeechScorer {
   public:
    std::span<const float> Score(std::span<const float>) override { return {}; }
  } scorer;
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(5));
  EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true), std::make_shared<Job>()),
               CpwError);
}

TEST(Transcribe, WhenWindowsFinishOutOfOrderThenSegmentsComeInOrderOnTheCallersThread) {
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0, finished = 0;
  FakeRecognizer recognizer(3, [&](int index, const Window& window, const DecodeOptions&, Job&) {
    if (index < 3) {  // all three at once, then the last one first
      std::unique_lock lock(mutex);
      ++arrived;
      changed.notify_all();
      changed.wait_for(lock, std::chrono::minutes(1),
                       [&] { return arrived == 3 && finished == 2 - index; });
      ++finished;
      changed.notify_all();
    }
    return OneSegment(index, window);
  });
  SignalSource source(Samples(kTenSpeechesTotal));
  ScriptedScorer scorer(TenSpeeches());
  Events events;
  const auto result = Transcribe(recognizer, source, &scorer, Options(true), Recording(events));
  ASSERT_EQ(events.segments.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(events.segments[i].text, "window " + std::to_string(i));
    EXPECT_NEAR(events.segments[i].start, 8.0 * static_cast<double>(i), 0.1);
    EXPECT_NEAR(events.segments[i].end, 8.0 * static_cast<double>(i) + 4, 0.1);
  }
  ExpectInOrder(events.segments, kTenSpeechesTotal);
  ExpectProgress(events.progress);
  EXPECT_GT(events.progress.size(), 5u);
  for (const auto& thread : events.threads) EXPECT_EQ(thread, std::this_thread::get_id());
  EXPECT_GE(recognizer.most_in_flight, 3);
  EXPECT_LE(recognizer.most_in_flight, 4);
  EXPECT_EQ(result.language, "en");
  EXPECT_EQ(result.language_probability, 1);
  EXPECT_DOUBLE_EQ(result.duration, kTenSpeechesTotal);
}

TEST(Transcribe, WhenALiveSourceWaitsThenAFinishedWindowIsOutBefore) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(kTenSpeechesTotal));
  source.BlockAt(Samples(50));
  ScriptedScorer scorer(TenSpeeches());
  Events events;
  const auto job = Recording(events);
  std::thread run(
      [&] { EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true), job), Aborted); });
  source.WaitUntilBlocked();
  job->Abort();
  run.join();
  EXPECT_GE(events.segments.size(), 4u);
}

TEST(Transcribe, WhenItIsAbortedInAWindowThenNothingIsInFlightAfterwards) {
  for (const bool vad : {true, false}) {
    Gate gate;
    FakeRecognizer recognizer(2,
                              [&](int index, const Window& window, const DecodeOptions&, Job& job) {
                                if (index >= (vad ? 3 : 1)) gate.Pass(job);
                                return OneSegment(index, window);
                              });
    SignalSource source(Samples(kTenSpeechesTotal));
    ScriptedScorer scorer(TenSpeeches());
    Events events;
    const auto job = Recording(events);
    std::thread aborter([&] {
      gate.WaitForWaiting(vad ? 2 : 1);
      job->Abort();
    });
    EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(vad), job), Aborted);
    EXPECT_EQ(recognizer.in_flight, 0);
    aborter.join();
    for (const double fraction : events.progress) EXPECT_LT(fraction, 1);
  }
}

TEST(Transcribe, WhenItIsAbortedWhileTheSourceBlocksThenItThrowsInsteadOfAShortTranscript) {
  for (const bool vad : {true, false}) {
    FakeRecognizer recognizer(2, [](int index, const Window& window, const DecodeOptions&, Job&) {
      return OneSegment(index, window);
    });
    SignalSource source(Samples(kTenSpeechesTotal));
    source.BlockAt(Samples(20));
    ScriptedScorer scorer(TenSpeeches());
    const auto job = std::make_shared<Job>();
    std::thread aborter([&] {
      source.WaitUntilBlocked();
      job->Abort();
    });
    EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(vad), job), Aborted);
    EXPECT_EQ(recognizer.in_flight, 0);
    aborter.join();
  }
}

TEST(Transcribe, WhenTheEngineCallsAnAbortAFailureThenItIsStillAborted) {
  Gate gate;
  FakeRecognizer recognizer(
      1, [&](int, const Window&, const DecodeOptions&, Job& job) -> WindowResult {
        try {
          gate.Pass(job);
        } catch (const Aborted&) {
        }
        throw CpwError(ErrorCode::kInferenceFailed, "failed to encode");
      });
  SignalSource source(Samples(kTenSpeechesTotal));
  ScriptedScorer scorer(TenSpeeches());
  const auto job = std::make_shared<Job>();
  std::thread aborter([&] {
    gate.WaitForWaiting(1);
    job->Abort();
  });
  EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true), job), Aborted);
  aborter.join();
}

TEST(Transcribe, WhenTheJobWasAbortedBeforeThenNothingIsRead) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(40));
  ScriptedScorer scorer(TenSpeeches());
  const auto job = std::make_shared<Job>();
  job->Abort();
  EXPECT_THROW(Transcribe(recognizer, source, &scorer, Options(true), job), Aborted);
  EXPECT_THROW(DetectLanguage(recognizer, source, &scorer, kVad, job), Aborted);
  EXPECT_THROW(DetectSpeech(source, scorer, kVad, job), Aborted);
  EXPECT_EQ(source.position(), 0);
  EXPECT_EQ(recognizer.submitted, 0);
}

TEST(Transcribe, WhenThereIsNoDetectorThenTheNextWindowBeginsWhereTheLastWasConsumed) {
  std::vector<double> starts;
  std::vector<bool> seeks;
  FakeRecognizer recognizer(
      4, [&](int index, const Window& window, const DecodeOptions& options, Job&) {
        starts.push_back(window.start);
        seeks.push_back(options.seeks);
        WindowResult result = OneSegment(index, window);
        result.segments[0].end = result.consumed = std::min(window.duration(), 20.0);
        return result;
      });
  SignalSource source(Samples(70));
  Events events;
  Transcribe(recognizer, source, nullptr, Options(false, "en", 30), Recording(events));
  EXPECT_EQ(starts, (std::vector<double>{0, 20, 40, 60}));
  // A sentence that is open where the audio ends has no window after it.
  EXPECT_EQ(seeks, (std::vector<bool>{true, true, false, false}));
  EXPECT_EQ(recognizer.most_in_flight, 1);
  ExpectInOrder(events.segments, 70);
  ExpectProgress(events.progress);
  EXPECT_DOUBLE_EQ(events.segments.back().end, 70);
}

TEST(Transcribe, WhenWindowsConsumeNothingThenItEndsAllTheSame) {
  FakeRecognizer recognizer(1, [](int, const Window&, const DecodeOptions&, Job&) {
    return WindowResult{{}, "en", 0};
  });
  SignalSource source(Samples(100));
  Events events;
  const auto result =
      Transcribe(recognizer, source, nullptr, Options(false, "en", 30), Recording(events));
  EXPECT_EQ(recognizer.submitted, 4);
  EXPECT_TRUE(events.segments.empty());
  EXPECT_DOUBLE_EQ(result.duration, 100);
  ExpectProgress(events.progress);
}

TEST(Transcribe, WhenTheDurationIsUnknownThenTheOnlyProgressIsTheEnd) {
  FakeRecognizer recognizer(2, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(kTenSpeechesTotal));
  source.knows_duration = false;
  ScriptedScorer scorer(TenSpeeches());
  Events events;
  Transcribe(recognizer, source, &scorer, Options(true), Recording(events));
  EXPECT_EQ(events.progress, std::vector<double>{1});
}

TEST(Transcribe, WhenThereIsNothingToHearThenTheTranscriptIsEmpty) {
  for (const double seconds : {0.0, 0.01, 0.05, 60.0}) {
    for (const bool vad : {true, false}) {
      FakeRecognizer recognizer(2, [](int index, const Window& window, const DecodeOptions&, Job&) {
        return OneSegment(index, window);
      });
      SignalSource source(Samples(seconds), [](std::int64_t) { return 0.0f; });
      ScriptedScorer scorer(std::vector<float>{});
      Events events;
      const auto result =
          Transcribe(recognizer, source, &scorer, Options(vad, ""), Recording(events));
      EXPECT_TRUE(events.segments.empty());
      EXPECT_EQ(result.language, "");
      EXPECT_EQ(result.language_probability, 0);
      EXPECT_NEAR(result.duration, seconds, 1e-4);
      ExpectProgress(events.progress);
      EXPECT_EQ(recognizer.submitted, 0);
    }
  }
}

TEST(Transcribe, WhenTheLanguageIsOpenThenTheFirstSpeechDecidesForAllWindows) {
  for (const bool vad : {true, false}) {
    std::atomic<int> wrong{0};
    FakeRecognizer recognizer(
        2, [&](int index, const Window& window, const DecodeOptions& options, Job&) {
          if (options.language != "de" || (vad && options.seeks)) ++wrong;
          return OneSegment(index, window);
        });
    SignalSource source(Samples(kTenSpeechesTotal));
    ScriptedScorer scorer(TenSpeeches());
    Events events;
    const auto result =
        Transcribe(recognizer, source, &scorer, Options(vad, "", 30), Recording(events));
    EXPECT_EQ(result.language, "de");
    EXPECT_EQ(result.language_probability, 0.8);
    EXPECT_EQ(wrong, 0);
    EXPECT_NEAR(recognizer.asked_with, vad ? 12 : 30, 0.2);
    EXPECT_EQ(events.segments.size(), vad ? 10u : 3u);
  }
}

TEST(Transcribe, WhenTheModelIsEnglishOnlyThenTheLanguageIsNotAskedFor) {
  FakeRecognizer recognizer(2, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  recognizer.mutable_info().multilingual = false;
  SignalSource source(Samples(20));
  const auto result =
      Transcribe(recognizer, source, nullptr, Options(false, ""), std::make_shared<Job>());
  EXPECT_EQ(result.language, "en");
  EXPECT_EQ(recognizer.asked_with, -1);
  EXPECT_EQ(DetectLanguage(recognizer, source, nullptr, std::nullopt, std::make_shared<Job>())[0]
                .language,
            "en");
}

TEST(DetectLanguage, WhenThereIsMoreAudioThanNeededThenItIsNotRead) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  for (const bool vad : {true, false}) {
    SignalSource source(Samples(3600));
    ScriptedScorer scorer([](std::int64_t frame) { return frame % 1000 < 700 ? 0.9f : 0.01f; });
    const auto scores = DetectLanguage(recognizer, source, vad ? &scorer : nullptr,
                                       vad ? std::optional<VadOptions>(kVad) : std::nullopt,
                                       std::make_shared<Job>());
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(scores[0].language, "de");
    EXPECT_NEAR(recognizer.asked_with, 30, 1e-3);
    EXPECT_LT(source.position(), Samples(vad ? 65 : 31));
  }
}

TEST(DetectLanguage, WhenThereIsNoSpeechThenThereIsNoLanguage) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  SignalSource source(Samples(60));
  ScriptedScorer scorer(std::vector<float>{});
  EXPECT_TRUE(DetectLanguage(recognizer, source, &scorer, kVad, std::make_shared<Job>()).empty());
}

TEST(DetectSpeech, WhenThereIsSpeechThenItsSegmentsAndProgressCome) {
  SignalSource source(Samples(kTenSpeechesTotal));
  ScriptedScorer scorer(TenSpeeches());
  Events events;
  const auto found = DetectSpeech(source, scorer, kVad, Recording(events));
  ASSERT_EQ(found.size(), 10u);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i].start, 8.0 * static_cast<double>(i), 0.07);
    EXPECT_NEAR(found[i].end, 8.0 * static_cast<double>(i) + 4, 0.07);
  }
  ExpectProgress(events.progress);
}

TEST(DetectSpeech, WhenItIsAbortedWhileTheSourceBlocksThenItThrows) {
  SignalSource source(Samples(60));
  source.BlockAt(Samples(9));
  ScriptedScorer scorer(TenSpeeches());
  const auto job = std::make_shared<Job>();
  std::thread aborter([&] {
    source.WaitUntilBlocked();
    job->Abort();
  });
  EXPECT_THROW(DetectSpeech(source, scorer, kVad, job), Aborted);
  aborter.join();
}

TEST(Timeline, WhenTheEngineSaysNonsenseThenTimesAreStillInOrder) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto time = [&](double limit) {
      switch (random() % 8) {
        case 0:
          return std::numeric_limits<double>::quiet_NaN();
        case 1:
          return kForever;
        case 2:
          return limit;
        default:
          return std::uniform_real_distribution<double>(-3, limit + 3)(random);
      }
    };
    Timeline timeline;
    double clock = 0, start = 0, end = 0, high = 0;
    for (int w = 0; w < 5; ++w) {
      // Windows with a detector follow each other; those without overlap.
      Window window{clock, std::vector<float>(static_cast<std::size_t>(
                               Samples(std::uniform_real_distribution<double>(0.5, 3)(random))))};
      const bool overlaps = random() % 2;
      if (window.start + window.duration() < high) continue;
      high = window.start + window.duration();
      clock += overlaps ? window.duration() / 3 : window.duration();
      std::vector<Segment> segments(random() % 12);
      for (Segment& segment : segments) {
        segment.start = time(window.duration());
        segment.end = time(window.duration());
        segment.text = random() % 5 ? "text" : " \n";
        segment.words.resize(random() % 20);
        for (Word& word : segment.words) {
          word.start = time(window.duration());
          word.end = time(window.duration());
          word.word = random() % 5 ? "word" : "";
        }
      }
      for (const Segment& segment : timeline.Place(window, segments)) {
        ASSERT_EQ(segment.text, "text");
        ASSERT_GE(segment.start, start);
        if (!overlaps && window.start >= end) {
          ASSERT_GE(segment.start, end);
        }
        ASSERT_GT(segment.end, segment.start);
        ASSERT_GE(segment.start, window.start);
        ASSERT_LE(segment.end, high);
        start = segment.start;
        end = segment.end;
        double word_end = segment.start;
        for (const Word& word : segment.words) {
          ASSERT_EQ(word.word, "word");
          ASSERT_GE(word.start, word_end);
          ASSERT_GT(word.end, word.start);
          ASSERT_LE(word.end, segment.end);
          word_end = word.end;
        }
      }
    }
  }
}

TEST(Timeline, WhenTimesAreSoundThenTheyAreOnlyShifted) {
  Timeline timeline;
  const Window window{100, std::vector<float>(16000 * 10)};
  Segment first, second;
  first.start = 0.5;
  first.end = 3;
  first.text = "one two";
  first.words = {{0.5, 1, "one", 0.9}, {1.2, 3, "two", 0.8}};
  second.start = 3;
  second.end = 3.02;
  second.text = "three";
  const auto placed = timeline.Place(window, {first, second});
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_DOUBLE_EQ(placed[0].start, 100.5);
  EXPECT_DOUBLE_EQ(placed[0].end, 103);
  EXPECT_DOUBLE_EQ(placed[0].words[1].start, 101.2);
  EXPECT_DOUBLE_EQ(placed[1].start, 103);
  EXPECT_NEAR(placed[1].end, 103.02, 1e-9);
}

}  // namespace
}  // namespace cpw

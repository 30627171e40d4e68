#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "core_driver_fixtures.h"

namespace cpw {
namespace {

using namespace driver_test;

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
    EXPECT_EQ(recognizer.computing, 0);
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
  EXPECT_EQ(recognizer.computing, 0);
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
  EXPECT_EQ(recognizer.computing, 0);
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
  EXPECT_LE(recognizer.most_in_flight, 6);  // three at work, three in the queue
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
    EXPECT_EQ(recognizer.computing, 0);
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
    EXPECT_EQ(recognizer.computing, 0);
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

}  // namespace
}  // namespace cpw

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

TEST(Transcribe, WhenItResumesBehindAnySegmentThenTheRestIsWhatItWouldHaveBeen) {
  // No pauses at the cuts of the long speech: windows touch there.
  const auto speech = SpeechIn({{0.5, 4}, {6, 50}, {52, 53}, {60, 75}});
  const auto run = [&](double resume_s) {
    FakeRecognizer recognizer(2, [](int, const Window& window, const DecodeOptions& options, Job&) {
      // The text tells the window's place and sound, and whether it begins with the prefix.
      double sum = 0;
      for (const float sample : window.samples) sum += std::abs(sample);
      const std::string text = options.prefix + std::to_string(sum);
      Segment first, second;
      first.end = second.start = window.duration() / 2;
      second.end = window.duration();
      first.text = text;
      second.text = text + " too";
      return WindowResult{{first, second}, "en", window.duration()};
    });
    SignalSource source(Samples(80));
    ScriptedScorer scorer(speech);
    Events events;
    TranscriptionOptions options = Options(true);
    options.decode.prefix = "first ";
    options.resume_s = resume_s;
    const auto result = Transcribe(recognizer, source, &scorer, options, Recording(events));
    EXPECT_DOUBLE_EQ(result.duration, 80);
    ExpectProgress(events.progress);
    return events.segments;
  };
  const auto whole = run(0);
  ASSERT_GE(whole.size(), 12u);
  for (std::size_t done = 2; done <= whole.size(); done += 2) {
    const auto rest = run(whole[done - 1].end);
    ASSERT_EQ(rest.size(), whole.size() - done) << done;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      EXPECT_EQ(rest[i].text, whole[done + i].text);
      EXPECT_EQ(rest[i].start, whole[done + i].start);
      EXPECT_EQ(rest[i].end, whole[done + i].end);
    }
  }
}

TEST(Transcribe, WhenWindowsDependOnEachOtherThenItDoesNotResume) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  ScriptedScorer scorer(TenSpeeches());
  TranscriptionOptions seeking = Options(false, "en", 30);
  TranscriptionOptions remembering = Options(true);
  remembering.decode.condition_on_previous_text = true;
  TranscriptionOptions apart = Options(true);
  seeking.resume_s = remembering.resume_s = 1;
  apart.resume_s = std::nan("");
  for (const TranscriptionOptions& options : {seeking, remembering, apart}) {
    SignalSource source(Samples(kTenSpeechesTotal));
    Events events;
    EXPECT_THROW(Transcribe(recognizer, source, &scorer, options, Recording(events)), CpwError);
  }
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

}  // namespace
}  // namespace cpw

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>

#include "core/transcription.h"
#include "core_fakes.h"
#include "decoding_fixtures.h"
#include "engines/probe/probe_recognizer.h"

namespace cpw {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kSoon =
    std::chrono::seconds(20);  // far below the sleeps that an abort must cut short
constexpr int kHours = 3'600'000;

DecodeOptions Decode() { return DefaultDecoding(); }

std::shared_ptr<const Window> OneSecond() {
  return std::make_shared<const Window>(Window{0, std::vector<float>(16000, 0.5f)});
}

TEST(ProbeRecognizer, WhenItHasNoReplicaThenItIsRefused) {
  Job load;
  EXPECT_THROW(ProbeRecognizer({0, 0, 0, -1}, load), CpwError);
}

TEST(ProbeRecognizer, WhenLoadingIsAbortedThenItStopsAtOnce) {
  Job load;
  std::thread aborter([&] { load.Abort(); });
  const auto begin = Clock::now();
  EXPECT_THROW(ProbeRecognizer({1, kHours, 0, -1}, load), Aborted);
  EXPECT_LT(Clock::now() - begin, kSoon);
  aborter.join();
}

TEST(ProbeRecognizer, WhenAWindowIsToFailThenThatOneFails) {
  Job load;
  ProbeRecognizer probe({1, 0, 0, 1}, load);
  const auto job = std::make_shared<Job>();
  auto first = probe.Submit(OneSecond(), Decode(), job);
  auto second = probe.Submit(OneSecond(), Decode(), job);
  auto third = probe.Submit(OneSecond(), Decode(), job);
  EXPECT_EQ(first.get().segments.at(0).text, "window 0");
  try {
    second.get();
    FAIL() << "window 1 did not fail";
  } catch (const CpwError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInferenceFailed);
  }
  const WindowResult result = third.get();
  EXPECT_EQ(result.segments.at(0).text, "window 2");
  EXPECT_EQ(result.segments.at(0).end, 1);
  EXPECT_EQ(result.consumed, 1);
  EXPECT_EQ(result.language, "en");
}

TEST(ProbeRecognizer, WhenAJobIsAbortedThenOthersGoOn) {
  Job load;
  ProbeRecognizer probe({2, 0, kHours, -1}, load);
  const auto doomed = std::make_shared<Job>();
  const auto other = std::make_shared<Job>();
  auto running = probe.Submit(OneSecond(), Decode(), doomed);
  auto untouched = probe.Submit(OneSecond(), Decode(), other);
  auto queued = probe.Submit(OneSecond(), Decode(), doomed);
  auto asked = probe.DetectLanguage(OneSecond(), doomed);
  doomed->Abort();
  EXPECT_THROW(running.get(), Aborted);
  EXPECT_THROW(queued.get(), Aborted);
  EXPECT_THROW(asked.get(), Aborted);
  EXPECT_EQ(untouched.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  other->Abort();
  EXPECT_THROW(untouched.get(), Aborted);
}

TEST(ProbeRecognizer, WhenItIsDestroyedThenEveryFutureIsSettled) {
  std::vector<std::future<WindowResult>> futures;
  const auto job = std::make_shared<Job>();
  {
    Job load;
    ProbeRecognizer probe({2, 0, 1, -1}, load);
    for (int i = 0; i < 20; ++i) futures.push_back(probe.Submit(OneSecond(), Decode(), job));
  }
  for (auto& future : futures)
    EXPECT_EQ(future.wait_for(std::chrono::seconds(0)), std::future_status::ready);

  const auto begin = Clock::now();
  {
    Job load;
    ProbeRecognizer probe({1, 0, kHours, -1}, load);
    for (int i = 0; i < 5; ++i) futures.push_back(probe.Submit(OneSecond(), Decode(), job));
    job->Abort();
  }
  EXPECT_LT(Clock::now() - begin, kSoon);
}

TEST(ProbeRecognizer, WhenManyThreadsSubmitThenEachWindowHasItsOwnNumber) {
  Job load;
  ProbeRecognizer probe({2, 0, 0, -1}, load);
  std::mutex mutex;
  std::set<std::string> texts;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const auto result = probe.Submit(OneSecond(), Decode(), std::make_shared<Job>()).get();
        std::lock_guard lock(mutex);
        texts.insert(result.segments.at(0).text);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(texts.size(), 100u);
  EXPECT_TRUE(texts.contains("window 99"));
}

TEST(ProbeRecognizer, WhenJobsAreAbortedAtRandomTimesThenEachEndsOneWayOrTheOther) {
  Job load;
  ProbeRecognizer probe({2, 0, 1, -1}, load);
  int aborted = 0, finished = 0;
  for (int round = 0; round < 60; ++round) {
    test::SignalSource source(16000 * 60);
    const auto job = std::make_shared<Job>();
    std::thread aborter([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(round * 500));
      job->Abort();
    });
    test::ScriptedScorer scorer([](std::int64_t frame) { return frame % 60 < 40 ? 0.9f : 0.01f; });
    TranscriptionOptions options{DefaultDecoding(), 2, VadOptions{0.5, 0.35, 100, 1e9, 100, 30}};
    if (round % 2) options.decode.language = "";
    try {
      const auto result = Transcribe(probe, source, &scorer, options, job);
      EXPECT_DOUBLE_EQ(result.duration, 60);
      ++finished;
    } catch (const Aborted&) {
      EXPECT_TRUE(job->aborted());
      ++aborted;
    }
    aborter.join();
  }
  EXPECT_EQ(aborted + finished, 60);
  EXPECT_GT(aborted, 0);
}

}  // namespace
}  // namespace cpw

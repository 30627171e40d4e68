#include <ctranslate2/models/whisper.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/batch.h"
#include "engines/ctranslate2/window_queue.h"

namespace cpw {
namespace {

using ::ctranslate2::models::ModelLoader;
using ::ctranslate2::models::WhisperReplica;

std::shared_ptr<const Window> Sound(double seconds, int pitch) {
  auto window = std::make_shared<Window>();
  window->samples.resize(static_cast<std::size_t>(seconds * kSampleRate));
  for (std::size_t i = 0; i < window->samples.size(); ++i) {
    const auto at = static_cast<float>(i);
    window->samples[i] = 0.3F * std::sin(at * 0.01F * static_cast<float>(pitch)) +
                         0.1F * std::sin(at * at * 1e-6F);
  }
  return window;
}

// Random weights write nonsense, which never looks right: one pass keeps them short.
DecodeOptions OnePass() {
  DecodeOptions options = DefaultDecoding();
  options.temperatures = {0};
  options.log_prob_threshold = -1000;
  options.compression_ratio_threshold = 0;
  options.no_speech_threshold = 1;
  return options;
}

std::string Written(const WindowResult& result) {
  std::string all = result.language;
  for (const Segment& segment : result.segments) {
    all += "|" + std::to_string(segment.start) + " " + segment.text + " " +
           std::to_string(std::round(segment.avg_logprob * 1e3));
  }
  return all;
}

class BatchTest : public ::testing::Test {
 protected:
  BatchTest() {
    model_.info.multilingual = true;
    model_.info.languages = model_.vocabulary().languages();
  }

  TaskPtr Task(std::shared_ptr<const Window> window, const DecodeOptions& options = OnePass(),
               std::shared_ptr<Job> job = std::make_shared<Job>()) {
    auto task = std::make_unique<WindowTask>(model_, std::move(window), options, std::move(job));
    futures_.push_back(task->future());
    return task;
  }
  template <typename... Tasks>
  void Run(Tasks... tasks) {
    std::vector<TaskPtr> batch;
    (batch.push_back(std::move(tasks)), ...);
    RunBatch(*replica_, std::move(batch));
  }
  WindowResult Alone(std::shared_ptr<const Window> window, const DecodeOptions& options) {
    Run(Task(std::move(window), options));
    return futures_.back().get();
  }

  testing::ModelFolder folder_{testing::MakeTinyModel()};
  LoadedWhisper model_{CheckWhisperFolder(folder_.path())};
  std::shared_ptr<const ::ctranslate2::models::Model> weights_ =
      ModelLoader(folder_.path()).load().front();
  std::unique_ptr<WhisperReplica> replica_ = WhisperReplica::create_from_model(*weights_);
  std::vector<std::future<WindowResult>> futures_;
};

// Rows are filled up to the longest: what a row writes must not depend on its neighbours' length.
TEST_F(BatchTest, WhenWindowsOfDifferentLengthsAreDecodedTogetherThenEachSaysWhatItSaysAlone) {
  for (const int beam : {1, 3}) {
    DecodeOptions options = OnePass();
    options.beam_size = beam;
    const auto windows = {Sound(1, 3), Sound(7.5, 5), Sound(3, 11)};
    std::vector<std::string> alone;
    for (const auto& window : windows) alone.push_back(Written(Alone(window, options)));
    EXPECT_NE(alone[0], alone[1]);
    futures_.clear();
    std::vector<TaskPtr> batch;
    for (const auto& window : windows) batch.push_back(Task(window, options));
    RunBatch(*replica_, std::move(batch));
    for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(Written(futures_[i].get()), alone[i]);
  }
}

TEST_F(BatchTest, WhenOneTaskFailsThenTheOthersGoOn) {
  DecodeOptions unknown = OnePass();
  unknown.language = "xx";
  Run(Task(Sound(1, 3)), Task(Sound(1, 5), unknown), Task(Sound(2, 5)));
  EXPECT_NO_THROW(futures_[0].get());
  EXPECT_THROW(futures_[1].get(), CpwError);
  EXPECT_NO_THROW(futures_[2].get());
}

TEST_F(BatchTest, WhenAJobIsAbortedThenItsTaskAloneIs) {
  const auto job = std::make_shared<Job>();
  job->Abort();
  Run(Task(Sound(1, 3)), Task(Sound(1, 5), OnePass(), job));
  EXPECT_NO_THROW(futures_[0].get());
  EXPECT_THROW(futures_[1].get(), Aborted);
  EXPECT_FALSE(job->running());
}

TEST_F(BatchTest, WhenOptionsDifferThenTheBatchStillGivesEachItsOwn) {
  DecodeOptions beam = OnePass();
  beam.beam_size = 4;
  DecodeOptions prompted = OnePass();
  prompted.initial_prompt = "hello world";
  const auto window = Sound(2, 7);
  std::vector<std::string> alone;
  for (const auto& options : {OnePass(), beam, prompted}) {
    alone.push_back(Written(Alone(window, options)));
  }
  futures_.clear();
  Run(Task(window), Task(window, beam), Task(window, prompted));
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(Written(futures_[i].get()), alone[i]);
}

class LadderTest : public BatchTest {
 protected:
  // What is tried for a window whose every text looks wrong.
  std::vector<Attempt> Tried(double seconds, const DecodeOptions& options) {
    const TaskPtr task = Task(Sound(seconds, 3), options);
    task->Begin(*replica_);
    std::vector<Attempt> tried;
    while (task->next()) {
      tried.push_back(*task->next());
      const SearchRow row = task->Row(*replica_);
      positions_.push_back(row.encoded->dim(1));
      FoundText found;
      found.pass.capped = true;
      task->Consider(found);
    }
    return tried;
  }
  std::vector<std::int64_t> positions_;
};

TEST_F(LadderTest, WhenEveryTextLooksWrongThenTheBeamTheWholeWindowAndTheTemperaturesFollow) {
  DecodeOptions options = DefaultDecoding();
  options.retry_beam_size = 5;
  options.temperatures = {0, 0.4};
  const std::vector<Attempt> expected{{DecodingPass::kFirst, 1, 0},
                                      {DecodingPass::kBeam, 5, 0},
                                      {DecodingPass::kFull, 5, 0},
                                      {DecodingPass::kSampled, 1, 0.4}};
  EXPECT_EQ(Tried(3, options), expected);
  EXPECT_EQ(positions_[0], positions_[1]);
  EXPECT_LT(positions_[1], 1500);
  EXPECT_EQ(positions_[2], 1500);
  EXPECT_EQ(positions_[3], 1500);
}

TEST_F(LadderTest, WhenTheWindowIsFullOrTheCallerChoseABeamThenRungsThatChangeNothingAreLeftOut) {
  DecodeOptions options = DefaultDecoding();
  options.beam_size = 3;
  options.temperatures = {0};
  const std::vector<Attempt> full{{DecodingPass::kFirst, 3, 0}};
  EXPECT_EQ(Tried(30, options), full);
}

TEST_F(LadderTest, WhenTemperaturesBeginAboveZeroThenTextsAreDrawnFromTheBeginning) {
  DecodeOptions options = DefaultDecoding();
  options.temperatures = {0.3};
  const std::vector<Attempt> drawn{{DecodingPass::kSampled, 1, 0.3}};
  EXPECT_EQ(Tried(3, options), drawn);
}

TEST_F(LadderTest, WhenATextLooksRightThenNothingElseIsTried) {
  const TaskPtr task = Task(Sound(3, 3), DefaultDecoding());
  task->Begin(*replica_);
  ASSERT_TRUE(task->next());
  task->Consider(FoundText{});
  EXPECT_FALSE(task->next());
}

class QueueTest : public BatchTest {
 protected:
  std::vector<std::size_t> Taken(WindowQueue& queue, const std::vector<double>& seconds) {
    for (const double length : seconds) queue.Push(Task(Sound(length, 3)));
    std::vector<std::size_t> sizes;
    for (auto batch = queue.Take(); !batch.empty(); batch = queue.Take()) {
      sizes.push_back(batch.size());
    }
    return sizes;
  }
};

TEST_F(QueueTest, WhenTwoReplicasShareThenEachTakesHalfAndNeverMoreThanTheLimit) {
  WindowQueue queue({4, 100000}, 2);
  EXPECT_EQ(Taken(queue, std::vector<double>(10, 1)), (std::vector<std::size_t>{4, 3, 2, 1}));
}

TEST_F(QueueTest, WhenWindowsAreLongThenFewerShareABatch) {
  WindowQueue queue({4, 4000}, 1);
  EXPECT_EQ(Taken(queue, {10, 10, 10, 29}), (std::vector<std::size_t>{3, 1}));
}

}  // namespace
}  // namespace cpw

#include <ctranslate2/models/whisper.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/batch.h"
#include "engines/ctranslate2/failure.h"
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
    window->samples[i] =
        0.3F * std::sin(at * 0.01F * static_cast<float>(pitch)) + 0.1F * std::sin(at * at * 1e-6F);
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
    all += "|" + std::to_string(segment.start) + " " + segment.text;
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
  struct Asked {
    std::shared_ptr<const Window> window;
    DecodeOptions options = OnePass();
    std::shared_ptr<Job> job = std::make_shared<Job>();
  };
  // Decodes them in one batch; futures_ has one for each afterwards.
  void Run(const std::vector<Asked>& asked) {
    futures_.clear();
    std::vector<TaskPtr> batch;
    for (const Asked& one : asked) batch.push_back(Task(one.window, one.options, one.job));
    RunBatch(*replica_, std::move(batch));
  }
  std::string First(const std::vector<Asked>& asked) {
    Run(asked);
    return Written(futures_[0].get());
  }

  testing::ModelFolder folder_{testing::MakeTinyModel()};
  LoadedWhisper model_{CheckWhisperFolder(folder_.path())};
  std::shared_ptr<const ::ctranslate2::models::Model> weights_ =
      ModelLoader(folder_.path()).load().front();
  std::unique_ptr<WhisperReplica> replica_ = WhisperReplica::create_from_model(*weights_);
  std::vector<std::future<WindowResult>> futures_;
};

// Rows are filled up to the longest: what a row writes must not depend on its neighbours' length.
// Batches of the same size are compared, as products of other sizes round in another way; so do the
// projections of longer audio, which may tip a model of random weights now and then.
TEST_F(BatchTest, WhenANeighbourIsLongerThenARowSaysTheSame) {
  int same = 0;
  for (const int beam : {1, 3}) {
    DecodeOptions options = OnePass();
    options.beam_size = beam;
    for (const int pitch : {3, 5, 7, 11}) {
      const Asked row{Sound(2, pitch), options};
      const std::string beside = First({row, {Sound(2, 1), options}, {Sound(2, 2), options}});
      same += First({row, {Sound(14, 1), options}, {Sound(20, 2), options}}) == beside;
      EXPECT_NE(First({{Sound(2, pitch + 20), options}, row, row}), beside);
    }
  }
  EXPECT_GE(same, 6);  // of 8
}

TEST_F(BatchTest, WhenOneTaskFailsThenTheOthersGoOn) {
  DecodeOptions unknown = OnePass();
  unknown.language = "xx";
  Run({{Sound(1, 3)}, {Sound(1, 5), unknown}, {Sound(2, 5)}});
  EXPECT_NO_THROW(futures_[0].get());
  EXPECT_THROW(futures_[1].get(), CpwError);
  EXPECT_NO_THROW(futures_[2].get());
}

TEST_F(BatchTest, WhenAJobIsAbortedThenItsTaskAloneIs) {
  const auto job = std::make_shared<Job>();
  job->Abort();
  Run({{Sound(1, 3)}, {Sound(1, 5), OnePass(), job}});
  EXPECT_NO_THROW(futures_[0].get());
  EXPECT_THROW(futures_[1].get(), Aborted);
  EXPECT_FALSE(job->running());
}

TEST_F(BatchTest, WhenAJobIsAbortedInTheMiddleThenItsTaskIsRejectedAtOnceAndTheOtherGoesOn) {
  const auto job = std::make_shared<Job>();
  DecodeOptions many = OnePass();
  many.best_of = 8;
  many.temperatures = std::vector<double>(200, 0.5);
  many.log_prob_threshold = 0;  // never right: hundreds of passes
  std::thread aborter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    job->Abort();
  });
  Run({{Sound(20, 3)}, {Sound(20, 5), many, job}});
  aborter.join();
  EXPECT_NO_THROW(futures_[0].get());
  EXPECT_THROW(futures_[1].get(), Aborted);
}

TEST_F(BatchTest, WhenOptionsDifferThenTheBatchStillGivesEachItsOwn) {
  const auto window = Sound(2, 7);
  DecodeOptions beam = OnePass();
  beam.beam_size = 4;
  DecodeOptions prompted = OnePass();
  prompted.initial_prompt = "hello world";
  const std::vector<Asked> asked{{window}, {window, beam}, {window, prompted}};
  std::vector<std::string> alone;
  for (const Asked& one : asked) alone.push_back(First({one}));
  EXPECT_NE(alone[0], alone[2]);
  Run(asked);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(Written(futures_[i].get()), alone[i]);
}

class LadderTest : public BatchTest {
 protected:
  // What is tried for a window whose every text looks wrong.
  std::vector<DecodingAttempt> Tried(double seconds, const DecodeOptions& options) {
    const TaskPtr task = Task(Sound(seconds, 3), options);
    task->Begin(*replica_);
    std::vector<DecodingAttempt> tried;
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
  const std::vector<DecodingAttempt> expected{{DecodingPass::kFirst, 1, 0},
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
  const std::vector<DecodingAttempt> full{{DecodingPass::kFirst, 3, 0}};
  EXPECT_EQ(Tried(30, options), full);
}

TEST_F(LadderTest, WhenTemperaturesBeginAboveZeroThenTextsAreDrawnFromTheBeginning) {
  DecodeOptions options = DefaultDecoding();
  options.temperatures = {0.3};
  const std::vector<DecodingAttempt> drawn{{DecodingPass::kSampled, 1, 0.3}};
  EXPECT_EQ(Tried(3, options), drawn);
}

TEST_F(LadderTest, WhenATextLooksRightThenNothingElseIsTried) {
  const TaskPtr task = Task(Sound(3, 3), DefaultDecoding());
  task->Begin(*replica_);
  ASSERT_TRUE(task->next());
  task->Consider(FoundText{});
  EXPECT_FALSE(task->next());
}

TEST_F(LadderTest, WhenATextMissesTheCallersThresholdThenAnotherIsTried) {
  DecodeOptions options = DefaultDecoding();
  const auto tries_more = [&](double avg_logprob, double no_speech_prob) {
    const TaskPtr task = Task(Sound(3, 3), options);
    task->Begin(*replica_);
    FoundText found;
    found.pass.avg_logprob = avg_logprob;
    found.no_speech_prob = no_speech_prob;
    task->Consider(found);
    return task->next().has_value();
  };
  EXPECT_TRUE(tries_more(-1.5, 0.1));
  EXPECT_FALSE(tries_more(-1.5, 0.7));  // nobody speaks
  options.no_speech_threshold = 0.8;
  EXPECT_TRUE(tries_more(-1.5, 0.7));
  options.log_prob_threshold = -2;
  EXPECT_FALSE(tries_more(-1.5, 0.7));
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

TEST_F(QueueTest, WhenMemoryDidNotSufficeThenBatchesAreHalfOfThat) {
  WindowQueue queue({8, 100000}, 1);
  queue.Shrink(8);
  EXPECT_EQ(Taken(queue, std::vector<double>(6, 1)), (std::vector<std::size_t>{4, 2}));
  queue.Shrink(8);  // another replica's, of before
  EXPECT_EQ(Taken(queue, std::vector<double>(6, 1)), (std::vector<std::size_t>{4, 2}));
  queue.Shrink(1);
  EXPECT_EQ(Taken(queue, std::vector<double>(2, 1)), (std::vector<std::size_t>{1, 1}));
}

TEST(FailureTest, WhenUpstreamRunsOutOfMemoryThenItsWordsAreKnown) {
  const auto says = [](const char* what) {
    return IsOutOfMemory(std::make_exception_ptr(std::runtime_error(what)));
  };
  EXPECT_TRUE(says("CUDA failed with error out of memory"));
  EXPECT_TRUE(says("posix_memalign: Failed to allocate memory"));
  EXPECT_TRUE(IsOutOfMemory(std::make_exception_ptr(std::bad_alloc())));
  EXPECT_FALSE(says("CUDA failed with error invalid argument"));
  EXPECT_FALSE(IsOutOfMemory(std::make_exception_ptr(3)));
}

TEST_F(QueueTest, WhenWindowsAreLongThenFewerShareABatch) {
  WindowQueue queue({4, 4000}, 1);
  EXPECT_EQ(Taken(queue, {10, 10, 10, 29}), (std::vector<std::size_t>{3, 1}));
}

}  // namespace
}  // namespace cpw

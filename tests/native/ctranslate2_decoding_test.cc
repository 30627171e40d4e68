#include <ctranslate2/models/whisper.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "engines/ctranslate2/decoding.h"
#include "engines/ctranslate2/vocabulary.h"
#include "engines/ctranslate2/whisper_folder.h"

namespace cpw {
namespace {

using ::ctranslate2::StorageView;
using ::ctranslate2::models::ModelLoader;
using ::ctranslate2::models::WhisperReplica;

class DecodingTest : public ::testing::Test {
 protected:
  StorageView Encode(std::int64_t frames, float value = 0.1F) {
    const std::int64_t mels = checked_.shape.mels;
    return replica_->encode(StorageView({1, mels, frames}, value), false);
  }
  DecodingPlan Plan() const {
    DecodingPlan plan;
    const auto& special = checked_.vocabulary.special();
    plan.prompt = {special.start_of_transcript, *checked_.vocabulary.LanguageId("en"),
                   special.transcribe};
    plan.retry_beam_size = 2;
    plan.duration = 2;
    return plan;
  }

  testing::ModelFolder folder_{testing::MakeTinyModel()};
  WhisperFolder checked_ = CheckWhisperFolder(folder_.path());
  std::shared_ptr<const ::ctranslate2::models::Model> model_ =
      ModelLoader(folder_.path()).load().front();
  std::unique_ptr<WhisperReplica> replica_ = WhisperReplica::create_from_model(*model_);
};

// Random weights write nonsense, which never looks right.
TEST_F(DecodingTest, WhenAShortEncodingGivesNonsenseThenTheWholeOneIsTriedOnceAndTakesItsPlace) {
  StorageView encoded = Encode(256);
  DecodingPlan plan = Plan();
  int calls = 0;
  plan.encode_whole = [&] {
    ++calls;
    return Encode(3000);
  };
  const Job job;
  const DecodedWindow decoded =
      DecodeWindow(*replica_, encoded, plan, checked_.vocabulary.special(), job);
  ASSERT_FALSE(LooksRight(decoded.pass));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(encoded.dim(1), 1500);
}

TEST_F(DecodingTest, WhenTheWholeEncodingFailsThenItsErrorComesThrough) {
  StorageView encoded = Encode(256);
  DecodingPlan plan = Plan();
  plan.encode_whole = []() -> StorageView { throw CpwError(ErrorCode::kOutOfMemory, "no room"); };
  const Job job;
  EXPECT_THROW(DecodeWindow(*replica_, encoded, plan, checked_.vocabulary.special(), job),
               CpwError);
}

TEST_F(DecodingTest, WhenTheJobIsAbortedThenTheWholeEncodingIsNotMade) {
  StorageView encoded = Encode(256);
  DecodingPlan plan = Plan();
  Job job;
  plan.encode_whole = [&] {
    ADD_FAILURE() << "encoded for an aborted job";
    return Encode(3000);
  };
  job.Abort();
  EXPECT_THROW(DecodeWindow(*replica_, encoded, plan, checked_.vocabulary.special(), job), Aborted);
}

}  // namespace
}  // namespace cpw

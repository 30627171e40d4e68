#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "core/text_gate.h"
#include "ctranslate2_tiny_model.h"
#include "engines/ctranslate2/segments.h"
#include "engines/ctranslate2/tokenizer.h"
#include "engines/ctranslate2/vocabulary.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;
using Ids = std::vector<std::size_t>;

constexpr GateLimits kLimits;

DecodedPass Pass(double avg_logprob, bool capped, bool looped) {
  DecodedPass pass;
  pass.ids = {1};
  pass.avg_logprob = avg_logprob;
  pass.capped = capped;
  pass.looped = looped;
  return pass;
}

TEST(RepairUtf8, WhenTheTextEndsInsideACharacterThenItIsTrimmed) {
  EXPECT_EQ(RepairUtf8("ja \xE0\xA4\x9C\xE0\xA5"), "ja \xE0\xA4\x9C");
}

TEST(RepairUtf8, WhenBytesAreNoUtf8ThenEachIsReplaced) {
  EXPECT_EQ(RepairUtf8("a\xFF"
                       "b\xC0\xAF"
                       "c"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD"
            "c");
  EXPECT_EQ(RepairUtf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
}

TEST(StandIns, WhenEveryByteGoesThereAndBackThenNothingChanges) {
  std::string all(256, '\0');
  std::iota(all.begin(), all.end(), '\0');
  EXPECT_EQ(StandInsToBytes(BytesToStandIns(all)), all);
  EXPECT_EQ(BytesToStandIns(" a\n"),
            "\xC4\xA0"
            "a\xC4\x8A");
}

class TokenizerTest : public ::testing::Test {
 protected:
  ModelFolder folder_{MakeTinyModel()};
  WhisperVocabulary vocabulary_ = WhisperVocabulary::Load(folder_.path());
  Tokenizer tokenizer_{vocabulary_};
  std::size_t Id(const std::string& text) { return *vocabulary_.Find(BytesToStandIns(text)); }
};

TEST_F(TokenizerTest, WhenTextIsEncodedThenTheLongestTokensAreTakenAndDecodeToTheSameText) {
  const auto ids = tokenizer_.EncodePrompt(" hello world, hellolo!", 100);
  EXPECT_EQ(ids, (Ids{Id(" hello"), Id(" world"), Id(","), Id(" hello"), Id("lo"), Id("!")}));
  EXPECT_EQ(tokenizer_.Decode(ids), " hello world, hellolo!");
  const std::string hindi = " \xE0\xA4\x9C\xE0\xA5\x80 5";
  EXPECT_EQ(tokenizer_.Decode(tokenizer_.EncodePrompt(hindi, 100)), hindi);
}

TEST_F(TokenizerTest, WhenAPromptIsTooLongThenItsEndIsKept) {
  EXPECT_EQ(tokenizer_.EncodePrompt(" the the hello world", 2), (Ids{Id(" hello"), Id(" world")}));
  EXPECT_TRUE(tokenizer_.EncodePrompt("", 2).empty());
}

TEST_F(TokenizerTest, WhenIdsHoldSpecialAndTimeTokensThenTheTextIsWithoutThem) {
  const auto& special = vocabulary_.special();
  EXPECT_EQ(tokenizer_.Decode(Ids{special.timestamp_begin, Id(" hello"), special.transcribe,
                                  special.timestamp_begin + 9, special.end_of_text}),
            " hello");
}

TEST_F(TokenizerTest, WhenTheVocabularyIsReadThenLanguagesAndTimesAreKnown) {
  EXPECT_TRUE(vocabulary_.multilingual());
  EXPECT_EQ(vocabulary_.languages(), (std::vector<std::string>{"en", "de", "yue"}));
  EXPECT_EQ(vocabulary_.token(vocabulary_.special().timestamp_begin), "<|0.00|>");
  EXPECT_FALSE(vocabulary_.LanguageId("fr"));
}

TEST(WhisperVocabulary, WhenEveryLineOfATextFileEndsInACarriageReturnThenItIsTakenOff) {
  const auto model = MakeTinyModel(false);
  ModelFolder folder;
  std::string lines;
  for (const auto& token : model.tokens) lines += token + "\r\n";
  folder.Put("vocabulary.txt", lines);
  const auto vocabulary = WhisperVocabulary::Load(folder.path());
  EXPECT_EQ(vocabulary.size(), model.tokens.size());
  EXPECT_FALSE(vocabulary.multilingual());
  EXPECT_EQ(vocabulary.languages(), std::vector<std::string>{"en"});
}

// Text ids are below 100 here, times from 100 on: 100 is 0.00 s, 150 is 1.00 s.
TokenSegments Split(const Ids& ids, double duration = 30) {
  return SplitAtTimestamps(ids, 100, duration);
}

TEST(SplitAtTimestamps, WhenThereIsNoTextThenThereAreNoSegments) {
  EXPECT_TRUE(Split({}).segments.empty());
  EXPECT_TRUE(Split({100, 150}).segments.empty());
  EXPECT_DOUBLE_EQ(Split({100}, 12).heard, 12);
}

TEST(SplitAtTimestamps, WhenTimesStandInPairsThenEachPairIsASegment) {
  const auto split = Split({100, 1, 2, 150, 200, 3, 250});
  ASSERT_EQ(split.segments.size(), 2U);
  EXPECT_DOUBLE_EQ(split.segments[0].start, 0);
  EXPECT_DOUBLE_EQ(split.segments[0].end, 1);
  EXPECT_EQ(split.segments[0].ids, (Ids{1, 2}));
  EXPECT_DOUBLE_EQ(split.segments[1].start, 2);
  EXPECT_DOUBLE_EQ(split.segments[1].end, 3);
  EXPECT_DOUBLE_EQ(split.heard, 30);
  EXPECT_DOUBLE_EQ(split.whole, 30);
}

TEST(SplitAtTimestamps, WhenTheLastSentenceIsOpenThenItIsHeardButNotWhole) {
  const auto split = Split({100, 1, 150, 200, 2, 3}, 10);
  ASSERT_EQ(split.segments.size(), 2U);
  EXPECT_DOUBLE_EQ(split.segments[1].start, 2);
  EXPECT_DOUBLE_EQ(split.segments[1].end, 10);
  EXPECT_DOUBLE_EQ(split.heard, 10);
  EXPECT_DOUBLE_EQ(split.whole, 2);
}

TEST(SplitAtTimestamps, WhenASentenceIsOpenedAndNotBegunThenTheModelStoppedThere) {
  const auto split = Split({100, 1, 150, 200});
  EXPECT_EQ(split.segments.size(), 1U);
  EXPECT_DOUBLE_EQ(split.heard, 2);
  EXPECT_DOUBLE_EQ(split.whole, 2);
}

TEST(SplitAtTimestamps, WhenTheLastTimeClosesASentenceThenTheRestIsSilence) {
  EXPECT_DOUBLE_EQ(Split({100, 1, 150}).heard, 30);
}

TEST(SplitAtTimestamps, WhenTheOnlySentenceIsOpenThenTheWholeWindowIsDone) {
  const auto split = Split({100, 1, 2});
  ASSERT_EQ(split.segments.size(), 1U);
  EXPECT_DOUBLE_EQ(split.heard, 30);
  EXPECT_DOUBLE_EQ(split.whole, 30);
}

TEST(SplitAtTimestamps, WhenTimesAreWildThenSegmentsStillAscendInsideTheWindow) {
  const auto split = Split({1600, 1, 90 + 100, 150, 2, 120, 3, 4, 1600, 1600, 5, 110}, 5);
  double last = 0;
  ASSERT_FALSE(split.segments.empty());
  for (const auto& segment : split.segments) {
    EXPECT_LT(segment.start, segment.end);
    EXPECT_LE(segment.end, 5);
    EXPECT_GE(segment.end, last);
    last = segment.end;
  }
}

TEST(SaysTwice, WhenASentenceComesAgainFasterThanAnybodySpeaksThenItIsALoop) {
  const Ids said{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const auto twice = [&](std::size_t first_ends, std::size_t second_ends) {
    Ids ids{100};
    ids.insert(ids.end(), said.begin(), said.end());
    ids.insert(ids.end(), {100 + first_ends, 100 + first_ends});
    ids.insert(ids.end(), said.begin(), said.end());
    ids.push_back(100 + second_ends);
    return SaysTwice(Split(ids));
  };
  EXPECT_TRUE(twice(50, 130));                                               // 1 s, 1.6 s
  EXPECT_TRUE(twice(200, 201));                                              // 4 s, 0.02 s
  EXPECT_FALSE(twice(150, 300));                                             // 3 s each: a refrain
  EXPECT_FALSE(SaysTwice(Split({100, 1, 110, 110, 1, 120})));                // "No. No."
  EXPECT_TRUE(SaysTwice(Split({100, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 180})));   // 1.6 s
  EXPECT_FALSE(SaysTwice(Split({100, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 280})));  // 3.6 s
  EXPECT_FALSE(SaysTwice(Split({})));
}

TEST(Gate, WhenAPhraseIsSaidOverAndOverThenItLooksLooped) {
  Ids loop;
  for (int i = 0; i < 6; ++i) loop.insert(loop.end(), {5, 6, 7});
  EXPECT_TRUE(LooksLooped(loop));
  EXPECT_TRUE(LooksLooped(Ids(40, 9)));
}

TEST(Gate, WhenSpeechRepeatsItselfALittleThenItDoesNotLookLooped) {
  EXPECT_FALSE(LooksLooped(Ids{5, 6, 5, 6, 5, 6}));  // no, no, no,
  Ids text(60);
  std::iota(text.begin(), text.end(), 0U);
  EXPECT_FALSE(LooksLooped(text));
  EXPECT_FALSE(LooksLooped({}));
}

TEST(Gate, WhenAPassIsUnlikelyOrCappedOrLoopedThenItIsNotTrusted) {
  EXPECT_TRUE(LooksRight(Pass(-0.5, false, false), kLimits));
  EXPECT_FALSE(LooksRight(Pass(-1.5, false, false), kLimits));
  EXPECT_FALSE(LooksRight(Pass(-0.5, true, false), kLimits));
  EXPECT_FALSE(LooksRight(Pass(-0.5, false, true), kLimits));
}

TEST(Gate, WhenTwoPassesWriteNearlyTheSameThenTheyAgree) {
  const auto pass = [](const std::string& text) {
    DecodedPass result = Pass(-0.1, false, true);
    result.text = text;
    return result;
  };
  const DecodedPass said = pass("it was the epoch of belief, it was the epoch of incredulity");
  EXPECT_TRUE(Agree(said, pass("it was the epic of belief, it was the epic of incredulity")));
  EXPECT_FALSE(Agree(said, pass("it was the epoch of belief, it was the epoch of belief, it was")));
  EXPECT_FALSE(Agree(said, pass("")));
  DecodedPass capped = said;
  capped.capped = true;
  EXPECT_FALSE(Agree(said, capped));
}

TEST(Gate, WhenTheCallerMovesTheThresholdsThenTheyDecide) {
  GateLimits limits;
  limits.log_prob = -2;
  EXPECT_TRUE(LooksRight(Pass(-1.5, false, false), limits));
  limits.no_speech = 0.95;
  limits.log_prob = -1;
  EXPECT_FALSE(IsSilence(Pass(-1.5, false, false), 0.9, limits));
  DecodedPass pass = Pass(-0.5, false, false);
  pass.compression_ratio = 3;
  JudgeLoops(pass, {}, limits);
  EXPECT_TRUE(pass.looped);
  limits.compression_ratio = 3.5;
  JudgeLoops(pass, {}, limits);
  EXPECT_FALSE(pass.looped);
  limits.compression_ratio = 0;
  JudgeLoops(pass, Ids(40, 7), limits);
  EXPECT_FALSE(pass.looped);
}

TEST(Gate, WhenPassesAreComparedThenATrustedOneWinsOverALikelierLoop) {
  const DecodedPass loop = Pass(-0.1, false, true);
  const DecodedPass good = Pass(-0.9, false, false);
  const DecodedPass better = Pass(-0.4, false, false);
  EXPECT_TRUE(IsBetter(good, loop, kLimits));
  EXPECT_TRUE(IsBetter(better, good, kLimits));
  EXPECT_FALSE(IsBetter(loop, loop, kLimits));
}

TEST(Gate, WhenSpeechIsUnlikelyOnlyWithAGuessedTextItIsSilence) {
  EXPECT_TRUE(IsSilence(Pass(-1.5, false, false), 0.9, kLimits));
  EXPECT_FALSE(IsSilence(Pass(-0.5, false, false), 0.9, kLimits));
  EXPECT_FALSE(IsSilence(Pass(-1.5, false, false), 0.3, kLimits));
}

}  // namespace
}  // namespace cpw

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "core/audio_source.h"
#include "core/error.h"
#include "engines/silero/speech_detector.h"
#include "whisper_model_files.h"

namespace cpw {
namespace {

constexpr std::size_t kFrame = SpeechScorer::kFrameSamples;

const SpeechDetector& Detector() {
  static const SpeechDetector detector(CPW_TEST_DATA "/models/silero-v6.2.0-ggml.bin");
  return detector;
}

// 11 s, 16 kHz, 16 bits, cut to whole frames.
const std::vector<float>& Speech() {
  static const std::vector<float> samples = [] {
    std::ifstream file(CPW_TEST_DATA "/audio/jfk.wav", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> values;
    for (std::size_t i = bytes.find("data") + 8; i + 1 < bytes.size(); i += 2) {
      std::int16_t value = 0;
      std::memcpy(&value, bytes.data() + i, sizeof value);
      values.push_back(static_cast<float>(value) / 32768);
    }
    values.resize(values.size() / kFrame * kFrame);
    return values;
  }();
  return samples;
}

std::vector<float> ScoreInBlocks(SpeechScorer& scorer, std::span<const float> samples,
                                 std::size_t frames) {
  std::vector<float> scores;
  for (std::size_t i = 0; i < samples.size(); i += frames * kFrame) {
    const auto block = samples.subspan(i, std::min(frames * kFrame, samples.size() - i));
    const auto part = scorer.Score(block);
    scores.insert(scores.end(), part.begin(), part.end());
  }
  return scores;
}

TEST(SpeechDetector, when_the_samples_are_not_whole_frames_it_is_an_error) {
  const std::vector<float> samples(kFrame + 1);
  EXPECT_THROW(Detector().MakeScorer()->Score(samples), CpwError);
}

TEST(SpeechDetector, when_there_is_no_audio_there_is_no_score) {
  EXPECT_TRUE(Detector().MakeScorer()->Score({}).empty());
}

TEST(SpeechDetector, when_silence_is_scored_no_speech_is_found) {
  const std::vector<float> silence(100 * kFrame, 0.0f);
  const auto scorer = Detector().MakeScorer();
  for (const float score : scorer->Score(silence)) EXPECT_LT(score, 0.3f);
}

TEST(SpeechDetector, when_speech_is_scored_most_of_it_is_found_and_the_pauses_are_not) {
  const auto scorer = Detector().MakeScorer();
  const std::span<const float> scores = scorer->Score(Speech());
  ASSERT_EQ(scores.size(), Speech().size() / kFrame);
  const auto found = std::count_if(scores.begin(), scores.end(), [](float x) { return x > 0.5f; });
  EXPECT_GT(found, 180);
  EXPECT_LT(found, 320);
  EXPECT_LT(scores[2], 0.5f);   // before the first word
  EXPECT_GT(scores[25], 0.5f);  // "my fellow"
  EXPECT_LT(scores[85], 0.5f);  // the pause after "Americans"
}

TEST(SpeechDetector, when_audio_comes_in_pieces_the_state_is_carried_on) {
  const std::vector<float> whole = ScoreInBlocks(*Detector().MakeScorer(), Speech(), 100000);
  for (const std::size_t frames : {1, 7, 64}) {
    EXPECT_EQ(ScoreInBlocks(*Detector().MakeScorer(), Speech(), frames), whole) << frames;
  }
}

TEST(SpeechDetector, when_scorers_work_side_by_side_they_do_not_mix) {
  const std::vector<float> alone = ScoreInBlocks(*Detector().MakeScorer(), Speech(), 16);
  std::vector<std::vector<float>> scores(3);
  std::vector<std::thread> threads;
  for (std::vector<float>& mine : scores) {
    threads.emplace_back([&mine] {
      const auto scorer =
          SpeechDetector(CPW_TEST_DATA "/models/silero-v6.2.0-ggml.bin").MakeScorer();
      mine = ScoreInBlocks(*scorer, Speech(), 16);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& mine : scores) EXPECT_EQ(mine, alone);
}

using model_files_test::Pieces;

bool IsHalf(const Pieces& pieces, std::size_t data) {
  while (pieces[data].what != "tensor type") --data;
  return pieces[data].bytes[0] == 1;
}

TEST(SpeechDetector, when_a_weight_is_not_finite_the_file_is_refused_and_the_tensor_named) {
  using namespace std::string_literals;
  for (const auto& [half, full] :
       {std::pair{"\0\x7c"s, "\0\0\x80\xff"s}, std::pair{"\0\xfe"s, "\0\0\xc0\x7f"s}}) {
    const Pieces& whole = model_files_test::SileroPieces();
    int tensors = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (whole[i].what != "data") continue;
      Pieces pieces = whole;
      const std::string& bad = IsHalf(pieces, i) ? half : full;
      std::string& bytes = pieces[i].bytes;
      bytes.replace(bytes.size() - bad.size(), bad.size(), bad);
      const test::TemporaryFile file(test::Joined(pieces));
      const std::string message = Refusal(model_files_test::kKinds[1], file.path());
      EXPECT_NE(message.find(pieces[i - 1].bytes + " holds a value that is not a finite number"),
                std::string::npos)
          << message;
      ++tensors;
    }
    EXPECT_EQ(tensors, 15);
  }
}

TEST(SpeechDetector, when_weights_and_samples_are_huge_scores_are_probabilities_still) {
  Pieces pieces = model_files_test::SileroPieces();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].what != "data") continue;
    const std::string largest = IsHalf(pieces, i) ? std::string("\xff\x7b") : "\xff\xff\x7f\x7f";
    for (std::size_t at = 0; at < pieces[i].bytes.size(); at += largest.size())
      pieces[i].bytes.replace(at, largest.size(), largest);
  }
  const test::TemporaryFile file(test::Joined(pieces));
  for (const auto& detector : {SpeechDetector(file.path()), Detector()}) {
    std::vector<float> samples(20 * kFrame);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = std::array{1e4f, -1e4f, 1e38f, NAN, INFINITY, 1e-40f}[i % 6];
    const auto scorer = detector.MakeScorer();
    for (const float score : scorer->Score(samples)) EXPECT_TRUE(score >= 0 && score <= 1) << score;
  }
}

TEST(SpeechDetector, when_samples_are_no_numbers_they_count_as_silence) {
  const auto after = [](float sample) {
    const auto scorer = Detector().MakeScorer();
    scorer->Score(std::vector<float>(10 * kFrame, sample));
    return ScoreInBlocks(*scorer, Speech(), 16);
  };
  EXPECT_EQ(after(NAN), after(0));
  EXPECT_EQ(after(-INFINITY), after(0));
}

}  // namespace
}  // namespace cpw

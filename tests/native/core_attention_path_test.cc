#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "core/alignment_heads.h"
#include "core/attention_path.h"

namespace cpw {
namespace {

struct Made {
  std::vector<float> weights;
  Attention attention;
};

// Two heads; token t listens to the positions from begins[t] to begins[t + 1], and a little to all.
Made Listening(const std::vector<std::size_t>& begins, std::size_t positions, unsigned seed = 1) {
  std::mt19937 random(seed);
  Made made;
  const std::size_t tokens = begins.size();
  for (int head = 0; head < 2; ++head) {
    for (std::size_t p = 0; p < positions; ++p) {
      for (std::size_t t = 0; t < tokens; ++t) {
        const std::size_t end = t + 1 < tokens ? begins[t + 1] : positions;
        const float noise = std::uniform_real_distribution<float>(0, 0.02f)(random);
        made.weights.push_back(noise + (p >= begins[t] && p < end ? 0.2f : 0.0f));
      }
    }
  }
  made.attention = {made.weights, 2, positions, tokens};
  return made;
}

TEST(AttentionPath, WhenEachTokenListensToItsOwnStretchThenItBeginsThere) {
  // The last token is the end of the text, which has no time.
  const Made made = Listening({0, 10, 25, 40, 55}, 70);
  const auto times = AttentionPath(made.attention, 0, 70);
  ASSERT_EQ(times.size(), 4U);
  EXPECT_EQ(times[0], 0);
  EXPECT_NEAR(times[1], 10, 2);
  EXPECT_NEAR(times[2], 25, 2);
  EXPECT_NEAR(times[3], 40, 2);
}

TEST(AttentionPath, WhenTheTextHasAPromptInFrontThenThatHasNoTimes) {
  const Made made = Listening({0, 0, 20, 40, 60}, 60);
  EXPECT_EQ(AttentionPath(made.attention, 2, 60).size(), 2U);
}

TEST(AttentionPath, WhenSilenceFollowsThenItIsNotLookedAt) {
  Made made = Listening({0, 10, 20, 90}, 100);
  for (const double time : AttentionPath(made.attention, 0, 30)) EXPECT_LT(time, 30);
}

TEST(AttentionPath, WhenThereIsNothingToLookAtThenThereAreNoTimes) {
  const Made made = Listening({0, 10, 20}, 30);
  EXPECT_TRUE(AttentionPath(made.attention, 0, 0).empty());
  EXPECT_TRUE(AttentionPath(made.attention, 2, 30).empty());
  EXPECT_TRUE(AttentionPath({}, 0, 30).empty());
}

TEST(AttentionPath, WhenTheAttentionIsAnythingThenTimesDoNotGoBack) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const std::size_t tokens = 2 + random() % 20;
    const std::size_t positions = 1 + random() % 40;
    std::vector<float> weights(3 * tokens * positions);
    for (float& weight : weights) weight = seed % 3 == 0 ? 0.0f : static_cast<float>(random() % 5);
    const auto times = AttentionPath({weights, 3, positions, tokens}, 0, positions);
    ASSERT_EQ(times.size(), tokens - 1);
    double low = 0;
    for (const double time : times) {
      EXPECT_GE(time, low);
      EXPECT_LT(time, static_cast<double>(positions));
      low = time;
    }
  }
}

TEST(AlignmentHeads, WhenAShapeIsKnownThenEachOfItsHeadsExistsOnce) {
  for (const auto& [layers, width, vocabulary] : {std::tuple{4, 384, 51864},
                                                  {4, 384, 51865},
                                                  {6, 512, 51864},
                                                  {6, 512, 51865},
                                                  {12, 768, 51864},
                                                  {12, 768, 51865},
                                                  {24, 1024, 51864},
                                                  {24, 1024, 51865},
                                                  {32, 1280, 51865},
                                                  {32, 1280, 51866},
                                                  {4, 1280, 51866}}) {
    const AlignmentHeads* known = FindAlignmentHeads(layers, width, vocabulary);
    ASSERT_NE(known, nullptr);
    std::set<std::pair<int, int>> seen;
    for (const auto& [layer, head] : known->heads) {
      EXPECT_LT(layer, layers);
      EXPECT_LT(head, width / 64);
      EXPECT_TRUE(seen.emplace(layer, head).second);
    }
    EXPECT_FALSE(seen.empty());
  }
}

TEST(AlignmentHeads, WhenAModelIsDistilledThenItsHeadsAreUnknown) {
  EXPECT_EQ(FindAlignmentHeads(2, 1280, 51865), nullptr);  // distil-large-v2
  EXPECT_EQ(FindAlignmentHeads(4, 768, 51864), nullptr);   // distil-small.en
}

}  // namespace
}  // namespace cpw

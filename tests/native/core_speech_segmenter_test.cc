#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/speech_windower.h"
#include "core/windower.h"
#include "core_fakes.h"
#include "core_scenes.h"

namespace cpw {
namespace {

using namespace scenes_test;

TEST(SpeechSegmenter, WhenFramesComeOneByOneThenSegmentsEqualTheRuleOverTheWholeFile) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    const Scene scene = RandomScene(random, 120);
    const VadOptions vad = RandomVad(random, true);
    SpeechSegmenter segmenter(vad);
    std::vector<SampleRange> found;
    const auto collect = [&] {
      while (const auto range = segmenter.Pop()) found.push_back(*range);
    };
    for (const float probability : scene.probabilities) {
      const std::int64_t promised = segmenter.earliest_begin();
      segmenter.Push(probability);
      const std::size_t before = found.size();
      collect();
      if (found.size() > before) {
        ASSERT_GE(found[before].begin, promised) << "seed " << seed;
      }
    }
    segmenter.Finish(scene.total);
    collect();
    const auto expected = WholeFileRule(scene.probabilities, vad, scene.total);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].begin, expected[i].begin) << "seed " << seed << ", segment " << i;
      ASSERT_EQ(found[i].end, expected[i].end) << "seed " << seed << ", segment " << i;
    }
  }
}

}  // namespace
}  // namespace cpw

// Beside whisper.cpp's own detector, which stays in the linked library.
#include <gtest/gtest.h>
#include <whisper.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engines/silero/network.h"
#include "engines/silero/weights.h"
#include "engines/whisper/upstream_log.h"
#include "kernels/dense.h"
#include "media_fixtures.h"

namespace cpw {
namespace {

constexpr char kModel[] = CPW_TEST_DATA "/models/silero-v6.2.0-ggml.bin";
constexpr std::size_t kFrame = 512;

std::vector<std::string> AudioFiles() {
  std::vector<std::string> names;
  const std::filesystem::path root = media_test::DataPath("");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension();
    if (extension == ".flac" || extension == ".mp3" || extension == ".ogg" || extension == ".wav")
      names.push_back(std::filesystem::relative(entry.path(), root));
  }
  return names;
}

std::vector<float> WholeFrames(std::vector<float> samples) {
  samples.resize((samples.size() + kFrame - 1) / kFrame * kFrame);
  return samples;
}

std::vector<float> Upstream(const std::vector<float>& samples) {
  RouteUpstreamLogs();
  whisper_vad_context_params params = whisper_vad_default_context_params();
  params.n_threads = 1;
  params.use_gpu = false;
  const std::unique_ptr<whisper_vad_context, decltype(&whisper_vad_free)> context(
      whisper_vad_init_from_file_with_params(kModel, params), whisper_vad_free);
  if (!context ||
      !whisper_vad_detect_speech(context.get(), samples.data(), static_cast<int>(samples.size())))
    throw std::runtime_error("upstream does not score");
  const float* probabilities = whisper_vad_probs(context.get());
  return {probabilities, probabilities + whisper_vad_n_probs(context.get())};
}

std::vector<float> Ours(const SileroNetwork& network, const std::vector<float>& samples) {
  const auto scratch = std::make_unique<SileroNetwork::Scratch>();
  SileroState state;
  std::vector<float> probabilities(samples.size() / kFrame);
  for (std::size_t at = 0; at < probabilities.size(); at += SileroNetwork::kBlock) {
    network.Score(samples.data() + at * kFrame,
                  std::min(SileroNetwork::kBlock, probabilities.size() - at), state, *scratch,
                  probabilities.data() + at);
  }
  return probabilities;
}

struct Difference {
  std::size_t frames = 0;
  std::size_t above = 0;  // 1e-4
  float worst = 0;

  void Add(const std::vector<float>& found, const std::vector<float>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t frame = 0; frame < found.size(); ++frame) {
      const float difference = std::abs(found[frame] - expected[frame]);
      worst = std::max(worst, difference);
      above += difference > 1e-4f ? 1 : 0;
    }
    frames += found.size();
  }
};

// Both round activations to f16, where a sum that another order of adding moves by its last bit
// may fall on the other side. Beside sums in double precision upstream is beyond 1e-4 in 9 of these
// 9,450 frames (worst 2.1e-4) and ours in 8 (worst 4.4e-4); without the rounding ours would be 1e-2
// away from upstream.
TEST(SileroReference, when_audio_is_scored_every_kernel_agrees_with_upstream) {
  const SileroWeights weights = ReadSileroWeights(kModel);
  const auto [kernels, count] = kernels::AllDenses();
  const std::vector<std::string> names = AudioFiles();
  ASSERT_GE(names.size(), 20u);
  std::vector<Difference> differences(count);
  for (const std::string& name : names) {
    const std::vector<float> samples = WholeFrames(media_test::DecodeFile(name));
    const std::vector<float> expected = Upstream(samples);
    for (std::size_t i = 0; i < count; ++i)
      differences[i].Add(Ours(SileroNetwork(weights, *kernels[i]), samples), expected);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [frames, above, worst] = differences[i];
    EXPECT_LT(above, frames / 200) << kernels[i]->name;
    EXPECT_LT(worst, 1e-3f) << kernels[i]->name;
  }
}

}  // namespace
}  // namespace cpw

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <thread>

#include "core/error.h"
#include "core/mel.h"

namespace cpw {
namespace {

constexpr int kPoints = 400;
constexpr int kHop = 160;

double Hertz(double mel) {
  return mel < 15 ? mel * 200 / 3 : 1000 * std::pow(6.4, (mel - 15) / 27);
}

// The same thing in double precision by the definition: a plain DFT and a full filter matrix.
std::vector<double> Reference(const std::vector<float>& samples, int frames, int bands) {
  const int length = std::max(frames * kHop, static_cast<int>(samples.size()));
  const auto audio = [&](int i) {
    // Reflected once: audio too short for that is followed by silence.
    if (i < 0) {
      i = -i;
    } else if (i >= length) {
      i = 2 * (length - 1) - i;
    }
    return i >= 0 && i < static_cast<int>(samples.size())
               ? double{samples[static_cast<std::size_t>(i)]}
               : 0.0;
  };
  std::vector<double> cosine(kPoints), sine(kPoints), hann(kPoints);
  for (int i = 0; i < kPoints; ++i) {
    cosine[i] = std::cos(2 * std::numbers::pi * i / kPoints);
    sine[i] = std::sin(2 * std::numbers::pi * i / kPoints);
    hann[i] = 0.5 * (1 - cosine[i]);
  }
  const double top = 15 + 27 * std::log(8.0) / std::log(6.4);
  std::vector<double> out(static_cast<std::size_t>(bands) * frames);
  double loudest = -10;
  for (int frame = 0; frame < frames; ++frame) {
    double power[kPoints / 2 + 1];
    for (int k = 0; k <= kPoints / 2; ++k) {
      double re = 0, im = 0;
      for (int n = 0; n < kPoints; ++n) {
        const double x = audio(frame * kHop + n - kPoints / 2) * hann[n];
        re += x * cosine[k * n % kPoints];
        im -= x * sine[k * n % kPoints];
      }
      power[k] = re * re + im * im;
    }
    for (int band = 0; band < bands; ++band) {
      const double low = Hertz(top * band / (bands + 1)),
                   peak = Hertz(top * (band + 1) / (bands + 1)),
                   high = Hertz(top * (band + 2) / (bands + 1));
      double sum = 0;
      for (int k = 0; k <= kPoints / 2; ++k) {
        const double rising = (40.0 * k - low) / (peak - low),
                     falling = (high - 40.0 * k) / (high - peak);
        sum += std::max(0.0, std::min(rising, falling)) * 2 / (high - low) * power[k];
      }
      double& value = out[static_cast<std::size_t>(band) * frames + frame];
      value = std::log10(std::max(sum, 1e-10));
      loudest = std::max(loudest, value);
    }
  }
  for (double& value : out) value = (std::max(value, loudest - 8) + 4) / 4;
  return out;
}

std::vector<float> Noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 0.1f);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = normal(random);
  return samples;
}

void ExpectNear(const std::vector<float>& samples, int frames, int bands) {
  SCOPED_TRACE(std::to_string(samples.size()) + " samples, " + std::to_string(frames) +
               " frames, " + std::to_string(bands) + " bands");
  std::vector<float> mel;
  MelSpectrogram(bands).Compute(samples, static_cast<std::size_t>(frames), mel);
  const std::vector<double> expected = Reference(samples, frames, bands);
  ASSERT_EQ(mel.size(), expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < mel.size(); ++i)
    worst = std::max(worst, std::abs(mel[i] - expected[i]));
  EXPECT_LT(worst, 1e-4);
}

TEST(MelSpectrogram, WhenTheModelHasAnotherNumberOfBandsThenItIsRefused) {
  try {
    MelSpectrogram mel(40);
    FAIL() << "40 bands were taken";
  } catch (const CpwError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModelIncompatible);
    EXPECT_NE(std::string(error.what()).find("40"), std::string::npos);
  }
}

TEST(MelSpectrogram, WhenAudioIsShorterThanAFrameThenItEqualsTheDefinition) {
  for (const int count : {0, 1, 150, 200, 201, 400})
    for (const int frames : {1, 9})
      ExpectNear(Noise(static_cast<std::size_t>(count), 1), frames, 80);
}

TEST(MelSpectrogram, WhenAudioIsNoiseThenItEqualsTheDefinition) {
  ExpectNear(Noise(16000, 2), 100, 80);
  ExpectNear(Noise(16000, 3), 100, 128);
  ExpectNear(Noise(8000, 4), 75, 80);   // half of it padding
  ExpectNear(Noise(8000, 5), 20, 80);   // frames end before the audio
  ExpectNear(Noise(8123, 6), 51, 128);  // nothing is a multiple of anything
}

TEST(MelSpectrogram, WhenALoudToneStandsOverQuietNoiseThenTheFloorIsExact) {
  std::vector<float> samples = Noise(16000, 7);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / 16000;
    samples[i] = samples[i] * 1e-4f +
                 static_cast<float>(0.9 * std::sin(2 * std::numbers::pi * (300 + 900 * t) * t));
  }
  ExpectNear(samples, 100, 80);
  ExpectNear(samples, 100, 128);
}

TEST(MelSpectrogram, WhenNoFrameIsAskedForThenNothingComesBack) {
  std::vector<float> mel(7, 1.0f);
  MelSpectrogram(80).Compute(Noise(1000, 1), 0, mel);
  EXPECT_TRUE(mel.empty());
}

TEST(MelSpectrogram, WhenSamplesAreNotNumbersThenTheyCountAsSilence) {
  std::vector<float> broken = Noise(4000, 8);
  std::vector<float> silenced = broken;
  for (const std::size_t i : {3u, 1000u, 3999u}) silenced[i] = 0;
  broken[3] = std::numeric_limits<float>::quiet_NaN();
  broken[1000] = std::numeric_limits<float>::infinity();
  broken[3999] = -std::numeric_limits<float>::max();
  std::vector<float> mel, expected;
  const MelSpectrogram spectrogram(80);
  spectrogram.Compute(broken, 25, mel);
  spectrogram.Compute(silenced, 25, expected);
  EXPECT_EQ(mel, expected);
}

TEST(MelSpectrogram, WhenTwoThreadsShareItThenBothGetTheSame) {
  const MelSpectrogram spectrogram(80);
  const std::vector<float> samples = Noise(16000, 9);
  std::vector<float> first, second;
  std::thread other([&] { spectrogram.Compute(samples, 100, second); });
  spectrogram.Compute(samples, 100, first);
  other.join();
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace cpw

#include <numeric>

#include "media/resampler.h"
#include "media_fixtures.h"

namespace cpw::media_test {
namespace {

std::vector<float> Resample(int rate, const std::vector<float>& in, std::size_t block) {
  Resampler resampler(rate);
  std::vector<float> out;
  std::vector<float> part(777);
  const auto drain = [&] {
    for (std::size_t got = part.size(); got == part.size();) {
      got = resampler.Pull(part);
      out.insert(out.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
    }
  };
  for (std::size_t at = 0; at < in.size(); at += block) {
    resampler.Push(std::span(in).subspan(at, std::min(block, in.size() - at)));
    drain();
  }
  resampler.Finish();
  drain();
  return out;
}

std::vector<float> Floats(const std::vector<double>& samples) {
  return {samples.begin(), samples.end()};
}

// Power of the difference from the ideal sine over the sine's, in dB, without the edges.
double SnrDb(double hertz, int rate) {
  const auto in = Floats(Sine(hertz, rate, static_cast<std::size_t>(rate)));
  const auto out = Resample(rate, in, 4096);
  const auto want = Sine(hertz, 16000, out.size());
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 1000; i + 1000 < out.size(); ++i) {
    signal += want[i] * want[i];
    noise += (out[i] - want[i]) * (out[i] - want[i]);
  }
  return 10 * std::log10(signal / (noise + 1e-30));
}

// Level of what comes out of a sine that 16 kHz cannot hold, in dB under the sine.
double LeakDb(double hertz, int rate) {
  const auto out = Resample(rate, Floats(Sine(hertz, rate, static_cast<std::size_t>(rate))), 4096);
  double power = 0;
  for (std::size_t i = 1000; i + 1000 < out.size(); ++i)
    power += static_cast<double>(out[i]) * out[i];
  return 10 * std::log10(power / (static_cast<double>(out.size() - 2000) * 0.125) + 1e-30);
}

const std::vector<int> kRates{8000, 11025, 12345, 22050, 32000, 44100, 44101, 48000, 96000, 767999};

TEST(MediaResampler, WhenASineLiesInThePassBand_ItComesOutUnchangedAndInTime) {
  for (const int rate : kRates) {
    const double nyquist = std::min(rate, 16000) / 2.0;
    for (const double share : {0.02, 0.3, 0.6, 0.88}) {
      EXPECT_GT(SnrDb(nyquist * share, rate), 70) << rate << " Hz, " << nyquist * share;
    }
  }
}

TEST(MediaResampler, WhenASineLiesAboveNyquist_ItIsGone) {
  for (const int rate : {22050, 32000, 44100, 44101, 48000, 96000}) {
    for (const double hertz : {8010.0, 8500.0, 9500.0, rate / 2.0 - 50}) {
      EXPECT_LT(LeakDb(hertz, rate), -75) << rate << " Hz, " << hertz;
    }
  }
}

TEST(MediaResampler, WhenTheInputIsConstant_SoIsTheOutput) {
  for (const int rate : kRates) {
    const auto out = Resample(rate, std::vector<float>(static_cast<std::size_t>(rate), 0.5F), 1000);
    for (std::size_t i = 500; i + 500 < out.size(); ++i) ASSERT_NEAR(out[i], 0.5F, 1e-5) << rate;
  }
}

TEST(MediaResampler, WhenTheLengthIsAnything_TheOutputIsItsTimeRoundedUp) {
  for (const int rate : kRates) {
    for (const std::size_t count : {0, 1, 2, 3, 47, 48, 49, 1000, 16001}) {
      const auto want =
          (count * 16000 + static_cast<std::size_t>(rate) - 1) / static_cast<std::size_t>(rate);
      EXPECT_EQ(Resample(rate, std::vector<float>(count, 0.1F), 100).size(), want)
          << rate << " " << count;
    }
  }
}

TEST(MediaResampler, WhenBlocksDiffer_TheSamplesAreTheSame) {
  for (const int rate : {44100, 12345, 8000}) {
    const auto in = Floats(Sine(1234.5, rate, 20000));
    const auto once = Resample(rate, in, in.size());
    EXPECT_EQ(Resample(rate, in, 1), once);
    EXPECT_EQ(Resample(rate, in, 4096), once);
  }
}

TEST(MediaResampler, WhenTheRateIs16kHz_SamplesPassBitByBit) {
  const auto in = Floats(Sine(7999, 16000, 5000));
  EXPECT_EQ(Resample(16000, in, 321), in);
}

}  // namespace
}  // namespace cpw::media_test

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <random>
#include <utility>

#include "media/mpeg_header.h"
#include "media_fixtures.h"

namespace cpw::media_test {
namespace {

using Random = std::mt19937;

std::size_t Below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, std::max<std::size_t>(limit, 1) - 1)(random);
}

std::ptrdiff_t At(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

// Where the parts of a file (pages, frames, chunks) begin; the last entry is its end.
using Cuts = std::vector<std::size_t>;
using FindCuts = Cuts (*)(const Bytes&);

Cuts OggCuts(const Bytes& bytes) {
  Cuts cuts;
  constexpr std::array<std::uint8_t, 4> magic{'O', 'g', 'g', 'S'};
  for (auto at = bytes.begin();; ++at) {
    at = std::search(at, bytes.end(), magic.begin(), magic.end());
    cuts.push_back(static_cast<std::size_t>(at - bytes.begin()));
    if (at == bytes.end()) return cuts;
  }
}

Cuts Mp3Cuts(const Bytes& bytes) {
  Cuts cuts;
  std::size_t at = 0;
  while (at < bytes.size()) {
    cuts.push_back(at);
    const auto header = ParseMpegHeader(std::span(bytes).subspan(at));
    at += header && header->bytes > 0 ? header->bytes : 400;
  }
  cuts.push_back(bytes.size());
  return cuts;
}

Cuts FlacCuts(const Bytes& bytes) {
  Cuts cuts{4, 8};
  for (std::size_t i = 42; i + 1 < bytes.size(); ++i) {
    if (bytes[i] == 0xFF && (bytes[i + 1] & 0xFE) == 0xF8) cuts.push_back(i);
  }
  cuts.push_back(bytes.size());
  return cuts;
}

Cuts WavCuts(const Bytes& bytes) {
  Cuts cuts{0, 12};
  std::size_t at = 12;
  while (at + 8 < bytes.size()) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data() + at + 4, 4);
    at += 8 + std::size_t{size};
    cuts.push_back(std::min(at, bytes.size()));
  }
  return cuts;
}

// Without this the page reader would drop whatever was touched, and nothing behind it be tried.
void RepairOggChecksums(Bytes& bytes) {
  const auto cuts = OggCuts(bytes);
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const auto first = cuts[i];
    if (first + 27 > bytes.size()) return;
    std::size_t total = 27 + bytes[first + 26];
    for (std::size_t s = 0; s < bytes[first + 26] && first + 27 + s < bytes.size(); ++s) {
      total += bytes[first + 27 + s];
    }
    if (first + total > bytes.size()) return;
    std::fill_n(bytes.begin() + At(first + 22), 4, std::uint8_t{0});
    std::uint32_t crc = 0;
    for (std::size_t b = first; b < first + total; ++b) {
      crc ^= std::uint32_t{bytes[b]} << 24;
      for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ (crc >> 31 ? 0x04C11DB7U : 0);
    }
    for (std::size_t b = 0; b < 4; ++b) {
      bytes[first + 22 + b] = static_cast<std::uint8_t>(crc >> (8 * b));
    }
  }
}

void FlipBytes(Bytes& bytes, Random& random, std::size_t within) {
  const auto count = 1 + Below(random, 8);
  for (std::size_t i = 0; i < count && !bytes.empty(); ++i) {
    bytes[Below(random, std::min(within, bytes.size()))] ^=
        static_cast<std::uint8_t>(1 + Below(random, 255));
  }
}

// A number of one, two or four bytes that lies.
void WriteLie(Bytes& bytes, Random& random, std::size_t within) {
  constexpr std::array<std::uint32_t, 8> lies{0,          1,          0xFF,       0xFFFF,
                                              0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};
  const auto lie = lies[Below(random, lies.size())];
  const auto size = std::size_t{1} << Below(random, 3);
  const auto at = Below(random, std::min(within, bytes.size()));
  for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(lie >> (8 * i));
  }
}

// Copies, moves or removes whole parts.
void MixParts(Bytes& bytes, Random& random, const Cuts& cuts) {
  if (cuts.size() < 3) return;
  const auto part = [&] {
    const auto i = Below(random, cuts.size() - 1);
    return std::pair(cuts[i], cuts[i + 1]);
  };
  const auto [from, to] = part();
  const auto target = part().first;
  const Bytes copy(bytes.begin() + At(from), bytes.begin() + At(to));
  const auto action = Below(random, 3);
  if (action != 0) bytes.erase(bytes.begin() + At(from), bytes.begin() + At(to));
  if (action != 1) {
    bytes.insert(bytes.begin() + At(std::min(target, bytes.size())), copy.begin(), copy.end());
  }
}

void Splice(Bytes& bytes, Random& random) {
  const auto from = Below(random, bytes.size());
  const auto count = Below(random, std::min<std::size_t>(bytes.size() - from, 5000));
  const Bytes copy(bytes.begin() + At(from), bytes.begin() + At(from + count));
  const auto target = Below(random, bytes.size());
  if (Below(random, 2)) {
    bytes.insert(bytes.begin() + At(target), copy.begin(), copy.end());
  } else {
    std::copy_n(copy.begin(), std::min(count, bytes.size() - target), bytes.begin() + At(target));
  }
}

Bytes Mutate(const Bytes& seed, Random& random, FindCuts find_cuts, std::size_t head) {
  Bytes bytes = seed;
  const auto rounds = 1 + Below(random, 3);
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto cuts = find_cuts(bytes);
    switch (Below(random, 7)) {
      case 0:
        FlipBytes(bytes, random, head);
        break;
      case 1:
        FlipBytes(bytes, random, bytes.size());
        break;
      case 2:
        WriteLie(bytes, random, head);
        break;
      case 3:
        WriteLie(bytes, random, bytes.size());
        break;
      case 4:
        MixParts(bytes, random, cuts);
        break;
      case 5:
        Splice(bytes, random);
        break;
      default:
        bytes.resize(1 + Below(random, bytes.size()));
        break;
    }
  }
  return bytes;
}

// A short beginning, for speed.
Bytes Start(const std::string& name, std::size_t size) {
  auto bytes = ReadFile(name);
  bytes.resize(size);
  return bytes;
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int Runs() {
  const char* text = std::getenv("CPW_TEST_MUTATIONS");
  return text ? std::atoi(text) : 200;
}

// Each mutated file gives finite samples or a CpwError, soon.
void RunMutations(const std::vector<Bytes>& seeds, FindCuts find_cuts, std::size_t head, bool ogg) {
  int decoded = 0;
  const int runs = Runs();
  for (int run = 0; run < runs; ++run) {
    SCOPED_TRACE("mutation seed " + std::to_string(run));
    Random random(static_cast<unsigned>(run));
    const auto& seed = seeds[static_cast<std::size_t>(run) % seeds.size()];
    auto bytes = Mutate(seed, random, find_cuts, head);
    if (ogg && Below(random, 4) > 0) RepairOggChecksums(bytes);
    const double start = CpuSeconds();
    try {
      const auto samples = Decode(bytes);
      decoded += samples.empty() ? 0 : 1;
      ASSERT_TRUE(std::all_of(samples.begin(), samples.end(),
                              [](float sample) { return std::isfinite(sample); }));
    } catch (const CpwError& error) {
      ASSERT_EQ(error.code(), ErrorCode::kUnsupportedMedia) << error.what();
    }
    ASSERT_LT(CpuSeconds() - start, 20);
  }
  // Else the mutations would be so coarse that only the first check is tried.
  EXPECT_GT(decoded, runs / 4);
  EXPECT_LT(decoded, runs);
}

TEST(MediaMutation, WhenWavFilesAreMutated_SamplesOrAnErrorCome) {
  const auto sine = Sine(440, 16000, 4000);
  std::vector<Bytes> seeds;
  for (const auto& spec :
       {WavSpec{.channels = 2,
       .rate = 44100,
       .extra = std::string("LIST\x04\x00\x00\x00"
                            "abcd",
                            12)},
        WavSpec{.tag = 3, .bits = 32, .extensible = true}, WavSpec{.tag = 7, .bits = 8},
        WavSpec{.bits = 24, .channels = 6, .rate = 48000}}) {
    seeds.push_back(MakeWav(spec, sine));
  }
  RunMutations(seeds, WavCuts, 80, false);
}

TEST(MediaMutation, WhenFlacFilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations({ReadFile("real/LJ002-0020.flac"), ReadFile("real/austen-0880.flac")}, FlacCuts, 200,
               false);
}

TEST(MediaMutation, WhenMp3FilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations({Start("jfk.mp3", 8000)}, Mp3Cuts, 300, false);
}

TEST(MediaMutation, WhenOggFilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations({Start("jfk.ogg", 12000)}, OggCuts, 4500, true);
}

}  // namespace
}  // namespace cpw::media_test

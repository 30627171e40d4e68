#include <cstdlib>
#include <ctime>
#include <thread>

#include "media_mutations.h"

namespace cpw::media_test {
namespace {

// A short beginning, for speed.
Bytes Start(const std::string& name, std::size_t size) {
  auto bytes = ReadFile(name);
  bytes.resize(size);
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes Text(const std::string& text) {
  Bytes bytes;
  PutText(bytes, text);
  return bytes;
}

// Chunks of odd lengths, of the kinds that recorders write.
std::vector<Bytes> WavSeeds() {
  const auto sine = Sine(440, 16000, 3000);
  const auto list = std::string(
      "LIST\x05\x00\x00\x00"
      "abcde\x00",
      14);
  std::vector<Bytes> seeds;
  for (const auto& spec :
       {WavSpec{.channels = 2, .rate = 44100, .extra = list},
        WavSpec{.tag = 3, .bits = 32, .extensible = true}, WavSpec{.tag = 7, .bits = 8},
        WavSpec{.tag = 6, .bits = 8, .channels = 3},
        WavSpec{.bits = 24, .channels = 6, .rate = 48000}, WavSpec{.bits = 8, .rate = 8000},
        WavSpec{.bits = 32, .extensible = true}, WavSpec{.tag = 3, .bits = 64, .rate = 96000},
        WavSpec{.riff_bytes = 0xFFFFFFFF, .data_bytes = 0xFFFFFFFF}}) {
    seeds.push_back(MakeWav(spec, sine));
  }
  // RF64: the lengths stand in a chunk of their own.
  auto rf64 = MakeWav({.riff_bytes = 0xFFFFFFFF, .data_bytes = 0xFFFFFFFF}, sine);
  Bytes ds64;
  PutText(ds64, "ds64");
  for (const std::uint64_t value : {28U}) Put(ds64, value, 4);
  for (const std::uint64_t value : {rf64.size() + 28, std::size_t{6000}, std::size_t{3000}}) {
    Put(ds64, value, 8);
  }
  Put(ds64, 0, 4);
  rf64.insert(rf64.begin() + 12, ds64.begin(), ds64.end());
  std::copy_n("RF64", 4, rf64.begin());
  seeds.push_back(rf64);
  // Samples of 12 and 20 bits lie in whole bytes; a chunk may follow them.
  auto odd = MakeWav({.bits = 24}, sine);
  odd[34] = 20;
  seeds.push_back(odd + Text(list));
  return seeds;
}

// The metadata that players write before the frames: a seek table, comments, a picture, padding.
std::vector<Bytes> FlacSeeds() {
  std::vector<Bytes> seeds{ReadFile("real/LJ002-0020.flac"), ReadFile("real/austen-0880.flac")};
  auto tagged = seeds.front();
  Bytes blocks;
  for (const int type : {3, 4, 6, 1, 2}) {
    Put(blocks, static_cast<std::uint64_t>(type), 1);
    blocks.insert(blocks.end(), {0, 0, 36});
    for (int i = 0; i < 36; ++i) blocks.push_back(static_cast<std::uint8_t>(i));
  }
  tagged[4] &= 0x7F;
  tagged.insert(tagged.begin() + 42, blocks.begin(), blocks.end());
  seeds.push_back(std::move(tagged));
  return seeds;
}

std::vector<Bytes> Mp3Seeds() {
  const auto plain = Start("jfk.mp3", 8000);
  const auto tag = Text(std::string("ID3\x04\x00\x10\x00\x00\x00\x14", 10) +
                        std::string("TIT2\x00\x00\x00\x0A\x00\x00\x00name name", 20) +
                        std::string("3DI\x04\x00\x10\x00\x00\x00\x14", 10));
  const auto end = Text("TAG" + std::string(125, 'x'));
  return {plain, tag + plain, plain + end, Text("APETAGEX") + plain};
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int Runs() {
  const char* text = std::getenv("CPW_TEST_MUTATIONS");
  return text ? std::atoi(text) : 200;
}

struct Outcome {
  std::vector<float> samples;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

Outcome ReadOutcome(AudioSource& source, std::size_t block) {
  Outcome outcome;
  try {
    outcome.samples = ReadAll(source, block);
  } catch (const CpwError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupportedMedia) << error.what();
    EXPECT_NE(std::string(error.what()).find("Next step:"), std::string::npos) << error.what();
    outcome.error = std::string(error.what()).substr(std::string(error.what()).find(": "));
  }
  return outcome;
}

// As JavaScript pushes a stream: pieces of any length, none of which the decoder may see.
Outcome PushOutcome(const Bytes& bytes, Random& random) {
  const auto stream = std::make_shared<PushByteStream>(1 << 24);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto most = Below(random, 4) == 0 ? 8 : 3000;
    const auto size = std::min(1 + Below(random, most), bytes.size() - at);
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    stream->TryPush(Bytes(first, first + static_cast<std::ptrdiff_t>(size)), nullptr);
    at += size;
  }
  stream->End();
  DecodedSource source(stream);
  return ReadOutcome(source, 1 + Below(random, 5000));
}

// Each mutated file gives finite samples or a CpwError, soon, and the same when it is pushed.
void RunMutations(const std::vector<Bytes>& seeds, const MediaKind& kind) {
  int decoded = 0;
  const int runs = Runs();
  for (int run = 0; run < runs; ++run) {
    SCOPED_TRACE("mutation seed " + std::to_string(run));
    Random random(static_cast<unsigned>(run));
    const auto& seed = seeds[static_cast<std::size_t>(run) % seeds.size()];
    const auto bytes = Mutate(seed, seeds[Below(random, seeds.size())], kind, random);
    const double start = CpuSeconds();
    const auto outcome = ReadOutcome(*FromBytes(bytes), 5000);
    ASSERT_LT(CpuSeconds() - start, 20);
    decoded += outcome.samples.empty() ? 0 : 1;
    ASSERT_TRUE(std::all_of(outcome.samples.begin(), outcome.samples.end(),
                            [](float sample) { return std::isfinite(sample); }));
    if (run % 4 == 0) {
      const auto pushed = PushOutcome(bytes, random);
      ASSERT_EQ(pushed.error, outcome.error);
      ASSERT_TRUE(pushed.samples == outcome.samples)
          << pushed.samples.size() << " samples pushed, " << outcome.samples.size() << " read";
    }
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  // Else the mutations would be so coarse that only the first check is tried.
  EXPECT_GT(decoded, runs / 4);
  EXPECT_LT(decoded, runs);
}

TEST(MediaMutation, WhenWavFilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations(WavSeeds(), kWavKind);
}

TEST(MediaMutation, WhenFlacFilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations(FlacSeeds(), kFlacKind);
}

TEST(MediaMutation, WhenMp3FilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations(Mp3Seeds(), kMp3Kind);
}

TEST(MediaMutation, WhenOggFilesAreMutated_SamplesOrAnErrorCome) {
  RunMutations({ReadFile("jfk.ogg"), Start("jfk.ogg", 12000)}, kOggKind);
}

TEST(MediaMutation, WhenAFileEndsAnywhereInItsHeaders_SamplesOrAnErrorCome) {
  for (const auto& seed :
       {WavSeeds()[1], WavSeeds()[9], FlacSeeds()[2], Mp3Seeds()[1], Start("jfk.ogg", 5000)}) {
    for (std::size_t size = 0; size < std::min<std::size_t>(seed.size(), 5000);
         size += size < 300 ? 1 : 97) {
      SCOPED_TRACE("cut after " + std::to_string(size));
      const Bytes bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size));
      Random random(static_cast<unsigned>(size));
      ASSERT_EQ(PushOutcome(bytes, random), ReadOutcome(*FromBytes(bytes), 5000));
    }
  }
}

TEST(MediaMutation, WhenWholeFilesArePushedInAnyPieces_TheSamplesAreThoseOfTheFile) {
  for (const std::string name : {"jfk.wav", "fr-miserables.flac", "jfk.mp3", "jfk.ogg"}) {
    const auto whole = DecodeFile(name);
    ASSERT_GT(whole.size(), 16000U * 5) << name;
    for (unsigned seed = 0; seed < 3; ++seed) {
      Random random(seed);
      ASSERT_TRUE(PushOutcome(ReadFile(name), random).samples == whole) << name << " " << seed;
    }
  }
}

}  // namespace
}  // namespace cpw::media_test

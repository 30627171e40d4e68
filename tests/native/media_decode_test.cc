#include <filesystem>
#include <limits>

#include "media/samples_source.h"
#include "media_fixtures.h"

namespace cpw::media_test {
namespace {

double Error(const std::vector<float>& got, const std::vector<double>& want) {
  double worst = got.size() == want.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    worst = std::max(worst, std::abs(got[i] - want[i]));
  }
  return worst;
}

// Correlation with jfk.wav at the same places: 1 = the same, and in time.
double LikeJfk(const std::vector<float>& got) {
  const auto want = DecodeFile("jfk.wav");
  double product = 0;
  double a = 0;
  double b = 0;
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    product += static_cast<double>(got[i]) * want[i];
    a += static_cast<double>(got[i]) * got[i];
    b += static_cast<double>(want[i]) * want[i];
  }
  return product / std::sqrt(a * b + 1e-30);
}

TEST(MediaDecode, WhenAWavIs16kHzMono_ItsSamplesComeUnchanged) {
  const auto bytes = ReadFile("jfk.wav");
  const auto samples = DecodeFile("jfk.wav");
  ASSERT_EQ(samples.size(), 176000U);
  const std::size_t data = bytes.size() - samples.size() * 2;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::int16_t value = 0;
    std::memcpy(&value, bytes.data() + data + 2 * i, 2);
    ASSERT_EQ(samples[i], static_cast<float>(value) / 32768.0F) << i;
  }
}

TEST(MediaDecode, WhenAWavHasAnyEncoding_TheSineComesBack) {
  struct Case {
    unsigned tag;
    int bits;
    double tolerance;
  };
  const auto sine = Sine(440, 16000, 1600);
  for (const auto& [tag, bits, tolerance] :
       {Case{1, 8, 1.0 / 128}, Case{1, 16, 1e-4}, Case{1, 24, 1e-6}, Case{1, 32, 1e-7},
        Case{3, 32, 1e-7}, Case{3, 64, 1e-7}, Case{6, 8, 0.01}, Case{7, 8, 0.017}}) {
    for (const int channels : {1, 2, 6}) {
      for (const bool extensible : {false, true}) {
        const WavSpec spec{
            .tag = tag, .bits = bits, .channels = channels, .extensible = extensible};
        EXPECT_LE(Error(Decode(MakeWav(spec, sine)), sine), tolerance)
            << tag << " " << bits << " " << channels << " " << extensible;
      }
    }
  }
}

TEST(MediaDecode, WhenAWavHasAnyRate_ItsLengthIsThatOfItsTime) {
  for (const std::uint32_t rate :
       {8000U, 11025U, 12345U, 22050U, 44100U, 48000U, 96000U, 192000U}) {
    const auto samples = Decode(MakeWav({.rate = rate}, Sine(300, rate, rate + 7)));
    EXPECT_EQ(samples.size(), ((rate + 7) * std::uint64_t{16000} + rate - 1) / rate) << rate;
  }
}

TEST(MediaDecode, WhenChannelsDiffer_TheirMeanComes) {
  Bytes wav = MakeWav({.channels = 2}, {0.5, 0.5});
  wav[44] = wav[45] = wav[48] = wav[49] = 0;  // left silent
  const auto samples = Decode(wav);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_FLOAT_EQ(samples[0], 0.25F);
}

TEST(MediaDecode, WhenFloatsAreNotFinite_TheyBecomeSilence) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const int bits : {32, 64}) {
    const auto samples =
        Decode(MakeWav({.tag = 3, .bits = bits}, {0.25, nan, inf, -inf, 1.5, 1e300}));
    ASSERT_EQ(samples.size(), 6U);
    EXPECT_EQ(samples[0], 0.25F);
    EXPECT_EQ(samples[1], 0.0F);
    EXPECT_EQ(samples[2], 0.0F);
    EXPECT_EQ(samples[3], 0.0F);
    EXPECT_EQ(samples[4], 1.5F);
    EXPECT_TRUE(std::isfinite(samples[5]));
  }
}

TEST(MediaDecode, WhenAWavWasWrittenToAPipe_ItIsReadToTheEnd) {
  const auto sine = Sine(440, 16000, 1000);
  for (const std::uint32_t bytes : {0xFFFFFFFFU, 0x7FFFF000U, 0x7FFFFFFFU}) {
    const LogLines log;
    const auto wav = MakeWav({.riff_bytes = 0xFFFFFFFF, .data_bytes = bytes}, sine);
    EXPECT_EQ(Decode(wav).size(), 1000U);
    EXPECT_TRUE(log.lines().empty());
  }
  Bytes wav = MakeWav({.riff_bytes = 0xFFFFFFFF}, sine);
  for (int i = 40; i < 44; ++i) wav[static_cast<std::size_t>(i)] = 0;
  EXPECT_EQ(Decode(wav).size(), 1000U);
}

TEST(MediaDecode, WhenChunksSurroundTheSamples_TheyAreNotHeard) {
  Bytes wav =
      MakeWav({.extra = std::string("LIST\x03\x00\x00\x00xyz\x00", 12)}, Sine(440, 16000, 500));
  PutText(wav, "LIST");
  Put(wav, 4, 4);
  PutText(wav, "INFO");
  EXPECT_EQ(Decode(wav).size(), 500U);
}

TEST(MediaDecode, WhenFlacMp3OrVorbisHoldJfk_ItIsTheSameSpeechInTime) {
  const LogLines log;
  const auto mp3 = DecodeFile("jfk.mp3");
  EXPECT_NEAR(static_cast<double>(mp3.size()), 176000, 32);
  EXPECT_GT(LikeJfk(mp3), 0.98);
  const auto ogg = DecodeFile("jfk.ogg");
  EXPECT_NEAR(static_cast<double>(ogg.size()), 176000, 2);
  EXPECT_GT(LikeJfk(ogg), 0.95);
  EXPECT_TRUE(log.lines().empty()) << log.lines()[0];
}

TEST(MediaDecode, WhenEveryTestFileIsRead_ItsLengthIsWhatItsHeaderSays) {
  const LogLines log;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DataPath(""))) {
    if (entry.path().extension() != ".flac") continue;
    DecodedSource source(std::make_shared<FileByteStream>(entry.path().string()));
    const auto samples = ReadAll(source);
    const auto duration = source.Duration();
    ASSERT_TRUE(duration) << entry;
    EXPECT_NEAR(static_cast<double>(samples.size()) / 16000, *duration, 1e-4) << entry;
    double power = 0;
    for (const float sample : samples) power += static_cast<double>(sample) * sample;
    EXPECT_GT(power / static_cast<double>(samples.size()), 1e-5) << entry;
    ++files;
  }
  EXPECT_EQ(files, 31);
  EXPECT_TRUE(log.lines().empty());
}

TEST(MediaDecode, WhenBytesArePushedInSmallPieces_AllFormatsGiveTheSameSamples) {
  for (const std::string name : {"jfk.wav", "jfk.mp3", "jfk.ogg", "fr-miserables.flac"}) {
    const auto bytes = ReadFile(name);
    const auto stream = std::make_shared<PushByteStream>(bytes.size() + 1);
    for (std::size_t at = 0; at < bytes.size(); at += 997) {
      const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min<std::size_t>(997, bytes.size() - at);
      stream->TryPush(Bytes(first, first + static_cast<std::ptrdiff_t>(count)), nullptr);
    }
    stream->End();
    DecodedSource source(stream);
    EXPECT_EQ(ReadAll(source, 333), DecodeFile(name)) << name;
  }
}

TEST(MediaDecode, WhenAnMp3FollowsATagOrRubbish_ItIsFound) {
  const auto mp3 = ReadFile("jfk.mp3");
  const auto want = DecodeFile("jfk.mp3").size();
  Bytes tagged;
  PutText(tagged, std::string("ID3\x04\x00\x00\x00\x00\x02\x00", 10));
  tagged.resize(10 + 256);
  tagged.insert(tagged.end(), mp3.begin(), mp3.end());
  EXPECT_EQ(Decode(tagged).size(), want);
  Bytes rubbish = mp3;
  rubbish.insert(rubbish.begin(), 300, 0);
  PutText(rubbish, "TAG" + std::string(125, 'x'));
  EXPECT_EQ(Decode(rubbish).size(), want);
}

TEST(MediaDecode, WhenOggFilesAreJoined_BothAreHeard) {
  auto twice = ReadFile("jfk.ogg");
  const auto once = twice;
  twice.insert(twice.end(), once.begin(), once.end());
  EXPECT_NEAR(static_cast<double>(Decode(twice).size()), 2 * 176000, 4);
}

TEST(MediaDecode, WhenAFileIsCut_TheRestIsUsedAndALineIsLogged) {
  for (const std::string name : {"jfk.wav", "jfk.mp3", "jfk.ogg", "fr-miserables.flac"}) {
    const auto whole = DecodeFile(name);
    auto bytes = ReadFile(name);
    bytes.resize(bytes.size() / 2 + 1);
    const LogLines log;
    const auto part = Decode(bytes);
    EXPECT_GT(part.size(), whole.size() / 4) << name;
    EXPECT_LT(part.size(), whole.size() * 3 / 4) << name;
    ASSERT_EQ(log.lines().size(), 1U) << name;
    EXPECT_NE(log.lines()[0].find("cut off"), std::string::npos) << log.lines()[0];
    EXPECT_TRUE(std::equal(part.begin(), part.end() - 2000, whole.begin())) << name;
  }
}

TEST(MediaDecode, WhenTheMiddleIsDamaged_WhatFollowsIsStillHeard) {
  for (const std::string name : {"jfk.mp3", "jfk.ogg", "fr-miserables.flac"}) {
    const auto whole = DecodeFile(name);
    auto bytes = ReadFile(name);
    for (std::size_t i = 0; i < 400; ++i) bytes[bytes.size() / 2 + i] ^= 0x5A;
    const LogLines log;
    const auto part = Decode(bytes);
    EXPECT_GT(part.size(), whole.size() * 3 / 4) << name;
    EXPECT_EQ(log.lines().size(), 1U) << name;
  }
}

TEST(MediaDecode, WhenTheInputIsNoAudio_TheErrorSaysWhatItIs) {
  const auto refuse = [](const std::string& text, const std::string& part) {
    ExpectError(ErrorCode::kUnsupportedMedia, part,
                [&] { Decode(Bytes(text.begin(), text.end())); });
  };
  refuse("", "empty");
  refuse("x", "none of WAV");
  refuse("Hello, this is a text and no audio.", "48 65 6c 6c");
  refuse(std::string("\0\0\0\x20"
                     "ftypM4A ",
                     12),
         "MP4");
  refuse("\x1A\x45\xDF\xA3 webm", "Matroska");
  refuse("RIFF....AVI LIST", "AVI");
  refuse("FORM....AIFFCOMM", "AIFF");
  refuse("\xFF\xF1\x50\x80\x01\x02\x03\x04", "AAC");
  refuse("RIFF....WAVE", "cut off");
  refuse("fLaC", "FLAC header is damaged");
  refuse("OggS", "Ogg file without Vorbis");
  refuse(std::string("ID3\x04\x00\x00\x00\x00\x02\x00", 10), "tag and no audio");
}

TEST(MediaDecode, WhenAWavHeaderIsAbsurd_TheErrorNamesTheValue) {
  const auto sine = Sine(440, 16000, 100);
  const auto refuse = [&](const WavSpec& spec, const std::string& part) {
    ExpectError(ErrorCode::kUnsupportedMedia, part, [&] { Decode(MakeWav(spec, sine)); });
  };
  refuse({.channels = 33}, "33 channels");
  refuse({.channels = 0}, "0 channels");
  refuse({.rate = 999}, "999 Hz");
  refuse({.rate = 768001}, "768001 Hz");
  refuse({.bits = 48}, "48 bits");
  refuse({.tag = 2, .bits = 8}, "ADPCM");
  refuse({.tag = 0x55, .bits = 8}, "MPEG audio");
  ExpectError(ErrorCode::kUnsupportedMedia, "no audio", [] { Decode(MakeWav({}, {})); });
}

TEST(MediaDecode, WhenThePathIsNoReadableFile_TheErrorSaysWhy) {
  const auto refuse = [](ErrorCode code, const std::string& path, const std::string& part) {
    ExpectError(code, part, [&] {
      DecodedSource source(std::make_shared<FileByteStream>(path));
      ReadAll(source);
    });
  };
  refuse(ErrorCode::kFileNotFound, DataPath("missing.wav"), "no such file");
  refuse(ErrorCode::kFileNotFound, DataPath("jfk.wav/x"), "jfk.wav/x");
  refuse(ErrorCode::kUnsupportedMedia, DataPath("real"), "folder");
  refuse(ErrorCode::kUnsupportedMedia, "/dev/null", "not a regular file");
}

TEST(MediaDecode, WhenASourceIsInterrupted_ReadsGiveNothing) {
  const auto bytes = ReadFile("jfk.wav");
  const auto source = FromBytes(bytes);
  std::vector<float> out(100);
  EXPECT_EQ(source->Read(out.data(), out.size()), 100U);
  source->Interrupt();
  EXPECT_EQ(source->Read(out.data(), out.size()), 0U);
}

TEST(MediaDecode, WhenOnlyTheSizeIsKnown_TheDurationIsGuessed) {
  DecodedSource ogg(std::make_shared<FileByteStream>(DataPath("jfk.ogg")));
  std::vector<float> out(16000 * 8);
  ogg.Read(out.data(), out.size());
  ASSERT_TRUE(ogg.Duration());
  EXPECT_NEAR(*ogg.Duration(), 11, 3);
  DecodedSource mp3(std::make_shared<FileByteStream>(DataPath("jfk.mp3")));
  mp3.Read(out.data(), 100);
  ASSERT_TRUE(mp3.Duration());
  EXPECT_NEAR(*mp3.Duration(), 11, 0.01);
}

TEST(MediaSamples, WhenSamplesAreGivenWhole_TheyArePinnedAndRead) {
  auto owner = std::make_shared<std::vector<float>>(1000, 0.5F);
  (*owner)[3] = std::numeric_limits<float>::infinity();
  SamplesSource source(*owner, owner);
  const std::weak_ptr<void> watched = owner;
  owner.reset();
  EXPECT_FALSE(watched.expired());
  const auto samples = ReadAll(source, 300);
  ASSERT_EQ(samples.size(), 1000U);
  EXPECT_EQ(samples[3], 0.0F);
  EXPECT_EQ(samples[999], 0.5F);
  EXPECT_DOUBLE_EQ(*source.Duration(), 0.0625);
}

}  // namespace
}  // namespace cpw::media_test

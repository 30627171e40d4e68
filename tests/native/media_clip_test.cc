#include <thread>

#include "core_fakes.h"
#include "media/clip_source.h"
#include "media/identify.h"
#include "media/push_source.h"
#include "media_fixtures.h"

namespace cpw::media_test {
namespace {

using test::SignalSource;

std::vector<float> Clip(std::int64_t total, std::uint64_t begin, std::optional<std::uint64_t> end,
                        std::size_t block = 5000) {
  ClipSource clip(std::make_shared<SignalSource>(total), {{begin, end}});
  return ReadAll(clip, block);
}

TEST(MediaClip, WhenItBeginsBehindTheAudio_TheErrorSaysHowLongThatIs) {
  for (const std::uint64_t begin : {16000U, 16001U, 999999U}) {
    ExpectError(ErrorCode::kInvalidOptions, "only 1.000 s long. Next step",
                [&] { Clip(16000, begin, std::nullopt); });
  }
  EXPECT_EQ(Clip(16000, 15999, std::nullopt).size(), 1U);
}

TEST(MediaClip, WhenItHasNoLength_ItIsAnInternalError) {
  const auto source = std::make_shared<SignalSource>(100);
  ExpectError(ErrorCode::kInternal, "must end behind", [&] { ClipSource(source, {{5, 5}}); });
}

TEST(MediaClip, WhenItLiesAnywhere_ItsSamplesAreThoseOfTheWhole) {
  struct Case {
    std::uint64_t begin;
    std::optional<std::uint64_t> end;
    std::uint64_t count;
  };
  for (const Case& one : {Case{0, 3, 3}, Case{1, 2, 1}, Case{80000, 128000, 48000},
                          Case{15999, 16001, 2}, Case{16000, std::nullopt, 144000},
                          Case{100000, 9999999, 60000}, Case{0, std::nullopt, 160000}}) {
    for (const std::size_t block : {1U, 511U, 16000U, 200000U}) {
      if (block == 1 && one.count > 1000) continue;
      const auto samples = Clip(160000, one.begin, one.end, block);
      ASSERT_EQ(samples.size(), one.count) << one.begin;
      for (std::size_t i = 0; i < samples.size(); ++i) {
        ASSERT_EQ(samples[i], SignalSource::At(static_cast<std::int64_t>(one.begin + i))) << i;
      }
    }
  }
}

TEST(MediaClip, WhenItsEndIsReached_NothingBehindIsRead) {
  const auto source = std::make_shared<SignalSource>(1000000);
  ClipSource clip(source, {{80000, 128000}});
  EXPECT_EQ(ReadAll(clip, 7000).size(), 48000U);
  EXPECT_EQ(source->position(), 128000);
  float more = 0;
  EXPECT_EQ(clip.Read(&more, 1), 0U);
  EXPECT_EQ(source->position(), 128000);
}

TEST(MediaClip, WhenDurationIsAsked_ItIsTheClipsAndBeginIsWhereItLies) {
  const auto duration = [](std::int64_t total, std::uint64_t begin,
                           std::optional<std::uint64_t> end, bool known) {
    const auto source = std::make_shared<SignalSource>(total);
    source->knows_duration = known;
    const ClipSource clip(source, {{begin, end}});
    EXPECT_EQ(clip.Begin(), static_cast<double>(begin) / kSampleRate);
    return clip.Duration();
  };
  EXPECT_EQ(duration(160000, 80000, 128000, true), 3.0);
  EXPECT_EQ(duration(160000, 80000, 1280000, true), 5.0);
  EXPECT_EQ(duration(160000, 80000, std::nullopt, true), 5.0);
  EXPECT_EQ(duration(160000, 80000, 128000, false), 3.0);
  EXPECT_EQ(duration(160000, 80000, std::nullopt, false), std::nullopt);
  EXPECT_EQ(duration(16000, 80000, std::nullopt, true), 0.0);
}

TEST(MediaClip, WhenThereAreSeveral_EachEndsAndTheNextGoesOn) {
  const auto source = std::make_shared<SignalSource>(160000);
  ClipSource clips(source, {{16000, 20000}, {20000, 20001}, {64000, 80000}});
  const std::pair<std::int64_t, std::size_t> expected[] = {
      {16000, 4000}, {20000, 1}, {64000, 16000}};
  double before = 0;
  for (const auto& [begin, count] : expected) {
    EXPECT_EQ(clips.Begin(), static_cast<double>(begin) / kSampleRate);
    EXPECT_NEAR(clips.Duration().value(), static_cast<double>(count) / kSampleRate, 1e-9);
    EXPECT_NEAR(clips.CurrentPart().before, before, 1e-12);
    EXPECT_NEAR(clips.CurrentPart().share, static_cast<double>(count) / 20001, 1e-12);
    before += clips.CurrentPart().share;
    const auto samples = ReadAll(clips, 700);
    ASSERT_EQ(samples.size(), count);
    EXPECT_EQ(samples.front(), SignalSource::At(begin));
    EXPECT_EQ(clips.NextClip(), begin != 64000);
  }
  EXPECT_EQ(source->position(), 80000);
}

TEST(MediaClip, WhenOneOfSeveralBeginsBehindTheAudio_TheErrorNamesIt) {
  ClipSource clips(std::make_shared<SignalSource>(16000), {{0, 8000}, {32000, 48000}});
  EXPECT_EQ(ReadAll(clips, 700).size(), 8000U);
  EXPECT_TRUE(clips.NextClip());
  ExpectError(ErrorCode::kInvalidOptions,
              "The start of clip 2 is at 2.000 s, but the audio is only",
              [&] { ReadAll(clips, 700); });
}

TEST(MediaClip, WhenSeveralOverlapOrHaveNoOrder_ItIsAnInternalError) {
  const auto source = std::make_shared<SignalSource>(100);
  for (const std::vector<ClipRange>& wrong :
       {std::vector<ClipRange>{}, {{0, 10}, {9, 20}}, {{20, 30}, {0, 10}}, {{0, {}}, {5, 9}}}) {
    ExpectError(ErrorCode::kInternal, "before the next one", [&] { ClipSource(source, wrong); });
  }
}

TEST(MediaClip, WhenItIsInterruptedWhileItSkips_ItEndsWithoutAnError) {
  const auto source = std::make_shared<SignalSource>(1000000);
  source->BlockAt(50000);
  ClipSource clip(source, {{80000, std::nullopt}});
  std::thread reader([&] {
    std::vector<float> out(100);
    EXPECT_EQ(clip.Read(out.data(), out.size()), 0U);
  });
  source->WaitUntilBlocked();
  clip.Interrupt();
  reader.join();
}

TEST(MediaClip, WhenTheAudioIsResampled_TheClipIsCutBehindTheResampler) {
  for (const std::uint64_t rate : {8000U, 16000U, 22050U, 44100U, 48000U}) {
    std::vector<double> ramp(3 * rate);
    for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = std::sin(0.01 * static_cast<double>(i));
    const Bytes wav = MakeWav({.rate = rate}, ramp);
    const auto whole = Decode(wav);
    const std::shared_ptr<AudioSource> source = FromBytes(wav);
    ClipSource clip(source, {{12345, 34567}});
    const auto samples = ReadAll(clip, 1234);
    ASSERT_EQ(samples.size(), 34567U - 12345U);
    EXPECT_TRUE(std::equal(samples.begin(), samples.end(), whole.begin() + 12345)) << rate;
  }
}

TEST(MediaIdentify, WhenBytesAreGiven_TheirContentDecidesWhoDecodesThem) {
  for (const std::string name : {"jfk.wav", "jfk.mp3", "jfk.ogg", "fr-miserables.flac"}) {
    const auto bytes = ReadFile(name);
    EXPECT_EQ(IdentifyHead(bytes, true).route, MediaRoute::kDecoded) << name;
    EXPECT_EQ(IdentifyHead(std::span(bytes).first(3), false).route, MediaRoute::kMore) << name;
    FileByteStream file(DataPath(name));
    EXPECT_EQ(IdentifyMedia(file).route, MediaRoute::kDecoded) << name;
  }
  const std::string mp4(
      "\0\0\0\x18"
      "ftypisom\0\0\0\0",
      16);
  const auto foreign = IdentifyHead(Bytes(mp4.begin(), mp4.end()), false);
  EXPECT_EQ(foreign.route, MediaRoute::kForeign);
  EXPECT_EQ(foreign.format, "an MP4, M4A or MOV file");
  const std::string text = "just some words, and nothing else";
  const Bytes words(text.begin(), text.end());
  EXPECT_EQ(IdentifyHead(words, false).route, MediaRoute::kMore);
  EXPECT_EQ(IdentifyHead(words, true).route, MediaRoute::kForeign);
  // A tag as long as a cover picture: what follows it decides.
  Bytes tagged{'I', 'D', '3', 4, 0, 0, 0, 0x10, 0, 0};
  EXPECT_EQ(IdentifyHead(tagged, false).route, MediaRoute::kMore);
  tagged.resize(tagged.size() + 0x10 * 128 * 128);
  const auto mp3 = ReadFile("jfk.mp3");
  tagged.insert(tagged.end(), mp3.begin(), mp3.end());
  EXPECT_EQ(IdentifyHead(tagged, false).route, MediaRoute::kDecoded);
  FileByteStream none("/nowhere/at/all");
  ExpectError(ErrorCode::kFileNotFound, "no such file", [&] { IdentifyMedia(none); });
}

}  // namespace
}  // namespace cpw::media_test

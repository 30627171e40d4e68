#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "media/push_source.h"
#include "media_fixtures.h"

namespace cpw::media_test {
namespace {

TEST(MediaPush, WhenThereIsRoom_ThePusherNeedNotWait) {
  PushSource source(100);
  int calls = 0;
  EXPECT_TRUE(source.TryPush(std::vector<float>(99, 0.1F), [&] { ++calls; }));
  EXPECT_FALSE(source.TryPush(std::vector<float>(1, 0.2F), [&] { ++calls; }));
  EXPECT_EQ(calls, 0);
  std::vector<float> out(2);
  EXPECT_EQ(source.Read(out.data(), 1), 1U);
  EXPECT_EQ(calls, 1);
  source.End();
  EXPECT_EQ(ReadAll(source).size(), 99U);
  EXPECT_EQ(calls, 1);
}

TEST(MediaPush, WhenAChunkIsLargerThanTheQueue_ItIsTakenAndThePusherWaits) {
  PushSource source(10);
  int calls = 0;
  EXPECT_FALSE(source.TryPush(std::vector<float>(1000, 0.1F), [&] { ++calls; }));
  std::vector<float> out(1000);
  EXPECT_EQ(source.Read(out.data(), 990), 990U);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(source.Read(out.data(), 1), 1U);
  EXPECT_EQ(calls, 1);
}

TEST(MediaPush, WhenAudioIsPushedAfterEnd_ItIsAnError) {
  PushSource source(10);
  source.End();
  ExpectError(ErrorCode::kClosed, "after end()", [&] { source.TryPush({0.1F}, nullptr); });
}

TEST(MediaPush, WhenTheStreamFails_ReadThrowsThatErrorAndPushersAreReleased) {
  PushSource source(1);
  int calls = 0;
  source.TryPush({0.1F, 0.2F}, [&] { ++calls; });
  source.Fail(ErrorCode::kMediaToolFailed, "ffmpeg said no. Next step: look at its output.");
  EXPECT_EQ(calls, 1);
  float out = 0;
  ExpectError(ErrorCode::kMediaToolFailed, "ffmpeg said no", [&] { source.Read(&out, 1); });
  EXPECT_TRUE(source.TryPush({0.1F}, [&] { ++calls; }));
  EXPECT_EQ(calls, 1);
}

TEST(MediaPush, WhenTheReaderIsGone_PushesAreTakenAndDropped) {
  PushSource source(1);
  int calls = 0;
  EXPECT_FALSE(source.TryPush({0.1F, 0.2F}, [&] { ++calls; }));
  source.Interrupt();
  source.Interrupt();
  EXPECT_EQ(calls, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(source.TryPush(std::vector<float>(1000), nullptr));
  EXPECT_EQ(source.queued(), 0U);
  float out = 0;
  EXPECT_EQ(source.Read(&out, 1), 0U);
}

TEST(MediaPush, WhenTheSourceIsDestroyed_PushersAreReleased) {
  int calls = 0;
  {
    PushSource source(1);
    source.TryPush({0.1F}, [&] { ++calls; });
  }
  EXPECT_EQ(calls, 1);
}

TEST(MediaPush, WhenNothingIsPushed_InterruptWakesTheReader) {
  PushSource source(10);
  std::thread reader([&] {
    std::vector<float> out(100);
    EXPECT_EQ(source.Read(out.data(), out.size()), 0U);
  });
  source.Interrupt();
  reader.join();

  const auto stream = std::make_shared<PushByteStream>(10);
  DecodedSource decoded(stream);
  std::thread second([&] {
    float out = 0;
    EXPECT_EQ(decoded.Read(&out, 1), 0U);
  });
  stream->TryPush({'R', 'I', 'F', 'F'}, nullptr);
  decoded.Interrupt();
  second.join();
}

// A file that begins well and then holds four gigabytes of nothing, through which the decoder looks
// for its next frame.
TEST(MediaPush, WhenReadingIsInterruptedInRubbish_ItEndsSoon) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("cpw-rubbish-" + std::to_string(std::random_device{}()));
  for (const auto& [name, size] :
       {std::pair{"fr-miserables.flac", 4000}, {"jfk.mp3", 4000}, {"jfk.ogg", 8000}}) {
    auto bytes = ReadFile(name);
    bytes.resize(static_cast<std::size_t>(size));
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    std::filesystem::resize_file(path, std::uintmax_t{4} << 30);
    DecodedSource source(std::make_shared<FileByteStream>(path.string()));
    std::vector<float> out(16000 * 60);
    std::chrono::steady_clock::time_point told;
    std::thread interrupter([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      told = std::chrono::steady_clock::now();
      source.Interrupt();
    });
    EXPECT_EQ(source.Read(out.data(), out.size()), 0U) << name;
    const auto ended = std::chrono::steady_clock::now();
    interrupter.join();
    EXPECT_LT(ended - told, std::chrono::seconds(1)) << name;
    std::filesystem::remove(path);
  }
}

TEST(MediaPush, WhenPushedBytesFail_TheirErrorComesOutOfTheDecoder) {
  for (const std::string name : {"jfk.wav", "jfk.mp3", "jfk.ogg", "fr-miserables.flac"}) {
    const auto stream = std::make_shared<PushByteStream>(1 << 20);
    auto bytes = ReadFile(name);
    bytes.resize(bytes.size() / 2);
    stream->TryPush(bytes, nullptr);
    DecodedSource source(stream);
    std::vector<float> out(1000);
    EXPECT_EQ(source.Read(out.data(), out.size()), 1000U);
    stream->Fail(ErrorCode::kMediaToolFailed, "broken. Next step: none.");
    ExpectError(ErrorCode::kMediaToolFailed, "broken", [&] { ReadAll(source); });
  }
}

// Three hours in pieces, with a pusher that waits as JavaScript does: the queue stays at its
// capacity and one piece, and every sample arrives once, in order.
TEST(MediaPush, WhenThreeHoursArePushed_TheQueueStaysSmallAndOrderIsKept) {
  constexpr std::size_t kTotal = std::size_t{3} * 3600 * 16000;
  constexpr std::size_t kPiece = 16000;
  constexpr std::size_t kCapacity = 160000;
  PushSource source(kCapacity);
  std::thread pusher([&] {
    std::size_t next = 0;
    while (next < kTotal) {
      std::vector<float> piece(kPiece);
      for (auto& sample : piece) sample = static_cast<float>(next++ % 10007);
      const auto room = std::make_shared<std::atomic<bool>>(false);
      if (source.TryPush(std::move(piece), [room] {
            *room = true;
            room->notify_one();
          })) {
        continue;
      }
      room->wait(false);
    }
    source.End();
  });
  std::vector<float> out(77777);
  std::size_t read = 0;
  std::size_t most = 0;
  for (std::size_t got = out.size(); got == out.size();) {
    most = std::max(most, source.queued());
    got = source.Read(out.data(), out.size());
    for (std::size_t i = 0; i < got; ++i, ++read) {
      if (out[i] != static_cast<float>(read % 10007)) {
        ADD_FAILURE() << "at " << read;
        source.Interrupt();
        got = 0;
      }
    }
  }
  pusher.join();
  EXPECT_EQ(read, kTotal);
  EXPECT_LE(most, kCapacity + kPiece);
}

// A pushed WAV of three hours: the header, then the same second again and again.
TEST(MediaPush, WhenThreeHoursOfWavArePushed_NothingPilesUp) {
  const auto second =
      MakeWav({.riff_bytes = 0xFFFFFFFF, .data_bytes = 0xFFFFFFFF}, Sine(1000, 16000, 16000));
  constexpr std::size_t kSeconds = 3 * 3600;
  const auto stream = std::make_shared<PushByteStream>(65536);
  std::thread pusher([&] {
    for (std::size_t i = 0; i < kSeconds; ++i) {
      const auto room = std::make_shared<std::atomic<bool>>(false);
      const auto skip = static_cast<std::ptrdiff_t>(i == 0 ? 0 : 44);
      if (stream->TryPush(Bytes(second.begin() + skip, second.end()), [room] {
            *room = true;
            room->notify_one();
          })) {
        continue;
      }
      room->wait(false);
    }
    stream->End();
  });
  DecodedSource source(stream);
  std::vector<float> out(4096);
  std::size_t read = 0;
  std::size_t most = 0;
  for (std::size_t got = out.size(); got == out.size();) {
    got = source.Read(out.data(), out.size());
    read += got;
    most = std::max(most, stream->queued());
  }
  pusher.join();
  EXPECT_EQ(read, kSeconds * 16000);
  EXPECT_LE(most, 65536 + second.size());
}

TEST(MediaPush, WhenPusherReaderAndInterruptRace_AllEnd) {
  for (int round = 0; round < 200; ++round) {
    PushSource source(64);
    std::atomic<int> settled{0};
    std::thread pusher([&] {
      for (int i = 0; i < 50; ++i) {
        if (source.TryPush(std::vector<float>(16, 0.1F), [&] { ++settled; })) ++settled;
      }
    });
    std::thread reader([&] {
      std::vector<float> out(24);
      while (source.Read(out.data(), out.size()) == out.size()) {
      }
    });
    if (round % 2) std::this_thread::yield();
    source.Interrupt();
    pusher.join();
    reader.join();
    EXPECT_EQ(settled, 50);
  }
}

}  // namespace
}  // namespace cpw::media_test

#include "media/decoded_source.h"

#include <algorithm>
#include <span>
#include <string>

#include "core/error.h"
#include "core/log.h"
#include "media/finite.h"

namespace cpw {
namespace {

constexpr std::size_t kBlockFrames = 4096;

void MixDown(std::span<const float> frames, std::size_t channels, std::vector<float>& mono) {
  mono.resize(frames.size() / channels);
  if (channels == 1) {
    std::copy(frames.begin(), frames.end(), mono.begin());
    return;
  }
  const float share = 1.0F / static_cast<float>(channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += frames[i * channels + c];
    mono[i] = sum * share;
  }
}

void PickOut(std::span<const float> frames, std::size_t channels, std::size_t channel,
             std::vector<float>& mono) {
  mono.resize(frames.size() / channels);
  for (std::size_t i = 0; i < mono.size(); ++i) mono[i] = frames[i * channels + channel];
}

}  // namespace

std::size_t DecodedSource::Read(float* out, std::size_t count) {
  try {
    return ReadOpened(out, count);
  } catch (const CpwError&) {
    // An interrupted stream looks cut off.
    if (interrupted()) return 0;
    throw;
  }
}

std::size_t DecodedSource::ReadOpened(float* out, std::size_t count) {
  if (interrupted()) return 0;
  if (!decoder_) Open();
  std::size_t done = 0;
  for (;;) {
    done += resampler_->Pull({out + done, count - done});
    if (done == count || ended_ || interrupted()) return interrupted() ? 0 : done;
    DecodeMore();
  }
}

void DecodedSource::Open() {
  input_ = std::make_unique<BufferedInput>(*stream_);
  auto decoder = OpenDecoder(*input_);
  const auto format = decoder->format();
  if (channel_ && *channel_ >= static_cast<std::size_t>(format.channels)) {
    RefuseMedia(*input_, "it has no channel " + std::to_string(*channel_ + 1) + ", only " +
                             std::to_string(format.channels));
  }
  decoded_.resize(kBlockFrames * static_cast<std::size_t>(format.channels));
  resampler_ = std::make_unique<Resampler>(format.rate);
  decoder_ = std::move(decoder);
}

void DecodedSource::DecodeMore() {
  const auto channels = static_cast<std::size_t>(decoder_->format().channels);
  const auto frames = decoder_->Read(decoded_.data(), kBlockFrames);
  if (frames == 0) return End();
  frames_ += frames;
  const std::span samples(decoded_.data(), frames * channels);
  MakeFinite(samples);
  if (channel_) {
    PickOut(samples, channels, *channel_, mono_);
  } else {
    MixDown(samples, channels, mono_);
  }
  resampler_->Push(mono_);
}

void DecodedSource::End() {
  ended_ = true;
  resampler_->Finish();
  if (interrupted()) return;
  if (frames_ == 0) RefuseMedia(*input_, "it holds no audio that can be decoded");
  const auto damage = decoder_->damage();
  if (damage.empty()) return;
  damage_ = "The audio of " + stream_->name() + " is not whole: " + damage +
            ". What could be decoded is used.";
  Log::Write(LogLevel::kWarn, damage_);
}

std::optional<double> DecodedSource::Duration() const {
  if (!decoder_) return std::nullopt;
  const double rate = decoder_->format().rate;
  if (const auto frames = decoder_->frames()) return static_cast<double>(*frames) / rate;
  const auto size = input_->size();
  if (!size || input_->position() == 0 || frames_ == 0) return std::nullopt;
  const double share = static_cast<double>(input_->position()) / static_cast<double>(*size);
  return static_cast<double>(frames_) / rate / std::min(share, 1.0);
}

}  // namespace cpw

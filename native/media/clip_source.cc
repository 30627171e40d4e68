#include "media/clip_source.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace cpw {
namespace {

constexpr std::uint64_t kSkipStep = kSampleRate;

std::string Seconds(std::uint64_t samples) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(samples) / kSampleRate);
  return text;
}

}  // namespace

ClipSource::ClipSource(std::shared_ptr<AudioSource> inner, std::vector<ClipRange> clips)
    : inner_(std::move(inner)), clips_(std::move(clips)) {
  std::uint64_t free_from = 0;
  bool right = !clips_.empty();
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    const auto& [begin, end] = clips_[i];
    right = right && begin >= free_from && (end ? *end > begin : i + 1 == clips_.size());
    free_from = end.value_or(begin);
  }
  if (!right) {
    throw CpwError(ErrorCode::kInternal,
                   "A clip must end behind its begin and before the next one. Next step: check the "
                   "options before.");
  }
}

std::size_t ClipSource::Read(float* out, std::size_t count) {
  const bool reached = SkipToBegin();
  const auto& [begin, end] = clip();
  if (end) {
    const auto left = *end - std::min(position_, *end);
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, left));
  }
  const auto done = reached && count > 0 ? inner_->Read(out, count) : 0;
  // An interrupted source looks as if it had ended.
  if (interrupted_.load(std::memory_order_acquire)) return 0;
  position_ += done;
  if (count > 0 && begin > 0 && position_ <= begin) {
    throw CpwError(ErrorCode::kInvalidOptions, NameOfCurrent() + " is at " + Seconds(begin) +
                                                   ", but the audio is only " + Seconds(position_) +
                                                   " long. Next step: choose an earlier start.");
  }
  return done;
}

// False when the audio ends before.
bool ClipSource::SkipToBegin() {
  const std::uint64_t begin = clip().begin;
  std::vector<float> dropped;
  while (position_ < begin) {
    const auto step = static_cast<std::size_t>(std::min(begin - position_, kSkipStep));
    dropped.resize(step);
    const auto got = inner_->Read(dropped.data(), step);
    position_ += got;
    if (got < step) return false;
  }
  return true;
}

bool ClipSource::NextClip() {
  if (current_ + 1 == clips_.size()) return false;
  ++current_;
  return true;
}

std::string ClipSource::NameOfCurrent() const {
  return clips_.size() == 1 ? "start" : "The start of clip " + std::to_string(current_ + 1);
}

std::optional<double> ClipSource::Duration() const {
  auto whole = inner_->Duration();
  if (const auto& end = clip().end) {
    const double last = static_cast<double>(*end) / kSampleRate;
    whole = whole ? std::min(*whole, last) : last;
  }
  if (!whole) return std::nullopt;
  return std::max(*whole - Begin(), 0.0);
}

AudioSource::Part ClipSource::CurrentPart() const {
  double all = 0;
  double before = 0;
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    const double length = LengthOf(clips_[i]);
    if (i < current_) before += length;
    all += length;
  }
  return {before / all, LengthOf(clip()) / all};
}

// In samples; of a last clip without an end what the recording's length leaves, a minute where that
// is not known.
double ClipSource::LengthOf(const ClipRange& clip) const {
  const auto begin = static_cast<double>(clip.begin);
  if (clip.end) return static_cast<double>(*clip.end) - begin;
  const auto whole = inner_->Duration();
  return std::max(whole ? *whole * kSampleRate - begin : 60.0 * kSampleRate, 1.0);
}

}  // namespace cpw

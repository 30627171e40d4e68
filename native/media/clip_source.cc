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

ClipSource::ClipSource(std::shared_ptr<AudioSource> inner, std::uint64_t begin,
                       std::optional<std::uint64_t> end)
    : inner_(std::move(inner)), begin_(begin), end_(end) {
  if (end_ && *end_ <= begin_) {
    throw CpwError(ErrorCode::kInternal,
                   "A clip must end behind its begin. Next step: check the options before.");
  }
}

std::size_t ClipSource::Read(float* out, std::size_t count) {
  const bool reached = SkipToBegin();
  if (end_) {
    const auto left = *end_ - std::min(position_, *end_);
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, left));
  }
  const auto done = reached && count > 0 ? inner_->Read(out, count) : 0;
  // An interrupted source looks as if it had ended.
  if (interrupted_.load(std::memory_order_acquire)) return 0;
  position_ += done;
  if (count > 0 && begin_ > 0 && position_ <= begin_) {
    throw CpwError(ErrorCode::kInvalidOptions, "start is at " + Seconds(begin_) +
                                                   ", but the audio is only " + Seconds(position_) +
                                                   " long. Next step: choose an earlier start.");
  }
  return done;
}

// False when the audio ends before.
bool ClipSource::SkipToBegin() {
  if (position_ == begin_ || begin_ == 0) return true;
  std::vector<float> dropped;
  while (position_ < begin_) {
    const auto step = static_cast<std::size_t>(std::min(begin_ - position_, kSkipStep));
    dropped.resize(step);
    const auto got = inner_->Read(dropped.data(), step);
    position_ += got;
    if (got < step) return false;
  }
  return true;
}

std::optional<double> ClipSource::Duration() const {
  auto whole = inner_->Duration();
  if (end_) {
    const double end = static_cast<double>(*end_) / kSampleRate;
    whole = whole ? std::min(*whole, end) : end;
  }
  if (!whole) return std::nullopt;
  return std::max(*whole - Begin(), 0.0);
}

}  // namespace cpw

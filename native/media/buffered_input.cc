#include "media/buffered_input.h"

#include <algorithm>
#include <cstring>

namespace cpw {
namespace {
constexpr std::size_t kBlock = 32768;
}

std::span<const std::uint8_t> BufferedInput::Peek(std::size_t count) {
  if (end_ - begin_ < count && !at_end_) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() < std::max(count, kBlock)) buffer_.resize(std::max(count, kBlock));
    while (end_ < count && !at_end_) {
      const auto got = stream_.Read(buffer_.data() + end_, buffer_.size() - end_);
      at_end_ = got == 0;
      end_ += got;
    }
  }
  return {buffer_.data() + begin_, end_ - begin_};
}

void BufferedInput::Consume(std::size_t count) {
  count = std::min(count, end_ - begin_);
  begin_ += count;
  position_ += count;
}

std::size_t BufferedInput::Read(void* out, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const auto ahead = Peek(1);
    if (ahead.empty()) break;
    const auto step = std::min(count - done, ahead.size());
    std::memcpy(static_cast<std::uint8_t*>(out) + done, ahead.data(), step);
    Consume(step);
    done += step;
  }
  return done;
}

std::uint64_t BufferedInput::Skip(std::uint64_t count) {
  const auto held = std::min<std::uint64_t>(count, end_ - begin_);
  Consume(static_cast<std::size_t>(held));
  if (held == count || at_end_) return held;
  const auto skipped = stream_.Skip(count - held);
  position_ += skipped;
  return held + skipped;
}

}  // namespace cpw

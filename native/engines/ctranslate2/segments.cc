#include "engines/ctranslate2/segments.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace cpw {
namespace {

constexpr std::size_t kFewestTwice = 5;    // tokens; "Yes. Yes." is speech
constexpr double kFastestToken = 1 / 6.0;  // seconds; most people take 1/5 to 1/3

class Splitter {
 public:
  explicit Splitter(double duration) : duration_(duration) {}

  void Text(std::size_t id) {
    if (!open_) Open(last_end_);
    open_->ids.push_back(id);
  }

  void Time(double seconds) {
    if (open_ && !open_->ids.empty()) {
      Close(seconds);
    } else {
      Open(seconds);
    }
  }

  TokenSegments Finish() {
    TokenSegments result;
    result.heard = result.whole = duration_;
    if (open_) {
      if (!segments_.empty() && open_->start > 0) result.whole = open_->start;
      if (open_->ids.empty()) {
        result.heard = result.whole;
      } else {
        Close(duration_);
      }
    }
    result.segments = std::move(segments_);
    return result;
  }

 private:
  void Open(double start) {
    open_.emplace();
    open_->start = std::clamp(start, last_end_, duration_);
  }
  void Close(double end) {
    open_->end = std::clamp(end, open_->start, duration_);
    // A segment without length is given the shortest one, inside the window.
    if (open_->end - open_->start < kTimestampSeconds) {
      open_->end = std::min(open_->start + kTimestampSeconds, duration_);
      open_->start = std::min(open_->start, std::max(0.0, open_->end - kTimestampSeconds));
    }
    last_end_ = open_->end;
    if (open_->start < open_->end) segments_.push_back(std::move(*open_));
    open_.reset();
  }

  const double duration_;
  double last_end_ = 0;
  std::optional<TokenSegment> open_;
  std::vector<TokenSegment> segments_;
};

}  // namespace

TokenSegments SplitAtTimestamps(std::span<const std::size_t> ids, std::size_t timestamp_begin,
                                double duration) {
  Splitter splitter(duration);
  for (const std::size_t id : ids) {
    if (id >= timestamp_begin) {
      splitter.Time(static_cast<double>(id - timestamp_begin) * kTimestampSeconds);
    } else {
      splitter.Text(id);
    }
  }
  return splitter.Finish();
}

bool SaysTwice(const TokenSegments& split) {
  const auto& segments = split.segments;
  const auto too_fast = [](std::size_t tokens, double seconds) {
    return tokens >= kFewestTwice && seconds < kFastestToken * static_cast<double>(tokens);
  };
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& [start, end, ids] = segments[i];
    const std::size_t half = ids.size() / 2;
    const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(half);
    if (ids.size() % 2 == 0 && std::equal(ids.begin(), middle, middle) &&
        too_fast(half, (end - start) / 2)) {
      return true;
    }
    if (i == 0 || segments[i - 1].ids != ids) continue;
    if (too_fast(ids.size(), std::min(end - start, segments[i - 1].end - segments[i - 1].start))) {
      return true;
    }
  }
  return false;
}

}  // namespace cpw

#include "engines/ctranslate2/segments.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace cpw {
namespace {

constexpr std::size_t kFewestTwice = 6;    // tokens; "Yes. Yes." is speech
constexpr double kFastestToken = 1 / 8.0;  // seconds; people take 1/5 to 1/3

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
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const TokenSegment& one = segments[i - 1];
    const TokenSegment& two = segments[i];
    if (two.ids.size() < kFewestTwice || one.ids != two.ids) continue;
    const double shorter = std::min(one.end - one.start, two.end - two.start);
    if (shorter < kFastestToken * static_cast<double>(two.ids.size())) return true;
  }
  return false;
}

}  // namespace cpw

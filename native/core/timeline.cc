#include "core/timeline.h"

#include <algorithm>
#include <cmath>

namespace cpw {
namespace {

constexpr double kShortest = 0.02;  // one time step of Whisper

// Moves the spans into low..high, in order and apart from each other. Each keeps room for those
// behind it, so that none is squeezed to nothing at the end.
template <typename Span>
void Fit(std::vector<Span>& spans, double low, double high) {
  const double shortest = std::min(
      kShortest, (high - low) / static_cast<double>(std::max<std::size_t>(spans.size(), 1)));
  double room = shortest * static_cast<double>(spans.size());
  for (Span& span : spans) {
    const double latest_start = std::max(low, high - room);
    room -= shortest;
    const double start = std::isfinite(span.start) ? span.start : low;
    span.start = std::clamp(start, low, latest_start);
    const double latest_end = std::max(span.start + shortest, high - room);
    const double end = std::isfinite(span.end) ? span.end : latest_end;
    span.end = std::min(std::clamp(end, span.start + shortest, latest_end), high);
    low = span.end;
  }
}

bool Blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
}

template <typename Span>
void Shift(Span& span, double offset) {
  span.start += offset;
  span.end += offset;
}

// Engines add up and round in float: the sum of certain tokens may come out just above 0, and a
// transcript with such a number would be refused when it is written.
void KeepInRange(Segment& segment) {
  segment.avg_logprob = std::min(segment.avg_logprob, 0.0);
  segment.no_speech_prob = std::clamp(segment.no_speech_prob, 0.0, 1.0);
  for (Word& word : segment.words) word.probability = std::clamp(word.probability, 0.0, 1.0);
}

}  // namespace

std::vector<Segment> Timeline::Place(const Window& window, std::vector<Segment> segments) {
  std::erase_if(segments, [](const Segment& segment) { return Blank(segment.text); });
  if (segments.empty()) return segments;
  const double high = window.start + window.duration();
  double low = std::max(window.start, last_end_);
  // A window that seeks back into what was said before: starts ascend, the end may overlap.
  if (high - low < kShortest * static_cast<double>(segments.size()))
    low = std::max(window.start, last_start_);

  for (Segment& segment : segments) Shift(segment, window.start);
  Fit(segments, low, high);
  for (Segment& segment : segments) {
    for (Word& word : segment.words) Shift(word, window.start);
    std::erase_if(segment.words, [](const Word& word) { return Blank(word.word); });
    Fit(segment.words, segment.start, segment.end);
    KeepInRange(segment);
  }
  last_start_ = segments.back().start;
  last_end_ = std::max(last_end_, segments.back().end);
  for (Segment& segment : segments) {
    Shift(segment, begin_);
    for (Word& word : segment.words) Shift(word, begin_);
  }
  return segments;
}

}  // namespace cpw

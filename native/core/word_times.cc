#include "core/word_times.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "core/audio_source.h"
#include "core/loudness.h"

namespace cpw {
namespace {

constexpr double kLongestMedian = 0.7;  // seconds; slower speech is a pause taken for a word
constexpr double kTimeTokenLead = 0.5;  // so far off, a time token is surer than the alignment
constexpr double kSnap = 0.2;           // a word this near to a pause ends there
constexpr double kShortest = 0.02;      // one step of the model

bool EndsSentence(const Word& word) {
  constexpr std::array<std::string_view, 7> kEnds{".", "\u3002", "!",     "\uff01",
                                                  "?", "\uff1f", "\u0964"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return word.word.ends_with(end); });
}

double MedianDuration(const std::vector<Segment>& segments) {
  std::vector<double> durations;
  for (const Segment& segment : segments) {
    for (const Word& word : segment.words) {
      if (word.end > word.start) durations.push_back(word.end - word.start);
    }
  }
  if (durations.empty()) return 0;
  const auto middle = durations.begin() + std::ssize(durations) / 2;
  std::nth_element(durations.begin(), middle, durations.end());
  return std::min(*middle, kLongestMedian);
}

// The rules of OpenAI's and faster-whisper's alignment, where no detector says where speech is.
class Shortener {
 public:
  explicit Shortener(double median) : median_(median), longest_(2 * median) {}

  // A word behind a sentence's end that took the pause along.
  void AfterSentences(std::vector<Word>& words) const {
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (TooLong(words[i]) && EndsSentence(words[i - 1])) words[i].start = words[i].end - longest_;
    }
  }

  // The first words behind a pause that began at `before`.
  void AfterPause(std::vector<Word>& words, double before) const {
    Word& first = words.front();
    Word* second = words.size() > 1 ? &words[1] : nullptr;
    if (first.end - before <= 4 * median_) return;
    if (!TooLong(first) && !(second && second->end - first.start > 2 * longest_)) return;
    if (second && TooLong(*second)) {
      first.end = second->start = std::max(second->end / 2, second->end - longest_);
    }
    first.start = std::max(0.0, first.end - longest_);
  }

  // The model's own time tokens bound a segment's first and last word.
  void AtTimeTokens(Segment& segment) const {
    Word& first = segment.words.front();
    Word& last = segment.words.back();
    if (segment.start < first.end && segment.start - kTimeTokenLead > first.start) {
      first.start = std::max(0.0, std::min(first.end - median_, segment.start));
    }
    if (segment.end > last.start && segment.end + kTimeTokenLead < last.end) {
      last.end = std::max(last.start + median_, segment.end);
    }
  }

 private:
  bool TooLong(const Word& word) const { return word.end - word.start > longest_; }

  const double median_;
  const double longest_;
};

double Overlap(const Word& word, const SpeechSegment& speech) {
  return std::min(word.end, speech.end) - std::max(word.start, speech.start);
}

// Index of the span that the word was said in: the one it shares most with, else the nearest.
std::size_t SpanOf(const Word& word, std::span<const SpeechSegment> speech) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < speech.size(); ++i) {
    if (Overlap(word, speech[i]) > Overlap(word, speech[best])) best = i;
  }
  return best;
}

// Puts the borders of the words beside a silence where speech begins and ends.
void SnapToSpeech(std::span<Word*> words, std::span<const SpeechSegment> speech) {
  if (speech.empty()) return;
  std::vector<std::size_t> spans;
  for (const Word* word : words) spans.push_back(SpanOf(*word, speech));
  for (std::size_t i = 0; i < words.size(); ++i) {
    Word& word = *words[i];
    const SpeechSegment& span = speech[spans[i]];
    if (Overlap(word, span) <= 0) continue;  // said where nothing was heard: left as it is
    const bool first = i == 0 || spans[i - 1] != spans[i];
    const bool last = i + 1 == words.size() || spans[i + 1] != spans[i];
    if (word.start < span.start || (first && word.start - span.start <= kSnap))
      word.start = span.start;
    if (word.end > span.end || (last && span.end - word.end <= kSnap)) word.end = span.end;
  }
}

// Moves the words into 0..duration, in order and apart from each other.
void Order(std::span<Word*> words, double duration) {
  const double shortest =
      std::min(kShortest, duration / static_cast<double>(std::max<std::size_t>(words.size(), 1)));
  double low = 0;
  double room = shortest * static_cast<double>(words.size());
  for (Word* word : words) {
    word->start = std::clamp(std::isfinite(word->start) ? word->start : low, low,
                             std::max(low, duration - room));
    room -= shortest;
    const double latest = std::max(word->start + shortest, duration - room);
    const double end = std::isfinite(word->end) ? word->end : word->start;
    word->end = std::clamp(end, word->start + shortest, latest);
    low = word->end;
  }
}

void Shift(std::vector<Segment>& segments, double delay) {
  for (Segment& segment : segments) {
    for (Word& word : segment.words) {
      word.start = std::max(0.0, word.start - delay);
      word.end = std::max(word.start, word.end - delay);
    }
  }
}

}  // namespace

void RepairWordTimes(std::vector<Segment>& segments, std::span<const float> samples, double delay) {
  Shift(segments, delay);
  const Shortener shortener(MedianDuration(segments));
  std::vector<Word*> words;
  double before = 0;
  for (Segment& segment : segments) {
    if (segment.words.empty()) continue;
    shortener.AfterSentences(segment.words);
    shortener.AfterPause(segment.words, before);
    shortener.AtTimeTokens(segment);
    before = segment.words.back().end;
    for (Word& word : segment.words) words.push_back(&word);
  }
  const Loudness loudness(samples);
  for (Word* word : words) {
    word->start = loudness.QuietestNear(word->start);
    word->end = loudness.QuietestNear(word->end);
  }
  SnapToSpeech(words, loudness.Spans());
  Order(words, static_cast<double>(samples.size()) / kSampleRate);
  for (Segment& segment : segments) {
    if (segment.words.empty()) continue;
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
  }
}

}  // namespace cpw

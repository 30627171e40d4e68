#include "core/invented_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "core/invented_phrases.h"
#include "core/text_words.h"

namespace cpw {
namespace {

// A frame with this probability holds speech: Silero's own threshold.
constexpr double kSpeech = 0.5;
// Shares of a segment's frames. Times are off by half a second now and then, which takes half of a
// short answer, and pauses take more; so where speech is heard at all, the model has to doubt too.
constexpr double kNoSpeechAtAll = 0.1;
constexpr double kLittleSpeech = 0.3;
constexpr double kSomeSpeech = 0.6;
// Mean log-probabilities. What is written for hum and noise has -1.3 and less, as a rule.
constexpr double kUnlikely = -1.0;
constexpr double kLessLikely = -0.5;  // counts where the model says itself that nobody speaks
constexpr double kModelHeardNothing = 0.6;

constexpr std::size_t kLongestUnit = 20;  // words
constexpr std::size_t kFewestRepeats = 4;
constexpr std::size_t kShortestLoop = 8;  // words: "no, no, no, no" is speech
// Characters a second. Quick speech has 20; "na na na", as fast as it can be sung, 18.
constexpr double kImpossiblePace = 25;

// The part of the frames under a stretch of the audio in which speech is this probable.
double SpeechShare(const Window& window, double start, double end, double least) {
  const auto& heard = window.speech;
  constexpr double kFramesPerSecond =
      static_cast<double>(kSampleRate) / SpeechScorer::kFrameSamples;
  const double count = static_cast<double>(heard.size());
  const auto first = static_cast<std::ptrdiff_t>(
      std::clamp(std::floor((start - window.start) * kFramesPerSecond), 0.0, count - 1));
  const auto stop = static_cast<std::ptrdiff_t>(std::clamp(
      std::ceil((end - window.start) * kFramesPerSecond), static_cast<double>(first) + 1, count));
  const auto speech = std::count_if(heard.begin() + first, heard.begin() + stop,
                                    [least](float probability) { return probability >= least; });
  return static_cast<double>(speech) / static_cast<double>(stop - first);
}

bool ModelDoubts(const Segment& segment) {
  return segment.avg_logprob < kUnlikely ||
         (segment.no_speech_prob > kModelHeardNothing && segment.avg_logprob < kLessLikely);
}

using Words = std::vector<TextWord>;

std::string Joined(const Words& words) {
  std::string text;
  for (const TextWord& word : words) text += (text.empty() ? "" : " ") + word.folded;
  return text;
}

bool IsKnownPhrase(const std::string& text) {
  struct Known {
    std::string text;
    bool goes_on;
  };
  static const std::vector<Known> phrases = [] {
    std::vector<Known> made;
    for (const InventedPhrase& phrase : kInventedPhrases)
      made.push_back({Joined(WordsOf(phrase.text)), phrase.goes_on});
    return made;
  }();
  return std::any_of(phrases.begin(), phrases.end(), [&](const Known& phrase) {
    return phrase.goes_on ? (text + " ").starts_with(phrase.text + " ") : text == phrase.text;
  });
}

// "[Music]", "*sighs*": what is heard, not what is said.
bool DescribesSound(std::string_view text) {
  return (text.starts_with('[') && text.ends_with(']')) ||
         (text.starts_with('*') && text.ends_with('*'));
}

// "(applause)", or an aside that somebody reads.
bool InParentheses(std::string_view text) { return text.starts_with('(') && text.ends_with(')'); }

// Words [begin, end) say again what stands before them.
struct Loop {
  std::size_t begin;
  std::size_t end;
};

std::optional<Loop> LongestLoop(const Words& words) {
  std::optional<Loop> longest;
  for (std::size_t unit = 1; unit <= std::min(kLongestUnit, words.size() / 2); ++unit) {
    const std::size_t fewest = std::max(unit * kFewestRepeats, kShortestLoop);
    std::size_t run = 0;
    for (std::size_t i = unit; i <= words.size(); ++i) {
      if (i < words.size() && words[i].folded == words[i - unit].folded) {
        ++run;
        continue;
      }
      // `run` words up to i repeat the `unit` words before them.
      const Loop loop{i - run, i};
      if (run + unit >= fewest && (!longest || run > longest->end - longest->begin)) longest = loop;
      run = 0;
    }
  }
  return longest;
}

// Takes the words out of the segment's text and, where each has its time, out of those. Returns
// what was taken out.
RemovedText Cut(Segment& segment, const Words& words, Loop loop) {
  const std::size_t from = words[loop.begin - 1].end;
  const std::size_t to = words[loop.end - 1].end;
  RemovedText removed{segment.start, segment.end, segment.text.substr(from, to - from),
                      "a loop: the same words again and again"};
  const auto first = removed.text.find_first_not_of(" ,.-");
  if (first != std::string::npos) removed.text.erase(0, first);
  std::size_t index = 0;
  std::vector<Word> kept;
  bool cut = false;
  for (Word& word : segment.words) {
    const bool inside = index >= loop.begin && index < loop.end;
    index += WordsOf(word.word).size();
    if (inside) {
      if (!cut) removed.start = word.start;
      removed.end = word.end;
      cut = true;
    } else {
      kept.push_back(std::move(word));
    }
  }
  // Behind a loop that reaches the end nothing is said any more.
  if (cut && loop.end == words.size() && !kept.empty()) segment.end = kept.back().end;
  segment.words = std::move(kept);
  segment.text.erase(from, to - from);
  return removed;
}

}  // namespace

std::vector<Segment> InventedTextFilter::Keep(const Window& window, std::vector<Segment> placed,
                                              std::vector<RemovedText> by_engine) {
  for (RemovedText& removed : by_engine) {
    removed.start += begin_ + window.start;
    removed.end += begin_ + window.start;
    removed_.push_back(std::move(removed));
  }
  std::vector<Segment> kept;
  for (Segment& segment : placed) Judge(window, std::move(segment), kept);
  return kept;
}

// Without a detector the model's word is all there is.
InventedTextFilter::Doubt InventedTextFilter::DoubtOf(const Window& window,
                                                      const Segment& segment) const {
  const bool model = ModelDoubts(segment);
  if (window.speech.empty()) {
    // A loop makes the model sure of its text, so that its log-probability tells nothing.
    return {model, model || segment.no_speech_prob > kModelHeardNothing, false};
  }
  const auto share = [&](double least) {
    return SpeechShare(window, segment.start - begin_, segment.end - begin_, least);
  };
  const double surely = share(kSpeech);
  const bool phrase =
      share(std::min(kSpeech, vad_threshold_)) < kLittleSpeech || (model && surely < kSomeSpeech);
  return {phrase, phrase, model && surely < kNoSpeechAtAll};
}

void InventedTextFilter::Judge(const Window& window, Segment segment, std::vector<Segment>& kept) {
  const Words words = WordsOf(segment.text);
  const Doubt doubt = DoubtOf(window, segment);
  if (words.empty()) return Remove(segment, "no word");
  if (DescribesSound(segment.text) || (doubt.of_loops && InParentheses(segment.text)))
    return Remove(segment, "the name of a sound, not speech");
  if (doubt.of_phrases && IsKnownPhrase(Joined(words))) {
    return Remove(segment, "a phrase that models write where nobody speaks");
  }
  if (doubt.of_any) return Remove(segment, "no speech was heard there");
  if (const auto loop = LongestLoop(words)) {
    const auto characters = static_cast<double>(CountCharacters(segment.text));
    if (doubt.of_loops || characters > kImpossiblePace * (segment.end - segment.start)) {
      removed_.push_back(Cut(segment, words, *loop));
    }
  }
  FollowRun(std::move(segment), doubt.of_loops, kept);
}

// Of equal neighbours the first is handed on: it may have been said. The doubtful ones behind it
// are a loop if there are two or more.
void InventedTextFilter::FollowRun(Segment segment, bool doubtful, std::vector<Segment>& kept) {
  constexpr const char* kReason = "a loop: the same text in three or more segments in a row";
  std::string text = Joined(WordsOf(segment.text));
  const bool again = text == last_text_;
  if (!again) {
    last_text_ = std::move(text);
    looping_ = false;
  }
  if (again && doubtful) {
    if (!looping_ && held_.empty()) return held_.push_back(std::move(segment));
    for (const Segment& held : held_) Remove(held, kReason);
    held_.clear();
    looping_ = true;
    return Remove(segment, kReason);
  }
  for (Segment& held : Finish()) kept.push_back(std::move(held));
  kept.push_back(std::move(segment));
}

std::vector<Segment> InventedTextFilter::Finish() { return std::exchange(held_, {}); }

void InventedTextFilter::Remove(const Segment& segment, const char* reason) {
  removed_.push_back({segment.start, segment.end, segment.text, reason});
}

std::vector<RemovedText> InventedTextFilter::TakeRemoved() {
  std::stable_sort(removed_.begin(), removed_.end(),
                   [](const auto& left, const auto& right) { return left.start < right.start; });
  return std::exchange(removed_, {});
}

}  // namespace cpw

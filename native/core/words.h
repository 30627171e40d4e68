#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/transcript.h"

namespace cpw {

// A token of text with the time that a model's attention gives it.
struct TimedToken {
  std::string bytes;  // of UTF-8: may begin or end inside a character
  double start = 0;   // seconds from the window's first sample
  double end = 0;
  double probability = 0;
};

struct WordRules {
  std::string language;            // Whisper's code
  std::span<const float> samples;  // of the window
  double delay = 0;                // seconds that the model's attention comes after the speech
  // The engine's own way from a token's bytes to valid text; white space around it is dropped here.
  std::string (*clean)(std::string_view);
};

// True for the languages that Whisper writes without spaces between words.
bool WritesWithoutSpaces(std::string_view language);

// The words of one segment: cut at spaces, or at characters in languages without spaces, marks
// merged into the word that they belong to. Joined, they are the text of the tokens but for white
// space. A word's time and probability are those of what is spoken of it: where a model waits, it
// does so at a comma.
std::vector<Word> JoinWords(std::span<const TimedToken> tokens, const WordRules& rules);

// Gives each of a window's segments the words of its tokens and narrows the segment to them.
// `tokens` has one row for each segment, in order.
void AddWords(std::vector<Segment>& segments, std::span<const std::vector<TimedToken>> tokens,
              const WordRules& rules);

}  // namespace cpw

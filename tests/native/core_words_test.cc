#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/audio_source.h"
#include "core/words.h"

namespace cpw {
namespace {

std::string AsIs(std::string_view text) { return std::string(text); }

// Tokens of a tenth of a second each, one behind the other; probability 0.1, 0.2, …
std::vector<TimedToken> Tokens(const std::vector<std::string>& pieces) {
  std::vector<TimedToken> tokens;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto at = static_cast<double>(i) / 10;
    tokens.push_back({pieces[i], at, at + 0.1, at + 0.1});
  }
  return tokens;
}

std::vector<std::string> Joined(const std::vector<std::string>& pieces,
                                const std::string& language = "en") {
  std::vector<std::string> words;
  for (const Word& word : JoinWords(Tokens(pieces), {language, {}, 0, AsIs}))
    words.push_back(word.word);
  return words;
}

using List = std::vector<std::string>;

TEST(Words, WhenTokensArePartsOfWordsThenTheyAreJoinedUntilTheNextSpace) {
  EXPECT_EQ(Joined({" fel", "low", " Amer", "icans", "."}), (List{"fellow", "Americans."}));
  EXPECT_EQ(Joined({"And", " so"}), (List{"And", "so"}));
  EXPECT_EQ(Joined({" I", "'m", " ill", "-", "disposed", ","}), (List{"I'm", "ill-disposed,"}));
}

TEST(Words, WhenAMarkStandsAloneThenItJoinsTheWordItBelongsTo) {
  EXPECT_EQ(Joined({" he", " said", ",", " \"", "go", "!\"", " ("}),
            (List{"he", "said,", "\"go!\" ("}));
  EXPECT_EQ(Joined({" -", " Yes", " ..."}), (List{"- Yes ..."}));
  EXPECT_EQ(Joined({" \xC2\xBF", "Qu\xC3\xA9", "?"}), (List{"\xC2\xBFQu\xC3\xA9?"}));
  EXPECT_EQ(Joined({"."}), (List{"."}));
}

TEST(Words, WhenACharacterIsSpreadOverTokensThenItStaysWhole) {
  EXPECT_EQ(Joined({" caf", "\xC3", "\xA9", " au"}), (List{"caf\xC3\xA9", "au"}));
  EXPECT_EQ(Joined({"\xE4\xBD", "\xA0\xE5\xA5", "\xBD"}, "zh"), (List{"\xE4\xBD\xA0\xE5\xA5\xBD"}));
  EXPECT_EQ(Joined({"\xE4\xBD", "\xA0", "\xE5\xA5\xBD"}, "zh"),
            (List{"\xE4\xBD\xA0", "\xE5\xA5\xBD"}));
}

TEST(Words, WhenTheLanguageHasNoSpacesThenEachTokenOfWholeCharactersIsAWord) {
  EXPECT_EQ(Joined({"今日", "は", "、", "GP", "U", "です", "。"}, "ja"),
            (List{"今日", "は、", "GPU", "です。"}));
  EXPECT_EQ(Joined({"「", "好", "」"}, "zh"), (List{"「好」"}));
  // A Thai vowel stands on the letter before it.
  EXPECT_EQ(Joined({"ก", "ิ", "น"}, "th"), (List{"กิ", "น"}));
  EXPECT_EQ(Joined({" 你", "好"}, "en"), (List{"你好"}));
}

TEST(Words, WhenAWordEndsInAMarkThenItsTimeIsThatOfWhatIsSpoken) {
  const auto words = JoinWords(Tokens({" \"", "yes", ",", " no"}), {"en", {}, 0, AsIs});
  ASSERT_EQ(words.size(), 2U);
  EXPECT_DOUBLE_EQ(words[0].start, 0.1);
  EXPECT_DOUBLE_EQ(words[0].end, 0.2);
  EXPECT_DOUBLE_EQ(words[0].probability, 0.2);
}

TEST(Words, WhenAWordHasSeveralTokensThenItsProbabilityIsTheirMean) {
  const auto words = JoinWords(Tokens({" a", "b", "c"}), {"en", {}, 0, AsIs});
  ASSERT_EQ(words.size(), 1U);
  EXPECT_DOUBLE_EQ(words[0].probability, 0.2);
}

std::string Packed(std::string_view text) {
  std::string packed;
  for (const char c : text) {
    if (c != ' ') packed += c;
  }
  return packed;
}

// Whatever bytes a model writes, in whatever pieces: nothing is lost, added or moved.
TEST(Words, WhenTokensAreAnythingThenTheirTextIsKept) {
  const std::vector<std::string> pieces{" a",   "b", ",",  "\xC3",  "\xA9", "\xE4\xBD",
                                        "\xA0", " ", "\"", "-",     " (",   "。",
                                        "\xFF", "กิ", "7",  " \xF0", "\x9F", "..."};
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::string> chosen;
    std::string text;
    for (unsigned i = 0; i < 1 + seed % 12; ++i) {
      chosen.push_back(pieces[random() % pieces.size()]);
      text += chosen.back();
    }
    std::string joined;
    const auto words = JoinWords(Tokens(chosen), {seed % 2 == 0 ? "en" : "zh", {}, 0, AsIs});
    for (const Word& word : words) {
      EXPECT_FALSE(word.word.empty());
      EXPECT_LE(word.start, word.end);
      joined += word.word;
    }
    EXPECT_EQ(Packed(joined), Packed(text)) << "seed " << seed;
  }
}

// What an engine says may be anything: the words ascend, last, and lie inside their segment.
TEST(Words, WhenTimesAreNonsenseThenWordsAreStillInOrder) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const double seconds = 1 + seed % 5;
    std::vector<float> samples(static_cast<std::size_t>(seconds * kSampleRate));
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = i / 8000 % 2 == 0 ? 0.0f : std::uniform_real_distribution<float>(-1, 1)(random);
    const auto time = [&] {
      if (random() % 9 == 0) return std::numeric_limits<double>::quiet_NaN();
      if (random() % 9 == 0) return std::numeric_limits<double>::infinity();
      return std::uniform_real_distribution<double>(-3, seconds + 3)(random);
    };
    std::vector<Segment> segments(1 + random() % 3);
    std::vector<std::vector<TimedToken>> tokens(segments.size());
    for (std::size_t i = 0; i < segments.size(); ++i) {
      segments[i].start = time();
      segments[i].end = time();
      for (unsigned j = 0; j < 1 + random() % 8; ++j)
        tokens[i].push_back({" w", time(), time(), 1});
    }
    AddWords(segments, tokens, {"en", samples, seed % 3 == 0 ? 0.1 : -0.06, AsIs});
    double low = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      ASSERT_EQ(segments[i].words.size(), tokens[i].size());
      EXPECT_EQ(segments[i].start, segments[i].words.front().start);
      EXPECT_EQ(segments[i].end, segments[i].words.back().end);
      for (const Word& word : segments[i].words) {
        EXPECT_GE(word.start, low);
        EXPECT_GT(word.end, word.start);
        low = word.end;
      }
    }
    EXPECT_LE(low, seconds + 1e-9);
  }
}

}  // namespace
}  // namespace cpw

#include <gtest/gtest.h>

#include "core/invented_text.h"
#include "core/text_words.h"
#include "core_driver_fixtures.h"

namespace cpw {
namespace {

using namespace driver_test;

constexpr double kWindow = 20;

// A window in which somebody speaks within the given seconds; {}: nobody ever does.
Window Heard(double from = 0, double to = 0, double start = 0) {
  Window window;
  window.start = start;
  window.samples.assign(static_cast<std::size_t>(kWindow * kSampleRate), 0.1f);
  const std::size_t frames = window.samples.size() / SpeechScorer::kFrameSamples;
  for (std::size_t i = 0; i < frames; ++i) {
    const double at = static_cast<double>(i * SpeechScorer::kFrameSamples) / kSampleRate;
    window.speech.push_back(at >= from && at < to ? 0.9f : 0.05f);
  }
  return window;
}

Segment Said(std::string text, double start, double end, double logprob = -0.3,
             double no_speech = 0.05) {
  Segment segment;
  segment.start = start;
  segment.end = end;
  segment.text = std::move(text);
  segment.avg_logprob = logprob;
  segment.no_speech_prob = no_speech;
  return segment;
}

struct Outcome {
  std::vector<std::string> kept;
  std::vector<RemovedText> removed;
};

Outcome Filter(const Window& window, std::vector<Segment> segments) {
  InventedTextFilter filter(0, 0.5);
  Outcome outcome;
  for (const auto& one : filter.Keep(window, std::move(segments), {}))
    outcome.kept.push_back(one.text);
  for (const auto& one : filter.Finish()) outcome.kept.push_back(one.text);
  outcome.removed = filter.TakeRemoved();
  return outcome;
}

using Texts = std::vector<std::string>;

TEST(InventedText, WhenAPhraseIsKnownAndNobodyIsHeardThenItGoesInEveryLanguage) {
  for (const char* text :
       {"Thanks for watching!", "Thank you.", "you", "Subtitles by the Amara.org community",
        "Don't forget to subscribe!", "Untertitel der Amara.org-Community",
        "Sous-titres réalisés para la communauté d'Amara.org", "¡Suscríbete al canal!",
        "ПРОДОЛЖЕНИЕ СЛЕДУЕТ...", "İzlediğiniz için teşekkürler.", "ご視聴ありがとうございました。",
        "谢谢观看！", "시청해 주셔서 감사합니다.", "देखने के लिए धन्यवाद।", "شكرا للمشاهدة"}) {
    const Outcome outcome = Filter(Heard(), {Said(text, 2, 4)});
    EXPECT_TRUE(outcome.kept.empty()) << text;
    ASSERT_EQ(outcome.removed.size(), 1u) << text;
    EXPECT_EQ(outcome.removed[0].text, text);
    EXPECT_DOUBLE_EQ(outcome.removed[0].start, 2);
    EXPECT_DOUBLE_EQ(outcome.removed[0].end, 4);
    EXPECT_FALSE(outcome.removed[0].reason.empty());
  }
}

TEST(InventedText, WhenAPhraseIsClearlySpokenThenItStays) {
  for (const char* text : {"Thanks for watching!", "Thank you.", "You.", "Subtitles by Ann Lee"}) {
    EXPECT_EQ(Filter(Heard(0, 20), {Said(text, 2, 4)}).kept, Texts{text});
    // Times of short answers are off, and half of them seems silent.
    EXPECT_EQ(Filter(Heard(3, 20), {Said(text, 2, 4)}).kept, Texts{text});
    // A mumbled one: the model is not sure, the detector is.
    EXPECT_EQ(Filter(Heard(0, 20), {Said(text, 2, 4, -1.4)}).kept, Texts{text});
  }
}

TEST(InventedText, WhenThereIsNoDetectorThenTheModelsOwnDoubtDecides) {
  Window window = Heard();
  window.speech.clear();
  EXPECT_EQ(Filter(window, {Said("Thank you.", 2, 4)}).kept.size(), 1u);
  EXPECT_EQ(Filter(window, {Said("Thank you.", 2, 4, -0.4, 0.9)}).kept.size(), 1u);
  EXPECT_EQ(Filter(window, {Said("Thank you.", 2, 4, -1.2)}).kept.size(), 0u);
  EXPECT_EQ(Filter(window, {Said("Thank you.", 2, 4, -0.7, 0.9)}).kept.size(), 0u);
  // Somebody who loops is sure of it, but hears nobody.
  EXPECT_EQ(Filter(window, {Said("one", 2, 4, -0.2, 0.8), Said("one", 4, 6, -0.2, 0.8),
                            Said("one", 6, 8, -0.2, 0.8)})
                .kept.size(),
            1u);
  // A text that nobody knows for an invention.
  EXPECT_EQ(Filter(window, {Said("The ship sails at noon.", 2, 4, -1.2)}).kept.size(), 1u);
}

TEST(InventedText, WhenNothingIsHeardUnderAnyTextAndTheModelDoubtsItThenItGoes) {
  EXPECT_EQ(Filter(Heard(), {Said("The ship sails at noon.", 2, 4, -1.2)}).kept.size(), 0u);
  EXPECT_EQ(Filter(Heard(), {Said("The ship sails at noon.", 2, 4, -0.3)}).kept.size(), 1u);
  EXPECT_EQ(Filter(Heard(2, 4), {Said("The ship sails at noon.", 2, 4, -1.2)}).kept.size(), 1u);
}

TEST(InventedText, WhenTheThresholdIsLoweredThenWhatItLetsThroughCountsAsHeard) {
  Window window = Heard();
  std::fill(window.speech.begin(), window.speech.end(), 0.3f);
  for (const double threshold : {0.2, 0.5}) {
    InventedTextFilter filter(0, threshold);
    EXPECT_EQ(filter.Keep(window, {Said("Thank you.", 2, 4)}, {}).size(),
              threshold < 0.3 ? 1u : 0u);
    EXPECT_EQ(filter.Keep(window, {Said("Thank you.", 2, 4, -1.5)}, {}).size(), 0u);
  }
}

TEST(InventedText, WhenShortAnswersAndLyricsAreSpokenThenTheyStay) {
  const Texts answers{"No.", "No.", "No.", "OK", "जी", "ना", "ना", "ना", "ना"};
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto at = 2.0 * static_cast<double>(i);
    segments.push_back(Said(answers[i], at, at + 1));
  }
  EXPECT_EQ(Filter(Heard(0, 20), segments).kept, answers);
  const std::string song = "Row, row, row your boat. Na na na na na na na na na, hey, hey, hey";
  EXPECT_EQ(Filter(Heard(0, 20), {Said(song, 0, 12)}).kept, Texts{song});
  // In silence too: an answer that is heard badly is no phrase, and one is no loop.
  EXPECT_EQ(Filter(Heard(), {Said("No.", 2, 3), Said("No.", 4, 5)}).kept, (Texts{"No.", "No."}));
}

TEST(InventedText, WhenOneTextStandsInThreeDoubtfulSegmentsThenTheFirstStays) {
  std::vector<Segment> segments;
  for (int i = 0; i < 6; ++i) segments.push_back(Said("And so it goes.", 3.0 * i, 3.0 * i + 3));
  segments.push_back(Said("The end", 18, 20));
  const Outcome outcome = Filter(Heard(0, 3), segments);
  EXPECT_EQ(outcome.kept, (Texts{"And so it goes.", "The end"}));
  ASSERT_EQ(outcome.removed.size(), 5u);
  EXPECT_DOUBLE_EQ(outcome.removed.front().start, 3);
  EXPECT_DOUBLE_EQ(outcome.removed.back().end, 18);
}

TEST(InventedText, WhenALoopSpansWindowsThenItIsOneLoop) {
  InventedTextFilter filter(100, 0.5);
  std::size_t kept = 0;
  for (int i = 0; i < 3; ++i) {
    const Window window = Heard(0, 0, 30.0 * i);
    kept += filter.Keep(window, {Said("so", 101 + 30.0 * i, 103 + 30.0 * i)}, {}).size();
  }
  kept += filter.Finish().size();
  EXPECT_EQ(kept, 1u);
  const auto removed = filter.TakeRemoved();
  ASSERT_EQ(removed.size(), 2u);
  EXPECT_DOUBLE_EQ(removed[1].start, 161);
}

TEST(InventedText, WhenASegmentLoopsFasterThanAnybodySpeaksThenItIsCut) {
  std::string text = "We went home";
  for (int i = 0; i < 40; ++i) text += ", and the sea";
  Segment fast = Said(text + ". Then we slept.", 0, 8);
  const Outcome outcome = Filter(Heard(0, 20), {fast});
  EXPECT_EQ(outcome.kept, Texts{"We went home, and the sea. Then we slept."});
  ASSERT_EQ(outcome.removed.size(), 1u);
  EXPECT_TRUE(outcome.removed[0].text.starts_with("and the sea, and the sea"));
}

TEST(InventedText, WhenWordsHaveTimesThenThoseOfTheLoopGoWithIt) {
  Segment segment = Said("Go", 0, 10);
  segment.words.push_back({0, 1, "Go", 0.9});
  for (int i = 0; i < 9; ++i) {
    segment.text += " on";
    segment.words.push_back({1.0 + i, 2.0 + i, "on", 0.9});
  }
  InventedTextFilter filter(0, 0.5);
  const auto kept = filter.Keep(Heard(), {segment}, {});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].text, "Go on");
  ASSERT_EQ(kept[0].words.size(), 2u);
  EXPECT_EQ(kept[0].words[1].word, "on");
  EXPECT_DOUBLE_EQ(kept[0].end, 2);
  const auto removed = filter.TakeRemoved();
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_DOUBLE_EQ(removed[0].start, 2);
  EXPECT_DOUBLE_EQ(removed[0].end, 10);
}

TEST(InventedText, WhenATextNamesASoundOrHoldsNoWordThenItGoes) {
  for (const char* text : {"[Music]", "*sighs*", "♪♪", "...", "♪ ♪", "?!", "\xff"})
    EXPECT_TRUE(Filter(Heard(0, 20), {Said(text, 2, 4)}).kept.empty()) << text;
  for (const char* text : {"♪ Hello, it's me ♪", "(As he said) we left", "(so he said)", "2", "ok"})
    EXPECT_EQ(Filter(Heard(0, 20), {Said(text, 2, 4)}).kept, Texts{text});
  EXPECT_TRUE(Filter(Heard(), {Said("(upbeat music)", 2, 4)}).kept.empty());
}

TEST(InventedText, WhenTheEngineLeftSomethingOutThenItsTimesBecomeAbsolute) {
  InventedTextFilter filter(100, 0.5);
  filter.Keep(Heard(0, 0, 30), {}, {{1, 2, "so", "why"}});
  const auto removed = filter.TakeRemoved();
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_DOUBLE_EQ(removed[0].start, 131);
  EXPECT_DOUBLE_EQ(removed[0].end, 132);
  EXPECT_EQ(removed[0].reason, "why");
}

TEST(InventedText, WhenAJobEndsThenItsResultSaysWhatWasRemovedAndNoSegmentIsLost) {
  // "two" stands in the last two windows: kept back, and handed on at the end.
  const Texts script{"one", "Thanks for watching", "two", "two"};
  FakeRecognizer recognizer(1, [&](int index, const Window& window, const DecodeOptions&, Job&) {
    WindowResult result = OneSegment(index, window);
    result.segments[0].text = script[static_cast<std::size_t>(index)];
    result.segments[0].avg_logprob = -2;
    return result;
  });
  SignalSource source(Samples(80));
  Events events;
  const auto result =
      Transcribe(recognizer, source, nullptr, Options(false, "en", 20), Recording(events));
  ASSERT_EQ(events.segments.size(), 3u);
  EXPECT_EQ(events.segments[1].text, "two");
  EXPECT_DOUBLE_EQ(events.segments[2].end, 80);
  ASSERT_EQ(result.removed.size(), 1u);
  EXPECT_EQ(result.removed[0].text, "Thanks for watching");
  EXPECT_DOUBLE_EQ(result.removed[0].start, 20);
}

TEST(TextWords, WhenScriptsDifferThenWordsAreFoundAllTheSame) {
  const auto folded = [](std::string_view text) {
    Texts words;
    for (const auto& word : WordsOf(text)) words.push_back(word.folded);
    return words;
  };
  EXPECT_EQ(folded("Don't — STOP, Été!"), (Texts{"don", "t", "stop", "été"}));
  EXPECT_EQ(folded("ПРИВЕТ, Ёлка"), (Texts{"привет", "ёлка"}));
  EXPECT_EQ(folded("谢谢。ok"), (Texts{"谢", "谢", "ok"}));
  EXPECT_EQ(folded("देखने के।"), (Texts{"देखने", "के"}));
  EXPECT_EQ(folded("a\xc3 b\xff\xf0\x9f"), (Texts{"a", "b"}));
  EXPECT_TRUE(folded("").empty());
}

}  // namespace
}  // namespace cpw

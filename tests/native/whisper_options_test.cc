#include <gtest/gtest.h>

#include "core/decoding_ladder.h"
#include "core/error.h"
#include "engines/whisper/recognizer.h"
#include "whisper_recognizer_fixtures.h"
#include "whisper_tiny_model.h"

namespace cpw {
namespace {

using namespace recognizer_test;

// What the model says to a second of sound, a file of its own for each model.
WindowResult Say(const TinyModel& model, const DecodeOptions& options) {
  const TemporaryFile file(Joined(model.Build()));
  Job job;
  WhisperRecognizer recognizer(Load(file.path()), job);
  return Decode(recognizer, Tone(0.85), options);
}

// One sentence of these words.
TinyModel Sentence(const std::vector<int>& words) {
  TinyModel model;
  model.script = {model.Time(0)};
  model.script.insert(model.script.end(), words.begin(), words.end());
  model.script.push_back(model.Time(0.6));
  return model;
}

constexpr int kHello = TinyModel::kHello;
constexpr int kWorld = TinyModel::kWorld;

TEST(WhisperOptions, when_a_prefix_is_given_the_text_begins_with_it) {
  const TinyModel model = Sentence({kHello, kHello});
  DecodeOptions options = Greedy();
  EXPECT_EQ(TextOf(Say(model, options)), "[hello hello]");
  options.prefix = "world";
  EXPECT_EQ(TextOf(Say(model, options)), "[world hello]");
}

TEST(WhisperOptions, when_a_prefix_is_longer_than_a_text_the_error_names_it) {
  DecodeOptions options = Greedy();
  options.prefix = std::string(120, 'a');
  const std::string message =
      ErrorOf(ErrorCode::kInvalidOptions, [&] { Say(Sentence({kHello}), options); });
  EXPECT_NE(message.find("prefix has "), std::string::npos) << message;
}

// The script answers at the position that follows the prompt: what is heard tells its length.
TEST(WhisperOptions, when_there_are_hotwords_they_come_before_what_was_said) {
  TinyModel model;
  model.audio_context = 1500;  // lets the first time stand later
  model.script.assign(448, model.Time(0.9));
  const auto answer = [&model](std::size_t context, int word) {
    const std::size_t position = context + 1;  // <prev> context <sot>
    model.script[position] = model.Time(0);
    model.script[position + 1] = word;
    model.script[position + 2] = model.Time(0.4);
    model.script[position + 3] = model.End();
  };
  answer(1, kHello);
  answer(5, kWorld);
  answer(223, 65);  // A
  const auto say = [&](const std::string& hotwords, const std::string& said,
                       const std::string& prefix = "") {
    DecodeOptions options = Greedy();
    options.hotwords = hotwords;
    options.initial_prompt = said;
    options.prefix = prefix;
    return TextOf(Say(model, options));
  };
  EXPECT_EQ(say("hello", ""), "[hello]");
  EXPECT_EQ(say("hello world", "hello hello hello"), "[world]");
  EXPECT_EQ(say(std::string(300, 'a'), "hello hello"), "[A]");
  EXPECT_EQ(say("hello world hello world", "hello", "hello").substr(0, 6), "[hello");
  DecodeOptions options = Greedy();
  options.initial_prompt = "hello";
  options.previous_text = "hello hello hello world";
  EXPECT_EQ(TextOf(Say(model, options)), "[world]");
}

TEST(WhisperOptions, when_tokens_are_suppressed_they_are_not_written) {
  const TinyModel model = Sentence({kHello, '#', kWorld});
  DecodeOptions options = Greedy();
  options.suppress_tokens = {};
  EXPECT_EQ(TextOf(Say(model, options)), "[hello# world]");
  options.suppress_tokens = {-1};
  EXPECT_EQ(TextOf(Say(model, options)).find('#'), std::string::npos);
  options.suppress_tokens = {kHello};
  const std::string text = TextOf(Say(model, options));
  EXPECT_EQ(text.find("hello"), std::string::npos) << text;
  EXPECT_NE(text.find('#'), std::string::npos) << text;
}

TEST(WhisperOptions, when_an_option_cannot_be_met_the_error_names_it) {
  const auto error = [](auto change) {
    DecodeOptions options = Greedy();
    change(options);
    return ErrorOf(ErrorCode::kInvalidOptions, [&] { Say(Sentence({kHello}), options); });
  };
  const auto names = [](const std::string& message, const char* name) {
    EXPECT_NE(message.find(name), std::string::npos) << message;
  };
  names(error([](auto& o) { o.suppress_tokens = {51864}; }), "suppressTokens");
  names(error([](auto& o) { o.suppress_tokens = {-2}; }), "suppressTokens");
  names(error([](auto& o) { o.best_of = 9; }), "bestOf");
  names(error([](auto& o) { o.temperatures = {}; }), "temperature");
  names(error([](auto& o) { o.multilingual = true; }), "multilingual");
}

TEST(WhisperOptions, when_no_run_of_tokens_may_come_twice_a_word_is_said_once) {
  const TinyModel model = Sentence({kHello, kHello, kHello});
  DecodeOptions options = Greedy();
  options.no_repeat_ngram_size = 1;
  EXPECT_EQ(TextOf(Say(model, options)).rfind("hello"), 1u);
  options.no_repeat_ngram_size = 3;
  EXPECT_EQ(TextOf(Say(model, options)), "[hello hello hello]");
}

TEST(WhisperOptions, when_repetition_is_penalized_a_word_that_stands_there_loses) {
  const TinyModel model = Sentence({kHello, kHello});
  DecodeOptions options = Greedy();
  options.repetition_penalty = 10;
  EXPECT_EQ(TextOf(Say(model, options)).rfind("hello"), 1u);
}

// After "hello" the text may end (likelier), or go on with "world".
TinyModel Wavering() {
  TinyModel model;
  model.script = {model.Time(0), kHello, model.End(), model.Time(0.6), model.End()};
  model.doubts[2] = {kWorld, 0.48f};
  return model;
}

TEST(WhisperOptions, when_length_is_rewarded_the_longer_text_wins) {
  DecodeOptions options = Greedy();
  options.beam_size = 2;
  options.length_penalty = 0;
  EXPECT_EQ(TextOf(Say(Wavering(), options)), "[hello]");
  options.length_penalty = 10;
  EXPECT_EQ(TextOf(Say(Wavering(), options)), "[hello world]");
}

TEST(WhisperOptions, when_patience_is_short_the_first_text_that_ends_is_taken) {
  DecodeOptions options = Greedy();
  options.beam_size = 2;
  options.length_penalty = 10;
  options.patience = 1;
  EXPECT_EQ(TextOf(Say(Wavering(), options)), "[hello world]");
  options.patience = 0.5;
  EXPECT_EQ(TextOf(Say(Wavering(), options)), "[hello]");
}

TEST(WhisperOptions, when_the_temperature_is_above_zero_the_segment_says_so) {
  DecodeOptions options = Greedy();
  options.temperatures = {0.4};
  const WindowResult drawn = Say(Sentence({kHello}), options);
  ASSERT_EQ(TextOf(drawn), "[hello]");
  EXPECT_EQ(drawn.segments[0].pass, DecodingPass::kSampled);
  EXPECT_DOUBLE_EQ(drawn.segments[0].temperature, 0.4);
  options.temperatures = {0, 0.4};
  EXPECT_EQ(Say(Sentence({kHello}), options).segments.at(0).pass, DecodingPass::kFirst);
}

TEST(WhisperOptions, when_several_texts_are_drawn_the_likeliest_is_kept) {
  DecodeOptions options = Greedy();
  options.temperatures = {2};
  options.log_prob_threshold = -1000;
  TinyModel model = Sentence({kHello, kWorld, kHello});
  for (const std::size_t position : {1u, 2u, 3u}) model.doubts[position] = {300, 0.5f};
  options.best_of = 1;
  const double one = Say(model, options).segments.at(0).avg_logprob;
  options.best_of = 8;
  EXPECT_GT(Say(model, options).segments.at(0).avg_logprob, one);
}

// Unlikely text where the model says that nobody speaks.
TEST(WhisperOptions, when_a_window_is_silent_the_thresholds_decide_whether_its_text_stays) {
  TinyModel model;
  model.script = {model.NoSpeech(), model.End()};
  DecodeOptions options = Greedy();
  options.temperatures = {0};
  options.log_prob_threshold = -0.01;
  EXPECT_EQ(TextOf(Say(model, options)), "");
  options.no_speech_threshold = 1;
  EXPECT_NE(TextOf(Say(model, options)), "");
  options.no_speech_threshold = 0.6;
  options.log_prob_threshold = -1000;
  EXPECT_NE(TextOf(Say(model, options)), "");
}

TEST(WhisperOptions, when_languages_change_each_window_tells_its_own) {
  Job job;
  WhisperRecognizer recognizer(Load(GermanPath()), job);
  DecodeOptions options = Greedy("fr");
  EXPECT_EQ(Decode(recognizer, Tone(1), options).segments.at(0).language, "");
  options.multilingual = true;
  const WindowResult result = Decode(recognizer, Tone(1), options);
  EXPECT_EQ(result.language, "de");
  EXPECT_EQ(result.segments.at(0).language, "de");
}

// A word over and over, twenty times in a second: a loop, unless the caller says that none is.
TEST(WhisperOptions, when_the_text_loops_the_window_is_decoded_again) {
  TinyModel model = Sentence(std::vector<int>(20, kHello));
  // To stop is a little less likely than to go on, but to go on is doubtful for long: a beam sees
  // it. (A token speaks for itself once more, so more than half a doubt is even.)
  model.doubts[2] = {model.End(), 0.59f};
  for (std::size_t position = 4; position < 18; position += 2) {
    model.doubts[position] = {kWorld, 0.6f};
  }
  DecodeOptions options = Greedy();
  options.temperatures = {0};
  options.log_prob_threshold = -1000;
  options.retry_beam_size = 4;
  options.length_penalty = 0;
  options.compression_ratio_threshold = 0;
  const WindowResult loop = Say(model, options);
  EXPECT_GT(loop.segments.at(0).compression_ratio, 2.4);
  EXPECT_EQ(loop.segments.at(0).pass, DecodingPass::kFirst);
  options.compression_ratio_threshold = 2.4;
  const WindowResult mended = Say(model, options);
  EXPECT_EQ(TextOf(mended), "[hello]");
  EXPECT_EQ(mended.segments.at(0).pass, DecodingPass::kBeam);
}

TEST(DecodingLadder, when_a_text_fails_the_search_widens_and_then_texts_are_drawn) {
  DecodeOptions options = DefaultDecoding();
  options.retry_beam_size = 5;
  options.temperatures = {0, 0.5};
  const auto ladder = LadderFor(options);
  ASSERT_EQ(ladder.size(), 4u);
  EXPECT_EQ(ladder[0].kind, DecodingPass::kFirst);
  EXPECT_EQ(ladder[0].beam_size, 1);
  EXPECT_EQ(ladder[1].kind, DecodingPass::kBeam);
  EXPECT_EQ(ladder[1].beam_size, 5);
  EXPECT_EQ(ladder[2].kind, DecodingPass::kFull);
  EXPECT_EQ(ladder[3].kind, DecodingPass::kSampled);
  EXPECT_DOUBLE_EQ(ladder[3].temperature, 0.5);
  options.retry_beam_size = 0;
  options.temperatures = {0};
  EXPECT_EQ(LadderFor(options).size(), 2u);
}

}  // namespace
}  // namespace cpw

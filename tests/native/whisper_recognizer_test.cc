#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "core/error.h"
#include "engines/whisper/backends.h"
#include "engines/whisper/recognizer.h"
#include "whisper_recognizer_fixtures.h"
#include "whisper_tiny_model.h"

namespace cpw {
namespace {

using namespace recognizer_test;

TEST(WhisperRecognizer, when_the_device_does_not_exist_the_error_says_what_does) {
  Job job;
  for (const char* device : {"cuda", "metal", "quantum"}) {
    WhisperLoadOptions options = Load(EnglishPath());
    options.device = device;
    options.device_index = 99;
    const std::string message =
        ErrorOf(ErrorCode::kUnsupportedDevice, [&] { WhisperRecognizer(options, job); });
    EXPECT_NE(message.find(device), std::string::npos) << message;
    EXPECT_NE(message.find("cpu: "), std::string::npos) << message;
  }
}

TEST(WhisperRecognizer, when_asked_what_it_can_compute_on_it_names_three_devices) {
  const std::vector<BackendReport> reports = WhisperBackends();
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_EQ(reports[0].device, "cpu");
  EXPECT_TRUE(reports[0].available);
  for (const BackendReport& report : reports) EXPECT_FALSE(report.detail.empty());
}

TEST(WhisperRecognizer, when_the_load_is_aborted_it_ends_without_a_model) {
  Job job;
  job.Abort();
  EXPECT_THROW(WhisperRecognizer(Load(EnglishPath()), job), Aborted);
}

TEST(WhisperRecognizer, when_an_option_cannot_be_met_the_error_names_it) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  DecodeOptions options = Greedy("de");
  EXPECT_NE(ErrorOf(ErrorCode::kUnsupportedLanguage, [&] { Decode(recognizer, Tone(1), options); })
                .find("'de'"),
            std::string::npos);
  options = Greedy();
  options.translate = true;
  EXPECT_NE(ErrorOf(ErrorCode::kUnsupportedLanguage, [&] { Decode(recognizer, Tone(1), options); })
                .find("translate"),
            std::string::npos);
  for (const int beam : {0, 9}) {
    options = Greedy();
    options.beam_size = beam;
    EXPECT_NE(ErrorOf(ErrorCode::kInvalidOptions, [&] { Decode(recognizer, Tone(1), options); })
                  .find("asked for " + std::to_string(beam)),
              std::string::npos);
  }
  WhisperRecognizer multilingual(Load(GermanPath()), job);
  EXPECT_NE(ErrorOf(ErrorCode::kUnsupportedLanguage,
                    [&] { Decode(multilingual, Tone(1), Greedy("klingon")); })
                .find("en, zh, de"),
            std::string::npos);
}

TEST(WhisperRecognizer, when_the_audio_is_not_made_of_numbers_the_error_says_so) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto window = std::make_shared<Window>(*Tone(1));
    window->samples[100] = bad;
    ErrorOf(ErrorCode::kUnsupportedMedia, [&] { Decode(recognizer, window, Greedy()); });
  }
}

TEST(WhisperRecognizer, when_an_english_model_decodes_the_segments_carry_text_times_and_odds) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  EXPECT_EQ(recognizer.info().engine, "whisper");
  EXPECT_EQ(recognizer.info().device, "cpu");
  EXPECT_EQ(recognizer.info().compute_type, "f16");
  EXPECT_EQ(recognizer.info().languages, std::vector<std::string>{"en"});
  EXPECT_FALSE(recognizer.info().multilingual);
  for (const char* language : {"", "en"}) {
    for (const int beam : {1, 5}) {
      DecodeOptions options = Greedy(language);
      options.beam_size = beam;
      const WindowResult result = Decode(recognizer, Tone(0.85), options);
      ASSERT_EQ(TextOf(result), "[hello][world]") << "beam " << beam;
      EXPECT_EQ(result.language, "en");
      EXPECT_NEAR(result.segments[0].start, 0, 0.001);
      EXPECT_NEAR(result.segments[0].end, 0.4, 0.001);
      EXPECT_NEAR(result.segments[1].end, 0.8, 0.001);
      EXPECT_NEAR(result.segments[0].avg_logprob, 0, 0.01);
      EXPECT_NEAR(result.segments[0].no_speech_prob, 0, 0.01);
      EXPECT_NEAR(result.consumed, 0.85, 0.001);
    }
  }
}

TEST(WhisperRecognizer, when_no_language_is_given_the_window_tells_it) {
  Job job;
  WhisperRecognizer recognizer(Load(GermanPath()), job);
  EXPECT_TRUE(recognizer.info().multilingual);
  EXPECT_EQ(recognizer.info().languages.size(), 99u);
  const auto scores = recognizer.DetectLanguage(Tone(1), std::make_shared<Job>()).get();
  ASSERT_EQ(scores.size(), 99u);
  EXPECT_EQ(scores[0].language, "de");
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    sum += scores[i].probability;
    EXPECT_LE(scores[i].probability, scores[i > 0 ? i - 1 : 0].probability);
  }
  EXPECT_NEAR(sum, 1, 1e-6);
  const WindowResult detected = Decode(recognizer, Tone(1), Greedy(""));
  EXPECT_EQ(detected.language, "de");
  EXPECT_EQ(TextOf(detected), "[hello world]");
  EXPECT_EQ(TextOf(Decode(recognizer, Tone(1), Greedy("fr"))), "[hello world]");
}

TEST(WhisperRecognizer, when_an_english_model_is_asked_for_the_language_it_is_english) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  const auto scores = recognizer.DetectLanguage(Tone(1), std::make_shared<Job>()).get();
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].language, "en");
  EXPECT_EQ(scores[0].probability, 1);
}

TEST(WhisperRecognizer, when_the_caller_seeks_an_open_sentence_is_left_to_the_next_window) {
  TinyModel model;
  model.script = {model.Time(0), TinyModel::kHello, model.Time(0.8), model.Time(0.8),
                  TinyModel::kWorld};
  const TemporaryFile file(Joined(model.Build()));
  Job job;
  WhisperRecognizer recognizer(Load(file.path()), job);
  DecodeOptions options = Greedy();
  options.seeks = true;
  const WindowResult seeking = Decode(recognizer, Tone(3), options);
  EXPECT_EQ(TextOf(seeking), "[hello]");
  EXPECT_NEAR(seeking.consumed, 0.8, 0.001);
  const WindowResult whole = Decode(recognizer, Tone(3), Greedy());
  EXPECT_EQ(TextOf(whole), "[hello][hello][hello][hello]");
  EXPECT_NEAR(whole.consumed, 3, 0.001);
  EXPECT_NEAR(whole.segments.back().start, 2.4, 0.001);
}

TEST(WhisperRecognizer, when_the_window_is_shorter_than_a_spectrum_nothing_is_read_past_it) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  for (const std::size_t samples : {0, 1, 2, 199, 200, 201, 1599, 1600}) {
    auto window = std::make_shared<Window>();
    window->samples.assign(samples, 0.25f);
    const WindowResult result = Decode(recognizer, window, Greedy());
    EXPECT_NEAR(result.consumed, window->duration(), 1e-9);
    for (const Segment& segment : result.segments) EXPECT_LE(segment.end, window->duration());
    EXPECT_TRUE(samples > 0 || result.segments.empty());
  }
}

// The script answers at the position that follows the prompt: what is heard tells its length.
TEST(WhisperRecognizer, when_there_is_a_prompt_its_last_223_tokens_come_before_the_window) {
  TinyModel model;
  model.audio_context = 1500;  // lets the first time stand later
  model.script.assign(448, model.Time(0.9));
  const auto answer = [&model](std::size_t position, int word) {
    model.script[position] = model.Time(0);
    model.script[position + 1] = word;
    model.script[position + 2] = model.Time(0.4);
    model.script[position + 3] = model.End();
  };
  answer(2, TinyModel::kWorld);    // <prev> " hello" <sot>
  answer(224, TinyModel::kHello);  // <prev> 223 tokens <sot>
  const TemporaryFile file(Joined(model.Build()));
  Job job;
  WhisperRecognizer recognizer(Load(file.path()), job);
  DecodeOptions options = Greedy();
  options.initial_prompt = " hello ";
  EXPECT_EQ(TextOf(Decode(recognizer, Tone(0.85), options)), "[world]");
  options.initial_prompt = std::string(300000, 'a');
  EXPECT_EQ(TextOf(Decode(recognizer, Tone(0.85), options)), "[hello]");
  for (const std::string& prompt : {std::string("\xff\xfe\xe2\x82"), std::string(3, '\0'),
                                    std::string(100000, ' ') + "b", std::string(" ")}) {
    options.initial_prompt = prompt;
    EXPECT_NO_THROW(Decode(recognizer, Tone(0.2), options)) << prompt.size();
  }
}

TEST(WhisperRecognizer, when_aborted_it_stops_and_works_on) {
  TinyModel model;
  model.script = {model.Time(0)};
  for (int i = 0; i < 150; ++i) model.script.push_back(1000 + i);  // long to recite
  model.script.push_back(model.Time(0.8));
  const TemporaryFile file(Joined(model.Build()));
  Job loading;
  WhisperRecognizer recognizer(Load(file.path()), loading);
  auto before = std::make_shared<Job>();
  before->Abort();
  EXPECT_THROW(recognizer.Submit(Tone(1), Greedy(), before).get(), Aborted);
  for (const int delay_ms : {0, 5, 20}) {
    DecodeOptions options = Greedy();
    options.beam_size = 4;
    auto job = std::make_shared<Job>();
    auto aborted = recognizer.Submit(Tone(0.85), options, job);
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
    job->Abort();
    EXPECT_THROW(aborted.get(), Aborted) << delay_ms;
  }
  EXPECT_NE(TextOf(Decode(recognizer, Tone(0.85), Greedy())), "");
}

TEST(WhisperRecognizer, when_several_windows_run_at_once_each_is_as_if_it_ran_alone) {
  Job job;
  auto recognizer = std::make_unique<WhisperRecognizer>(Load(GermanPath(), 3), job);
  EXPECT_EQ(recognizer->parallelism(), 3);
  std::vector<std::future<WindowResult>> results;
  std::vector<std::future<std::vector<LanguageScore>>> languages;
  for (int i = 0; i < 12; ++i) {
    DecodeOptions options = Greedy(i % 2 ? "" : "en");
    options.beam_size = i % 3 ? 1 : 4;
    results.push_back(recognizer->Submit(Tone(0.7 + 0.02 * i), options, std::make_shared<Job>()));
    languages.push_back(recognizer->DetectLanguage(Tone(0.5), std::make_shared<Job>()));
  }
  recognizer.reset();  // waits for what was submitted
  for (int i = 0; i < 12; ++i) {
    const WindowResult result = results[static_cast<std::size_t>(i)].get();
    EXPECT_EQ(TextOf(result), "[hello world]") << i;
    EXPECT_EQ(result.language, i % 2 ? "de" : "en");
    EXPECT_EQ(languages[static_cast<std::size_t>(i)].get().front().language, "de");
  }
}

TEST(WhisperRecognizer, when_a_window_comes_after_others_its_beam_search_finds_the_same) {
  TinyModel model;
  // Nothing fits the first position, so beams part at once and the drawn tokens differ.
  model.script = {model.End(), TinyModel::kHello, TinyModel::kWorld, model.Time(0.6)};
  const TemporaryFile file(Joined(model.Build()));
  Job job;
  DecodeOptions options = Greedy();
  options.beam_size = 3;
  WhisperRecognizer fresh(Load(file.path()), job);
  const std::string alone = TextOf(Decode(fresh, Tone(0.7), options));
  WhisperRecognizer used(Load(file.path()), job);
  Decode(used, Tone(0.7), options);
  Decode(used, Tone(0.7), Greedy());
  EXPECT_EQ(TextOf(Decode(used, Tone(0.7), options)), alone);
}

}  // namespace
}  // namespace cpw

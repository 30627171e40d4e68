#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "core/error.h"
#include "decoding_fixtures.h"
#include "engines/whisper/backends.h"
#include "engines/whisper/recognizer.h"
#include "whisper_tiny_model.h"

namespace cpw::recognizer_test {

using test::TemporaryFile;
using test::TinyModel;

// hello (0.00-0.40) world (0.40-0.80), and again for each chunk that upstream goes on to.
inline TinyModel EnglishModel() {
  TinyModel model;
  model.script = {model.Time(0),   TinyModel::kHello, model.Time(0.4),
                  model.Time(0.4), TinyModel::kWorld, model.Time(0.8)};
  return model;
}

// Its first position names German when the prompt ends there, which is how a language is detected.
inline TinyModel GermanModel() {
  TinyModel model;
  model.multilingual = true;
  model.script = {model.Language(2), model.End(),       model.Time(0),
                  TinyModel::kHello, TinyModel::kWorld, model.Time(0.6)};
  return model;
}

inline const std::string& EnglishPath() {
  static const TemporaryFile file(Joined(EnglishModel().Build()));
  return file.path();
}

inline const std::string& GermanPath() {
  static const TemporaryFile file(Joined(GermanModel().Build()));
  return file.path();
}

inline WhisperLoadOptions Load(const std::string& path, int replicas = 1) {
  return {path, "cpu", 0, replicas, 1};
}

inline DecodeOptions Greedy(const std::string& language = "en") {
  DecodeOptions options = DefaultDecoding();
  options.language = language;
  return options;
}

inline std::shared_ptr<const Window> Tone(double seconds) {
  auto window = std::make_shared<Window>();
  window->samples.resize(static_cast<std::size_t>(seconds * kSampleRate));
  for (std::size_t i = 0; i < window->samples.size(); ++i) {
    window->samples[i] = 0.1f * std::sin(0.05f * static_cast<float>(i));
  }
  return window;
}

template <typename Call>
inline std::string ErrorOf(ErrorCode code, Call call) {
  try {
    call();
  } catch (const CpwError& error) {
    EXPECT_EQ(CodeName(error.code()), std::string(CodeName(code))) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

inline WindowResult Decode(WhisperRecognizer& recognizer, std::shared_ptr<const Window> window,
                           const DecodeOptions& options) {
  return recognizer.Submit(std::move(window), options, std::make_shared<Job>()).get();
}

inline std::string TextOf(const WindowResult& result) {
  std::string text;
  for (const Segment& segment : result.segments) text += "[" + segment.text + "]";
  return text;
}

}  // namespace cpw::recognizer_test

#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <random>

#include "core/error.h"
#include "decoding_fixtures.h"
#include "engines/silero/speech_detector.h"
#include "engines/whisper/recognizer.h"
#include "whisper_tiny_model.h"

namespace cpw::model_files_test {

using test::Int;
using test::Piece;
using test::Pieces;
using test::TemporaryFile;
using test::TinyModel;

inline TinyModel SmallModel() {
  TinyModel model;
  model.script = {model.Time(0), TinyModel::kHello, model.Time(0.4)};
  return model;
}

inline const Pieces& WhisperPieces() {
  static const Pieces pieces = SmallModel().Build();
  return pieces;
}

inline std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The published Silero file, taken apart.
inline Pieces ReadSilero() {
  const std::string bytes = ReadAll(CPW_TEST_DATA "/models/silero-v6.2.0-ggml.bin");
  Pieces pieces;
  std::size_t position = 0;
  const auto take = [&](const std::string& what, std::size_t count, bool structure = true) {
    pieces.push_back({what, bytes.substr(position, count), structure});
    position += count;
    std::int32_t value = 0;
    std::memcpy(&value, pieces.back().bytes.data(), std::min(count, sizeof value));
    return value;
  };
  take("magic", 4);
  take("type", static_cast<std::size_t>(take("type length", 4)));
  for (int i = 0; i < 3; ++i) take("version", 4);
  for (int i = 0; i < 19; ++i) take("header number", 4);
  while (position < bytes.size()) {
    const int dims = take("n_dims", 4);
    const auto length = static_cast<std::size_t>(take("name length", 4));
    std::size_t size = take("tensor type", 4) == 0 ? 4 : 2;
    for (int i = 0; i < dims; ++i) size *= static_cast<std::size_t>(take("dimension", 4));
    take("name", length);
    take("data", size, false);
  }
  return pieces;
}

inline const Pieces& SileroPieces() {
  static const Pieces pieces = ReadSilero();
  return pieces;
}

inline void UseWhisper(const std::string& path) {
  Job job;
  WhisperRecognizer recognizer({path, "cpu", 0, 1, 1}, job);
  auto window = std::make_shared<Window>();
  window->samples.assign(4000, 0.1f);
  recognizer.Submit(window, DefaultDecoding(), std::make_shared<Job>()).get();
}

inline void UseSilero(const std::string& path) {
  const SpeechDetector detector(path);
  const std::vector<float> samples(4 * SpeechScorer::kFrameSamples, 0.1f);
  EXPECT_EQ(detector.MakeScorer()->Score(samples).size(), 4u);
}

struct FileKind {
  const char* name;
  const Pieces& (*pieces)();
  void (*use)(const std::string& path);
};

const FileKind kKinds[] = {{"Whisper", WhisperPieces, UseWhisper},
                           {"Silero", SileroPieces, UseSilero}};

// The message of the expected refusal, "" when the file was taken.
inline std::string Refusal(const FileKind& kind, const std::string& path,
                           ErrorCode code = ErrorCode::kModelIncompatible) {
  try {
    kind.use(path);
  } catch (const CpwError& error) {
    EXPECT_STREQ(CodeName(error.code()), CodeName(code)) << error.what();
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    return error.what();
  }
  return "";
}

}  // namespace cpw::model_files_test

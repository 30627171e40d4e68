#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "engines/ctranslate2/subword.h"
#include "engines/ctranslate2/translator.h"

namespace cpw {
namespace {

namespace fs = std::filesystem;
using testing::ModelFolder;

const fs::path kDemo = fs::path(CPW_TEST_DATA) / ".." / ".." / "models" / "demo-translate";
constexpr const char* kFiles[] = {"config.json", "model.bin", "sentencepiece.bpe.model",
                                  "shared_vocabulary.json"};

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void PutDemo(const ModelFolder& folder) {
  for (const char* name : kFiles) folder.Put(name, Read(kDemo / name));
}

std::unique_ptr<Translator> Load(const std::string& path, int replicas = 2) {
  Job job;
  return std::make_unique<Translator>(ModelLoadOptions{path, "cpu", 0, "int8_float32", replicas, 1},
                                      job);
}

TranslateOptions ToSpanish() {
  TranslateOptions options{};
  options.source = "eng_Latn";
  options.target = "spa_Latn";
  options.script = "Latn";
  options.separator = " ";
  options.beam_size = 1;
  options.alternatives = 1;
  options.patience = 1;
  options.length_penalty = 1;
  options.repetition_penalty = 1;
  options.scores = true;
  return options;
}

int MutationCount() {
  const char* text = std::getenv("CPW_TEST_MUTATIONS");
  return text ? std::atoi(text) : 200;
}

std::string Damaged(std::string bytes, std::mt19937& random) {
  if (bytes.empty()) return bytes;
  if (random() % 4 == 0) return bytes.substr(0, random() % bytes.size());
  for (std::size_t i = 0, count = 1 + random() % 8; i < count; ++i) {
    bytes[random() % bytes.size()] = static_cast<char>(random());
  }
  return bytes;
}

TEST(Subword, WhenAModelFileIsDamagedThenItIsRefusedOrWorks) {
  const std::string good = Read(kDemo / "sentencepiece.bpe.model");
  ASSERT_FALSE(good.empty());
  const ModelFolder folder;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < MutationCount(); ++i) {
    folder.Put("model", Damaged(good, random));
    try {
      const Subword subword(folder.path() + "/model");
      const auto pieces = subword.Encode("This is ﬁne: ½ × Ⅷ. यह ठीक है। 你好\xFF");
      subword.Decode(pieces);
    } catch (const CpwError& error) {
      EXPECT_TRUE(error.code() == ErrorCode::kModelIncompatible ||
                  error.code() == ErrorCode::kInferenceFailed)
          << error.what();
    }
  }
}

TEST(Translator, WhenAFileOfAModelIsDamagedThenItIsRefusedOrWorks) {
  const ModelFolder folder;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < MutationCount() / 8; ++i) {
    PutDemo(folder);
    const char* name = kFiles[static_cast<std::size_t>(i) % std::size(kFiles)];
    folder.Put(name, Damaged(Read(kDemo / name), random));
    try {
      Load(folder.path(), 1)
          ->Translate({"This is my uncle."}, ToSpanish(), std::make_shared<Job>());
    } catch (const CpwError&) {
      // Refused in words.
    }
  }
}

TEST(Translator, WhenFilesAreMissingThenTheErrorNamesThem) {
  for (const char* name : kFiles) {
    const ModelFolder folder;
    PutDemo(folder);
    folder.Delete(name);
    try {
      Load(folder.path());
      FAIL() << name;
    } catch (const CpwError& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModelNotFound) << error.what();
    }
  }
}

TEST(Translator, WhenTextsAreTranslatedThenEachHasItsOwn) {
  const auto translator = Load(kDemo.string());
  const auto found = translator->Translate({"I am hungry.", "", "Do not worry."}, ToSpanish(),
                                           std::make_shared<Job>());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].hypotheses.at(0).text, "Tengo hambre.");
  EXPECT_EQ(found[1].hypotheses.at(0).text, "");
  EXPECT_EQ(found[2].hypotheses.at(0).text, "No te preocupes.");
  EXPECT_FALSE(found[0].cut_off);
  EXPECT_LT(found[0].hypotheses[0].score, 0);
}

TEST(Translator, WhenTheVocabularyIsRestrictedThenTheScoresOfBeamsAreCountedByIt) {
  const auto translator = Load(kDemo.string());
  auto options = ToSpanish();
  options.beam_size = 4;
  options.alternatives = 2;
  const auto found = translator->Translate({"This is my uncle."}, options, std::make_shared<Job>());
  ASSERT_EQ(found[0].hypotheses.size(), 2U);
  EXPECT_EQ(found[0].hypotheses[0].text, "Este es mi tío.");
}

TEST(Translator, WhenManyCallsRunAndHalfAreAbortedThenTheOthersAreWhole) {
  const auto translator = Load(kDemo.string());
  const std::vector<std::string> texts(100, "I am hungry.");
  std::vector<std::thread> threads;
  std::atomic<int> whole{0};
  std::atomic<int> aborted{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto job = std::make_shared<Job>();
      std::thread aborter([&] {
        if (i % 2 == 0) job->Abort();
      });
      try {
        const auto found = translator->Translate(texts, ToSpanish(), job);
        whole += found.back().hypotheses.at(0).text == "Tengo hambre." ? 1 : 0;
      } catch (const Aborted&) {
        ++aborted;
      }
      aborter.join();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GE(whole, 4);
  EXPECT_EQ(whole + aborted, 8);
}

}  // namespace
}  // namespace cpw

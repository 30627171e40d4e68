#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/recognizer.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;
using testing::TinyModel;

constexpr int kDefaultMutations = 200;
constexpr int kUseEvery = 8;  // of those that load: an encoder pass takes longer than all the rest

int MutationCount() {
  const char* text = std::getenv("CPW_TEST_MUTATIONS");
  return text ? std::atoi(text) : kDefaultMutations;
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  // Changes a good model into one that is probably bad, and writes it.
  void Write(const TinyModel& good, const ModelFolder& folder) {
    TinyModel model = good;
    folder.Put("vocabulary.json", model.VocabularyJson());
    folder.Put("config.json", model.config);
    switch (Below(8)) {
      case 0:
      case 1:
        return folder.Put("model.bin", BreakFields(model));
      case 2:
        return folder.Put("model.bin", Cut(model.ModelBin()));
      case 3:
        BreakStructure(model);
        return folder.Put("model.bin", model.ModelBin());
      case 4:
        BreakWeights(model);
        return folder.Put("model.bin", model.ModelBin());
      case 5:
        folder.Put("model.bin", model.ModelBin());
        BreakTokens(model);
        return folder.Put("vocabulary.json", model.VocabularyJson());
      case 6:
        folder.Put("model.bin", model.ModelBin());
        return folder.Put("vocabulary.json", BreakText(model.VocabularyJson()));
      default:
        folder.Put("model.bin", model.ModelBin());
        return folder.Put("config.json", BreakText(model.config));
    }
  }

 private:
  static constexpr std::uint32_t kEdges[] = {0,      1,          2,          0x7F,       0x80,
                                             0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1U << 28};

  std::string BreakFields(const TinyModel& model) {
    std::vector<std::size_t> fields;
    std::string bytes = model.ModelBin(&fields);
    for (std::size_t i = 0, count = 1 + Below(3); i < count; ++i) {
      const std::size_t at = fields[Below(fields.size())];
      if (Below(2) == 0) {
        bytes[at] = static_cast<char>(Below(256));
      } else {
        const std::uint32_t edge = kEdges[Below(std::size(kEdges))];
        std::memcpy(&bytes[at], &edge, std::min(sizeof(edge), bytes.size() - at));
      }
    }
    return bytes;
  }

  std::string Cut(std::string bytes) {
    switch (Below(3)) {
      case 0:
        return bytes.substr(0, Below(bytes.size()));
      case 1:
        return bytes.erase(Below(bytes.size()), 1 + Below(64));
      default:
        return bytes.insert(Below(bytes.size()), std::string(1 + Below(64), '\1'));
    }
  }

  // The sizes still fit the shapes: only the meaning is wrong.
  void BreakStructure(TinyModel& model) {
    constexpr std::size_t kBytes[] = {4, 1, 2, 4, 2, 2};
    auto& all = model.variables;
    auto& variable = all[Below(all.size())];
    switch (Below(7)) {
      case 0:
        return model.Remove(std::string(variable.name));
      case 1:
        return std::swap(variable.name, all[Below(all.size())].name);
      case 2:
        return all.push_back(variable);
      case 3: {
        const std::size_t items = variable.data.size() / kBytes[variable.type];
        variable.type = static_cast<std::uint8_t>(Below(6));
        return variable.data.resize(items * kBytes[variable.type]);
      }
      case 4:
        if (variable.dims.size() > 1) std::swap(variable.dims[0], variable.dims[1]);
        return;
      case 5: {
        if (variable.dims.empty()) return;
        const std::size_t row = variable.data.size() / variable.dims[0];
        variable.dims[0] = static_cast<std::uint32_t>(1 + Below(2 * variable.dims[0]));
        return variable.data.resize(row * variable.dims[0]);
      }
      default:
        model.aliases.emplace_back(variable.name + "_scale", all[Below(all.size())].name);
    }
  }

  void BreakWeights(TinyModel& model) {
    auto& data = model.variables[Below(model.variables.size())].data;
    for (std::size_t i = 0, count = 1 + Below(200); i < count; ++i) {
      data[Below(data.size())] = static_cast<char>(Below(256));
    }
  }

  void BreakTokens(TinyModel& model) {
    auto& tokens = model.tokens;
    const std::size_t special = model.IdOf("<|endoftext|>");
    const std::size_t at = Below(2) == 0 ? Below(tokens.size()) : special + Below(20);
    switch (Below(4)) {
      case 0:
        tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at));
        return;
      case 1:
        return std::swap(tokens[at], tokens[Below(tokens.size())]);
      case 2:
        tokens[at] = tokens[Below(tokens.size())];
        return;
      default:
        tokens[at] = std::string(Below(300), 'x');
    }
  }

  std::string BreakText(std::string text) {
    constexpr const char* kPieces[] = {
        "-1", "99999999999999999999", "null", "{", "]", "\"", "1e9", "[[[[[[", "\\ud800", "\xFF",
        ""};
    for (std::size_t i = 0, count = 1 + Below(3); i < count; ++i) {
      text.replace(Below(text.size()), Below(4), kPieces[Below(std::size(kPieces))]);
    }
    return text;
  }

  std::mt19937 random_;
};

std::shared_ptr<const Window> Second() {
  auto window = std::make_shared<Window>();
  window->samples.resize(kSampleRate, 0.1F);
  return window;
}

void Load(const ModelFolder& folder, bool use) {
  const auto job = std::make_shared<Job>();
  CTranslate2Recognizer recognizer({folder.path(), "cpu", 0, "default", 1, 1}, *job);
  if (!use) return;
  DecodeOptions options = DefaultDecoding();
  options.language.clear();
  options.retry_beam_size = 2;
  options.initial_prompt = "hello";
  recognizer.Submit(Second(), options, job).get();
}

TEST(CTranslate2Mutations, WhenAModelFolderIsDamagedThenItIsRefusedOrRunsClean) {
  const unsigned first_seed = std::random_device{}();
  const TinyModel good = MakeTinyModel();
  const ModelFolder folder;
  std::map<std::string, int> outcomes;
  int loaded = 0;
  for (int i = 0; i < MutationCount(); ++i) {
    const unsigned seed = first_seed + static_cast<unsigned>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Mutator(seed).Write(good, folder);
    try {
      Load(folder, loaded % kUseEvery == 0);
      ++loaded;
      ++outcomes["runs"];
    } catch (const CpwError& error) {
      ++outcomes[CodeName(error.code())];
      const bool expected = error.code() == ErrorCode::kModelIncompatible ||
                            error.code() == ErrorCode::kInferenceFailed;
      EXPECT_TRUE(expected) << CodeName(error.code()) << ": " << error.what();
    }
  }
  EXPECT_GT(outcomes["CPW_MODEL_INCOMPATIBLE"], MutationCount() / 4);
  for (const auto& [outcome, count] : outcomes) RecordProperty(outcome, count);
}

}  // namespace
}  // namespace cpw

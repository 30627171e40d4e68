#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "engines/ctranslate2/whisper_folder.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;
using testing::TinyModel;

void Expect(const std::string& path, ErrorCode code, const std::string& words) {
  try {
    CheckWhisperFolder(path);
    FAIL() << "accepted, expected: " << words;
  } catch (const CpwError& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

void ExpectRefused(const std::function<void(TinyModel&)>& change, const std::string& words) {
  TinyModel model = MakeTinyModel();
  change(model);
  const ModelFolder folder(model);
  Expect(folder.path(), ErrorCode::kModelIncompatible, words);
}

TEST(CheckWhisperFolder, WhenNothingIsThereThenTheErrorNamesWhatIsMissing) {
  Expect("/nowhere/at/all", ErrorCode::kModelNotFound, "/nowhere/at/all");
  const ModelFolder empty;
  Expect(empty.path(), ErrorCode::kModelNotFound, "model.bin");
  for (const char* file : {"vocabulary.json", "config.json"}) {
    const ModelFolder folder(MakeTinyModel());
    folder.Delete(file);
    Expect(folder.path(), ErrorCode::kModelNotFound, file);
  }
}

TEST(CheckWhisperFolder, WhenTheFolderHoldsAnotherKindOfModelThenTheErrorSaysWhich) {
  ExpectRefused([](TinyModel& model) { model.spec = "TransformerSpec"; }, "TransformerSpec");
}

TEST(CheckWhisperFolder, WhenModelBinIsCutOffAnywhereThenItIsRefused) {
  std::vector<std::size_t> fields;
  const TinyModel model = MakeTinyModel();
  const std::string whole = model.ModelBin(&fields);
  const ModelFolder folder(model);
  for (std::size_t i = 0; i < fields.size(); i += 29) {
    folder.Put("model.bin", whole.substr(0, fields[i]));
    Expect(folder.path(), ErrorCode::kModelIncompatible, "model.bin");
  }
  folder.Put("model.bin", whole + "x");
  Expect(folder.path(), ErrorCode::kModelIncompatible, "1 bytes more");
  folder.Put("model.bin", "");
  Expect(folder.path(), ErrorCode::kModelIncompatible, "cut off");
}

TEST(CheckWhisperFolder, WhenTheHeaderIsWrongThenItIsRefused) {
  ExpectRefused([](TinyModel& model) { model.version = 7; }, "format 4 to 6");
  ExpectRefused([](TinyModel& model) { model.version = 0x67676d6c; }, "format 4 to 6");
  ExpectRefused([](TinyModel& model) { model.revision = 9; }, "revision 9");
  ExpectRefused([](TinyModel& model) { model.variables.clear(); }, "0 variables");
}

TEST(CheckWhisperFolder, WhenVariablesAreMissingStrangeOrDoubleThenTheErrorNamesThem) {
  const std::string bias = "decoder/layer_0/attention/linear_2/bias";
  ExpectRefused([&](TinyModel& model) { model.Remove(bias); }, bias);
  ExpectRefused([&](TinyModel& model) { model.Get(bias).name = "stray"; }, bias);
  ExpectRefused([&](TinyModel& model) { model.variables.push_back(model.Get(bias)); }, "twice");
  ExpectRefused(
      [](TinyModel& model) {
        model.variables.push_back({"decoder/layer_0/self_attention/rotary_dim", {}, 0, "abcd"});
      },
      "rotary_dim");
  ExpectRefused([](TinyModel& model) { model.aliases.clear(); }, "decoder/projection/weight");
  ExpectRefused([](TinyModel& model) { model.aliases[0].second = "x"; }, "'x'");
}

TEST(CheckWhisperFolder, WhenShapesTypesAndSizesDisagreeThenTheErrorNamesTheVariable) {
  const std::string weight = "encoder/layer_0/ffn/linear_1/weight";
  ExpectRefused(
      [&](TinyModel& model) { std::swap(model.Get(weight).dims[0], model.Get(weight).dims[1]); },
      weight);
  ExpectRefused([&](TinyModel& model) { model.Get(weight).dims = {0, 5}; }, "bad shape");
  ExpectRefused([&](TinyModel& model) { model.Get(weight).dims = {~0U, ~0U, ~0U}; }, "bad shape");
  ExpectRefused([&](TinyModel& model) { model.Get(weight).type = 9; }, "unknown type");
  ExpectRefused([&](TinyModel& model) { model.Get(weight).data.pop_back(); }, "size");
  ExpectRefused([&](TinyModel& model) { model.Get(weight).type = 3; }, "type");
  ExpectRefused([](TinyModel& model) { model.Get("encoder/num_heads").data[0] = 0; }, "num_heads");
  ExpectRefused([](TinyModel& model) { model.Get("decoder/num_heads").data[0] = 7; }, "num_heads");
  ExpectRefused([](TinyModel& model) { model.Get("decoder/activation").data[0] = 0; },
                "activation");
}

TEST(CheckWhisperFolder, WhenInt8WeightsHaveNoScaleThenItIsRefused) {
  ExpectRefused(
      [](TinyModel& model) {
        auto& weight = model.Get("encoder/layer_0/ffn/linear_1/weight");
        weight.type = 1;
        weight.data.resize(weight.data.size() / 4);
      },
      "linear_1/weight_scale");
}

TEST(CheckWhisperFolder, WhenTheVocabularyDoesNotFitThenItIsRefused) {
  ExpectRefused([](TinyModel& model) { model.tokens.erase(model.tokens.begin()); }, "tokens");
  ExpectRefused([](TinyModel& model) { model.tokens[model.IdOf("<|transcribe|>")] = "x"; },
                "<|transcribe|>");
  ExpectRefused([](TinyModel& model) { std::swap(model.tokens[3], model.tokens.back()); },
                "<|30.00|>");
  ExpectRefused(
      [](TinyModel& model) {
        std::swap(model.tokens[model.IdOf("<|endoftext|>")], model.tokens[model.IdOf("<|en|>")]);
      },
      "order");
  const ModelFolder folder(MakeTinyModel());
  for (const char* json : {"", "[", "{}", "[1, 2]", "null", "[\"\xFF\"]"}) {
    folder.Put("vocabulary.json", json);
    Expect(folder.path(), ErrorCode::kModelIncompatible, "vocabulary.json");
  }
}

TEST(CheckWhisperFolder, WhenTheConfigurationIsWrongThenTheErrorNamesTheKey) {
  const ModelFolder folder(MakeTinyModel());
  const auto refused = [&](const std::string& json, const std::string& words) {
    folder.Put("config.json", json);
    Expect(folder.path(), ErrorCode::kModelIncompatible, words);
  };
  const std::string rest = R"("lang_ids": [264], "suppress_ids_begin": []})";
  refused("", "not valid JSON");
  refused("[]", "not a JSON object");
  refused("{}", "suppress_ids");
  refused(R"({"suppress_ids": [-1], )" + rest, "'suppress_ids' holds -1");
  refused(R"({"suppress_ids": [1e3], )" + rest, "suppress_ids");
  refused(R"({"suppress_ids": [99999], )" + rest, "99999");
  refused(R"({"suppress_ids": [], "suppress_ids_begin": [], "lang_ids": []})", "lang_ids");
  refused(R"({"suppress_ids": [], "suppress_ids_begin": [], "lang_ids": [9]})", "no language");
  refused(R"({"suppress_ids": [], "alignment_heads": [[1, 0]], )" + rest, "alignment_heads");
  refused(R"({"suppress_ids": [], "layer_norm_epsilon": "x", )" + rest, "layer_norm_epsilon");
  refused(R"({"suppress_ids": [], "quantization_type": 1, )" + rest, "quantisation");
}

TEST(CheckWhisperFolder, WhenAFolderIsGoodThenItsShapeIsTold) {
  const TinyModel model = MakeTinyModel();
  const ModelFolder folder(model);
  const auto checked = CheckWhisperFolder(folder.path());
  EXPECT_EQ(checked.shape.width, 64);
  EXPECT_EQ(checked.shape.mels, 80);
  EXPECT_EQ(checked.shape.encoder_layers, 1);
  EXPECT_EQ(checked.shape.decoder_layers, 1);
  EXPECT_EQ(checked.shape.vocabulary, static_cast<int>(model.tokens.size()));
}

}  // namespace
}  // namespace cpw

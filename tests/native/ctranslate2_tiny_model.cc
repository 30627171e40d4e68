#include "ctranslate2_tiny_model.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "engines/ctranslate2/tokenizer.h"

namespace cpw::testing {
namespace {

constexpr std::uint32_t kWidth = 64;
constexpr std::uint32_t kInner = 128;
constexpr std::uint32_t kMels = 80;
constexpr std::int16_t kHeads = 2;

class Builder {
 public:
  explicit Builder(TinyModel& model) : model_(model) {}

  void Random(const std::string& name, std::vector<std::uint32_t> dims) {
    Floats(name, std::move(dims), [this] { return weight_(random_); });
  }
  void Constant(const std::string& name, std::vector<std::uint32_t> dims, float value) {
    Floats(name, std::move(dims), [value] { return value; });
  }
  void Scalar(const std::string& name, std::int16_t value) {
    std::string data(sizeof(value), '\0');
    std::memcpy(data.data(), &value, sizeof(value));
    model_.variables.push_back({name, {}, 2, data});
  }
  void Flag(const std::string& name, char value) {
    model_.variables.push_back({name, {}, 1, std::string(1, value)});
  }
  void Linear(const std::string& scope, std::uint32_t rows, std::uint32_t columns) {
    Random(scope + "/weight", {rows, columns});
    Constant(scope + "/bias", {rows}, 0);
  }
  void Norm(const std::string& scope) {
    Constant(scope + "/gamma", {kWidth}, 1);
    Constant(scope + "/beta", {kWidth}, 0);
  }
  void Layer(const std::string& scope, bool cross) {
    Norm(scope + "/self_attention/layer_norm");
    Linear(scope + "/self_attention/linear_0", 3 * kWidth, kWidth);
    Linear(scope + "/self_attention/linear_1", kWidth, kWidth);
    if (cross) {
      Norm(scope + "/attention/layer_norm");
      Linear(scope + "/attention/linear_0", kWidth, kWidth);
      Linear(scope + "/attention/linear_1", 2 * kWidth, kWidth);
      Linear(scope + "/attention/linear_2", kWidth, kWidth);
    }
    Norm(scope + "/ffn/layer_norm");
    Linear(scope + "/ffn/linear_0", kInner, kWidth);
    Linear(scope + "/ffn/linear_1", kWidth, kInner);
  }

 private:
  template <typename Make>
  void Floats(const std::string& name, std::vector<std::uint32_t> dims, Make make) {
    std::size_t count = 1;
    for (const auto dim : dims) count *= dim;
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), make);
    std::string data(count * sizeof(float), '\0');
    std::memcpy(data.data(), values.data(), data.size());
    model_.variables.push_back({name, std::move(dims), 0, std::move(data)});
  }

  TinyModel& model_;
  std::mt19937 random_{7};
  std::uniform_real_distribution<float> weight_{-0.2F, 0.2F};
};

std::vector<std::string> MakeTokens(bool multilingual) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(BytesToStandIns(std::string(1, static_cast<char>(byte))));
  }
  for (const char* word : {" hello", "hello", " world", " the", "lo"}) {
    tokens.push_back(BytesToStandIns(word));
  }
  if (multilingual) tokens.emplace_back();
  for (const char* name :
       {"<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|yue|>", "<|translate|>",
        "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"}) {
    tokens.emplace_back(name);
  }
  for (int i = 0; i <= 1500; ++i) {
    char text[32];
    std::snprintf(text, sizeof(text), "<|%d.%02d|>", i / 50, i % 50 * 2);
    tokens.emplace_back(text);
  }
  return tokens;
}

class Bytes {
 public:
  explicit Bytes(std::vector<std::size_t>* fields) : fields_(fields) {}
  template <typename T>
  void Number(T value) {
    Mark(sizeof(value));
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void String(const std::string& text) {
    Number(static_cast<std::uint16_t>(text.size() + 1));
    Mark(text.size() + 1);
    out_.append(text).push_back('\0');
  }
  void Weights(const std::string& data) { out_ += data; }
  std::string out() const { return out_; }

 private:
  void Mark(std::size_t count) {
    for (std::size_t i = 0; fields_ && i < count; ++i) fields_->push_back(out_.size() + i);
  }
  std::vector<std::size_t>* fields_;
  std::string out_;
};

}  // namespace

TinyVariable& TinyModel::Get(const std::string& name) {
  for (auto& variable : variables) {
    if (variable.name == name) return variable;
  }
  throw std::out_of_range(name);
}

void TinyModel::Remove(const std::string& name) {
  std::erase_if(variables, [&](const TinyVariable& variable) { return variable.name == name; });
}

std::size_t TinyModel::IdOf(const std::string& token) const {
  const auto found = std::find(tokens.begin(), tokens.end(), token);
  if (found == tokens.end()) throw std::out_of_range(token);
  return static_cast<std::size_t>(found - tokens.begin());
}

std::string TinyModel::ModelBin(std::vector<std::size_t>* fields) const {
  Bytes out(fields);
  out.Number(version);
  out.String(spec);
  out.Number(revision);
  out.Number(static_cast<std::uint32_t>(variables.size()));
  for (const auto& variable : variables) {
    out.String(variable.name);
    out.Number(static_cast<std::uint8_t>(variable.dims.size()));
    for (const auto dim : variable.dims) out.Number(dim);
    out.Number(variable.type);
    out.Number(static_cast<std::uint32_t>(variable.data.size()));
    out.Weights(variable.data);
  }
  out.Number(static_cast<std::uint32_t>(aliases.size()));
  for (const auto& [alias, name] : aliases) {
    out.String(alias);
    out.String(name);
  }
  return out.out();
}

std::string TinyModel::VocabularyJson() const {
  std::string json = "[";
  for (const auto& token : tokens) {
    json += json.size() == 1 ? "\"" : ",\n\"";
    for (const char c : token) {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
    json += '"';
  }
  return json + "]";
}

TinyModel MakeTinyModel(bool multilingual) {
  TinyModel model;
  model.tokens = MakeTokens(multilingual);
  const auto vocabulary = static_cast<std::uint32_t>(model.tokens.size());
  Builder build(model);
  build.Random("encoder/conv1/weight", {kWidth, kMels, 3});
  build.Constant("encoder/conv1/bias", {kWidth}, 0);
  build.Random("encoder/conv2/weight", {kWidth, kWidth, 3});
  build.Constant("encoder/conv2/bias", {kWidth}, 0);
  build.Random("encoder/position_encodings/encodings", {1500, kWidth});
  build.Scalar("encoder/num_heads", kHeads);
  build.Layer("encoder/layer_0", false);
  build.Norm("encoder/layer_norm");
  build.Random("decoder/embeddings/weight", {vocabulary, kWidth});
  build.Random("decoder/position_encodings/encodings", {448, kWidth});
  build.Scalar("decoder/num_heads", kHeads);
  build.Flag("decoder/activation", 3);
  build.Flag("decoder/pre_norm", 1);
  build.Flag("decoder/scale_embeddings", 0);
  build.Scalar("decoder/alignment_layer", -1);
  build.Layer("decoder/layer_0", true);
  build.Norm("decoder/layer_norm");
  model.aliases = {{"decoder/projection/weight", "decoder/embeddings/weight"}};
  model.config =
      R"({"alignment_heads": [[0, 1]], "lang_ids": [)" + std::to_string(model.IdOf("<|en|>")) +
      ", " + std::to_string(model.IdOf("<|de|>")) + ", " + std::to_string(model.IdOf("<|yue|>")) +
      R"(], "suppress_ids": [1, 2, 7],)" + R"("suppress_ids_begin": [32]})";
  return model;
}

ModelFolder::ModelFolder() {
  static std::atomic<int> count{0};
  static const auto run = std::random_device{}();
  path_ = std::filesystem::temp_directory_path() /
          ("cpw-tiny-" + std::to_string(run) + "-" + std::to_string(++count));
  std::filesystem::create_directories(path_);
}

ModelFolder::ModelFolder(const TinyModel& model) : ModelFolder() {
  Put("model.bin", model.ModelBin());
  Put("vocabulary.json", model.VocabularyJson());
  Put("config.json", model.config);
}

ModelFolder::~ModelFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void ModelFolder::Put(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
}

void ModelFolder::Delete(const std::string& name) const { std::filesystem::remove(path_ / name); }

}  // namespace cpw::testing

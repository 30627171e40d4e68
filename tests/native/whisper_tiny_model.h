#pragma once

#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cpw::test {

// A Whisper ggml file in its parts, so that a test can damage any of them.
struct Piece {
  std::string what;
  std::string bytes;
  bool structure = true;  // false for weights and other plain data
};
using Pieces = std::vector<Piece>;

inline std::string Int(std::int32_t value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

inline std::string Joined(const Pieces& pieces) {
  std::string bytes;
  for (const Piece& piece : pieces) bytes += piece.bytes;
  return bytes;
}

// A model of 64 dimensions and one layer that recites `script` whatever it hears: each text
// position is embedded close to the token that shall follow there. Positions count from the
// prompt's first token (1 token in an English-only model, 3 in a multilingual one).
struct TinyModel {
  static constexpr int kWidth = 64;
  static constexpr int kHello = 256;  // " hello"
  static constexpr int kWorld = 257;  // " world"
  static constexpr int kEntries = 300;

  bool multilingual = false;
  int audio_context = 100;
  std::vector<int> script;
  // Positions at which the model wavers: what else it could say there, in place of so much (0..1)
  // of the script's token.
  struct Doubt {
    int other;
    float share;
  };
  std::map<std::size_t, Doubt> doubts;

  int vocabulary() const { return multilingual ? 51865 : 51864; }
  int End() const { return multilingual ? 50257 : 50256; }
  int NoSpeech() const { return multilingual ? 50362 : 50361; }
  int Language(int index) const { return End() + 2 + index; }
  int Time(double seconds) const {
    return (multilingual ? 50364 : 50363) + static_cast<int>(seconds * 50 + 0.5);
  }

  Pieces Build() const;
};

namespace detail {

inline float Noise(std::uint64_t seed) {  // -1 or 1, fixed for each seed
  seed = (seed + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  seed ^= seed >> 29;
  return ((seed * 0x94d049bb133111ebu) >> 63) != 0 ? 1.0f : -1.0f;
}

inline float Embedding(int token, int i) {
  return Noise(static_cast<std::uint64_t>(token) * 64 + static_cast<std::uint64_t>(i));
}

inline std::string Floats(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Exact for 0 and for powers of two of moderate size, which is all that the model holds.
inline std::string Halves(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(std::uint16_t), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t exponent = (bits >> 23) & 0xffu;
    const auto half = static_cast<std::uint16_t>(exponent ? sign | ((exponent - 112) << 10) : sign);
    std::memcpy(bytes.data() + 2 * i, &half, sizeof half);
  }
  return bytes;
}

class TensorWriter {
 public:
  explicit TensorWriter(Pieces& pieces) : pieces_(pieces) {}

  void Add(const std::string& name, bool half, const std::vector<int>& shape,
           const std::vector<float>& values) {
    pieces_.push_back({name + " n_dims", Int(static_cast<int>(shape.size()))});
    pieces_.push_back({name + " name length", Int(static_cast<int>(name.size()))});
    pieces_.push_back({name + " type", Int(half ? 1 : 0)});
    for (const int size : shape) pieces_.push_back({name + " dimension", Int(size)});
    pieces_.push_back({name + " name", name});
    pieces_.push_back({name + " data", half ? Halves(values) : Floats(values), false});
  }
  void Fill(const std::string& name, bool half, const std::vector<int>& shape, float scale) {
    std::size_t count = 1;
    for (const int size : shape) count *= static_cast<std::size_t>(size);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = scale == 1.0f ? scale : scale * Noise(++seed_);
    }
    Add(name, half, shape, values);
  }
  void Norm(const std::string& name) {
    Fill(name + ".weight", false, {TinyModel::kWidth}, 1.0f);
    Fill(name + ".bias", false, {TinyModel::kWidth}, 0.0f);
  }
  void Linear(const std::string& name, int in, int out, float scale, bool bias = true) {
    Fill(name + ".weight", true, {in, out}, scale);
    if (bias) Fill(name + ".bias", false, {out}, 0.0f);
  }
  // What a block adds to its input is zero: the script alone decides.
  void Attention(const std::string& name) {
    constexpr int kWidth = TinyModel::kWidth;
    Norm(name + "_ln");
    Linear(name + ".query", kWidth, kWidth, 0.0625f);
    Linear(name + ".key", kWidth, kWidth, 0.0625f, false);
    Linear(name + ".value", kWidth, kWidth, 0.0625f);
    Linear(name + ".out", kWidth, kWidth, 0.0f);
  }
  void Block(const std::string& prefix) {
    constexpr int kWidth = TinyModel::kWidth;
    Attention(prefix + "attn");
    Norm(prefix + "mlp_ln");
    Linear(prefix + "mlp.0", kWidth, 4 * kWidth, 0.0625f);
    Linear(prefix + "mlp.2", 4 * kWidth, kWidth, 0.0f);
  }

 private:
  Pieces& pieces_;
  std::uint64_t seed_ = 1u << 30;
};

}  // namespace detail

inline Pieces TinyModel::Build() const {
  constexpr int kMels = 80;
  Pieces pieces{{"magic", Int(0x67676d6c)}};
  const std::pair<const char*, int> header[] = {{"n_vocab", vocabulary()},
                                                {"n_audio_ctx", audio_context},
                                                {"n_audio_state", kWidth},
                                                {"n_audio_head", 1},
                                                {"n_audio_layer", 1},
                                                {"n_text_ctx", 448},
                                                {"n_text_state", kWidth},
                                                {"n_text_head", 1},
                                                {"n_text_layer", 1},
                                                {"n_mels", kMels},
                                                {"ftype", 1}};
  for (const auto& [name, value] : header) pieces.push_back({name, Int(value)});
  pieces.push_back({"filter bands", Int(kMels)});
  pieces.push_back({"filter bins", Int(201)});
  pieces.push_back({"filters", detail::Floats(std::vector<float>(kMels * 201, 0.015625f)), false});
  pieces.push_back({"vocabulary count", Int(kEntries)});
  for (int i = 0; i < kEntries; ++i) {
    std::string word(1, static_cast<char>(i));
    if (i >= 256) word = " w" + std::to_string(i);
    if (i == kHello) word = " hello";
    if (i == kWorld) word = " world";
    pieces.push_back({"vocabulary length", Int(static_cast<int>(word.size()))});
    pieces.push_back({"vocabulary entry", word, false});
  }
  detail::TensorWriter tensors(pieces);
  tensors.Fill("encoder.positional_embedding", false, {kWidth, audio_context}, 0.5f);
  tensors.Fill("encoder.conv1.weight", true, {3, kMels, kWidth}, 0.0625f);
  tensors.Fill("encoder.conv1.bias", false, {1, kWidth}, 0.0f);
  tensors.Fill("encoder.conv2.weight", true, {3, kWidth, kWidth}, 0.0625f);
  tensors.Fill("encoder.conv2.bias", false, {1, kWidth}, 0.0f);
  tensors.Norm("encoder.ln_post");
  std::vector<float> positions;
  for (std::size_t position = 0; position < 448; ++position) {
    const int next = position < script.size() ? script[position] : End();
    const auto found = doubts.find(position);
    const Doubt doubt = found == doubts.end() ? Doubt{next, 0} : found->second;
    for (int i = 0; i < kWidth; ++i) {
      positions.push_back(8 * ((1 - doubt.share) * detail::Embedding(next, i) +
                               doubt.share * detail::Embedding(doubt.other, i)));
    }
  }
  tensors.Add("decoder.positional_embedding", false, {kWidth, 448}, positions);
  std::vector<float> tokens;
  for (int token = 0; token < vocabulary(); ++token) {
    for (int i = 0; i < kWidth; ++i) tokens.push_back(detail::Embedding(token, i));
  }
  tensors.Add("decoder.token_embedding.weight", true, {kWidth, vocabulary()}, tokens);
  tensors.Norm("decoder.ln");
  tensors.Block("encoder.blocks.0.");
  tensors.Block("decoder.blocks.0.");
  tensors.Attention("decoder.blocks.0.cross_attn");
  return pieces;
}

// A file of its own that goes when the test ends.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes = "") {
    static int counter = 0;
    path_ = (std::filesystem::temp_directory_path() /
             ("cpw-whisper-" + std::to_string(::getpid()) + "-" + std::to_string(++counter)))
                .string();
    Write(bytes);
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  void Write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // In place: the file of a few megabytes is not written anew for each mutation.
  void Patch(std::size_t offset, const std::string& bytes) const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::string path_;
};

}  // namespace cpw::test

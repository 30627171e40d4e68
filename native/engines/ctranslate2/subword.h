#pragma once

#include <memory>
#include <string>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace cpw {

// A SentencePiece model: a text's pieces and back. Any thread, any number of calls at once.
class Subword {
 public:
  // Throws CpwError kModelNotFound or kModelIncompatible.
  explicit Subword(const std::string& path);
  ~Subword();
  Subword(const Subword&) = delete;
  Subword& operator=(const Subword&) = delete;

  std::vector<std::string> Encode(const std::string& text) const;
  std::string Decode(const std::vector<std::string>& pieces) const;

 private:
  const std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
};

// The mark before a piece that begins a word: U+2581.
inline constexpr const char* kWordMark = "\xE2\x96\x81";

}  // namespace cpw

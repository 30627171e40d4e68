#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engines/ctranslate2/vocabulary.h"

namespace cpw {

// Between text and the ids of a byte-level vocabulary.
class Tokenizer {
 public:
  // The vocabulary must outlive the tokenizer.
  explicit Tokenizer(const WhisperVocabulary& vocabulary);

  // UTF-8 text of the text tokens among `ids`; special and time tokens are left out. Bytes that
  // are no UTF-8 become U+FFFD, an unfinished character at the end is dropped.
  std::string Decode(std::span<const std::size_t> ids) const;

  // Ids of `text` as the longest tokens that fit, word by word. CTranslate2 folders carry no merge
  // table, so this can split a rare word in another way than Whisper's own tokenizer; any sequence
  // of text tokens is a legal prompt. The last `limit` ids are returned.
  std::vector<std::size_t> EncodePrompt(std::string_view text, std::size_t limit) const;

 private:
  void EncodeWord(std::string_view word, std::vector<std::size_t>& ids) const;

  const WhisperVocabulary& vocabulary_;
  std::size_t longest_ = 0;  // bytes of the longest text token, in the vocabulary's encoding
};

// GPT-2's printable stand-ins for bytes, as UTF-8.
std::string BytesToStandIns(std::string_view bytes);
std::string StandInsToBytes(std::string_view text);
std::string RepairUtf8(std::string_view text);

}  // namespace cpw

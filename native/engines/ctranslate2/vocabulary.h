#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cpw {

// Ids of the tokens that steer Whisper. Text ids lie below `end_of_text`; the two blocks
// start_of_transcript..no_timestamps and timestamp_begin..the end follow it.
struct SpecialTokens {
  std::size_t end_of_text = 0;
  std::size_t start_of_transcript = 0;
  std::size_t translate = 0;
  std::size_t transcribe = 0;
  std::optional<std::size_t> start_of_previous;
  std::size_t no_timestamps = 0;
  std::size_t timestamp_begin = 0;  // <|0.00|>
};

// A Whisper vocabulary (vocabulary.json, or vocabulary.txt) in GPT-2's byte encoding.
class WhisperVocabulary {
 public:
  // Throws CpwError kModelNotFound or kModelIncompatible.
  static WhisperVocabulary Load(const std::string& folder);

  std::size_t size() const { return tokens_.size(); }
  const std::string& path() const { return path_; }
  const SpecialTokens& special() const { return special_; }
  bool multilingual() const { return multilingual_; }
  // Whisper's codes in the order of the vocabulary; {"en"} for English-only models.
  const std::vector<std::string>& languages() const { return languages_; }

  const std::string& token(std::size_t id) const { return tokens_.at(id); }
  std::optional<std::size_t> Find(std::string_view token) const;
  std::optional<std::size_t> LanguageId(const std::string& code) const;

 private:
  void Index();
  void FindSpecialTokens();
  void FindLanguages();
  std::size_t Required(const char* token) const;

  std::string path_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, std::size_t> ids_;
  SpecialTokens special_;
  bool multilingual_ = false;
  std::vector<std::string> languages_;
};

// "<|en|>" -> "en"; anything else as it is.
std::string StripMarks(const std::string& token);

}  // namespace cpw

#include "engines/ctranslate2/vocabulary.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

constexpr std::size_t kTimestamps = 1501;  // <|0.00|> to <|30.00|>, a fiftieth of a second apart
constexpr std::uintmax_t kMaxBytes = 64U << 20;
constexpr std::size_t kMaxTokens = 1'000'000;

std::vector<std::string> ReadJson(std::istream& in, const std::string& path) {
  try {
    return nlohmann::json::parse(in).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    ThrowIncompatible(path, std::string("it is not a JSON list of tokens (") + error.what() + ")");
  }
}

// A token may end in a carriage return of its own, so these go only when every line has one.
std::vector<std::string> ReadLines(std::istream& in) {
  std::vector<std::string> tokens;
  std::string line;
  bool every_line = true;
  while (std::getline(in, line)) {
    every_line = every_line && !line.empty() && line.back() == '\r';
    tokens.push_back(std::move(line));
  }
  if (every_line) {
    for (auto& token : tokens) token.pop_back();
  }
  return tokens;
}

bool IsLanguageToken(const std::string& token) {
  const std::string code = StripMarks(token);
  return code.size() + 4 == token.size() && (code.size() == 2 || code.size() == 3) &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::string StripMarks(const std::string& token) {
  if (token.size() < 4 || !token.starts_with("<|") || !token.ends_with("|>")) return token;
  return token.substr(2, token.size() - 4);
}

WhisperVocabulary WhisperVocabulary::Load(const std::string& folder) {
  // The order is upstream's: it reads the first of the two that it finds.
  for (const char* name : {"vocabulary.json", "vocabulary.txt"}) {
    const auto path = std::filesystem::path(folder) / name;
    std::ifstream in(path, std::ios::binary);
    if (!in) continue;
    WhisperVocabulary vocabulary;
    vocabulary.path_ = path.string();
    std::error_code error;
    if (std::filesystem::file_size(path, error) > kMaxBytes || error) {
      ThrowIncompatible(vocabulary.path_, "it is too large for a vocabulary");
    }
    vocabulary.tokens_ =
        path.extension() == ".json" ? ReadJson(in, vocabulary.path_) : ReadLines(in);
    vocabulary.Index();
    vocabulary.FindSpecialTokens();
    vocabulary.FindLanguages();
    return vocabulary;
  }
  throw CpwError(
      ErrorCode::kModelNotFound,
      "The model folder " + folder +
          " has no vocabulary.json and no vocabulary.txt. Next step: download or convert the model "
          "again.");
}

void WhisperVocabulary::Index() {
  if (tokens_.size() > kMaxTokens) {
    ThrowIncompatible(path_, "it has " + std::to_string(tokens_.size()) + " tokens");
  }
  ids_.reserve(tokens_.size());
  for (std::size_t id = 0; id < tokens_.size(); ++id) {
    if (!ids_.emplace(tokens_[id], id).second && tokens_[id].starts_with("<|")) {
      ThrowIncompatible(path_, "it has the token " + tokens_[id] + " twice");
    }
  }
}

std::size_t WhisperVocabulary::Required(const char* token) const {
  const auto id = Find(token);
  if (!id) ThrowIncompatible(path_, std::string("it has no ") + token + " token");
  return *id;
}

void WhisperVocabulary::FindSpecialTokens() {
  special_.end_of_text = Required("<|endoftext|>");
  special_.start_of_transcript = Required("<|startoftranscript|>");
  special_.translate = Required("<|translate|>");
  special_.transcribe = Required("<|transcribe|>");
  special_.start_of_previous = Find("<|startofprev|>");
  const auto no_speech = Find("<|nospeech|>") ? *Find("<|nospeech|>") : Required("<|nocaptions|>");
  special_.no_timestamps = Required("<|notimestamps|>");
  special_.timestamp_begin = Required("<|0.00|>");
  // Upstream finds the end of a prompt and the timestamps by comparing ids, so their order counts.
  const auto low = special_.start_of_transcript;
  const auto high = special_.no_timestamps;
  const auto inside = [&](std::size_t id) { return id > low && id < high; };
  if (special_.end_of_text >= low || !inside(special_.translate) || !inside(special_.transcribe) ||
      !inside(no_speech) || (special_.start_of_previous && !inside(*special_.start_of_previous))) {
    ThrowIncompatible(path_, "its special tokens stand in an order that Whisper does not have");
  }
  if (special_.timestamp_begin != high + 1 ||
      tokens_.size() != special_.timestamp_begin + kTimestamps || tokens_.back() != "<|30.00|>") {
    ThrowIncompatible(path_, "it does not end with the time tokens <|0.00|> to <|30.00|>");
  }
}

void WhisperVocabulary::FindLanguages() {
  // Upstream's own test: multilingual vocabularies, and only they, have an empty token.
  multilingual_ = ids_.contains("");
  if (!multilingual_) {
    languages_ = {"en"};
    return;
  }
  for (auto id = special_.start_of_transcript + 1; id < special_.no_timestamps; ++id) {
    if (IsLanguageToken(tokens_[id])) languages_.push_back(StripMarks(tokens_[id]));
  }
  if (languages_.empty()) ThrowIncompatible(path_, "it names no languages");
}

std::optional<std::size_t> WhisperVocabulary::Find(std::string_view token) const {
  const auto found = ids_.find(std::string(token));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> WhisperVocabulary::LanguageId(const std::string& code) const {
  if (std::find(languages_.begin(), languages_.end(), code) == languages_.end()) {
    return std::nullopt;
  }
  return Find("<|" + code + "|>");
}

}  // namespace cpw

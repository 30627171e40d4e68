#include "engines/ctranslate2/output_pieces.h"

#include <string_view>

#include "engines/ctranslate2/subword.h"
#include "engines/ctranslate2/translation_tokens.h"

namespace cpw {
namespace {

constexpr std::size_t kLongestPiece = 16;  // characters; SentencePiece's own limit

bool IsAsciiLetter(std::string_view token) {
  if (token.starts_with(kWordMark)) token.remove_prefix(3);
  return token.size() == 1 && token[0] > 0;
}

}  // namespace

OutputPieces::OutputPieces(const ::ctranslate2::Vocabulary& target, TranslationLayout layout)
    : vocabulary_(target) {
  scripts_.reserve(target.size());
  kinds_.reserve(target.size());
  for (std::size_t id = 0; id < target.size(); ++id) {
    scripts_.push_back(ScriptsOf(target.to_token(id)));
    kinds_.push_back(KindOf(id, layout));
  }
}

OutputPieces::Kind OutputPieces::KindOf(std::size_t id, TranslationLayout layout) const {
  const std::string& token = vocabulary_.to_token(id);
  if (token == vocabulary_.eos_token()) return Kind::kAlways;
  const bool special = token == vocabulary_.unk_token() || token == vocabulary_.bos_token() ||
                       token == "<pad>" || token == "<mask>";
  if (special || IsLanguageToken(layout, token)) return Kind::kNever;
  return IsByteToken(token) || IsAsciiLetter(token) ? Kind::kAlways : Kind::kText;
}

std::vector<std::uint32_t> OutputPieces::Of(ScriptSet scripts) const {
  std::vector<std::uint32_t> ids;
  for (std::size_t id = 0; id < kinds_.size(); ++id) {
    if (Holds(id, scripts)) ids.push_back(static_cast<std::uint32_t>(id));
  }
  return ids;
}

bool OutputPieces::Holds(std::size_t id, ScriptSet scripts) const {
  return kinds_[id] == Kind::kAlways ||
         (kinds_[id] == Kind::kText && (scripts_[id] & ~scripts) == 0);
}

void OutputPieces::AddFrom(const std::vector<std::string>& source, ScriptSet scripts,
                           std::unordered_set<std::uint32_t>& ids) const {
  std::string word;
  const auto finish = [&] {
    if ((ScriptsOf(word) & ~scripts) != 0) AddWord(word, scripts, ids);
    word.clear();
  };
  for (const std::string& piece : source) {
    AddPiece(piece, scripts, ids);
    std::string_view rest = piece;
    if (rest.starts_with(kWordMark)) {
      finish();
      rest.remove_prefix(3);
    }
    word += rest;
  }
  finish();
}

// Every stretch of the word that is a piece, with and without the mark of a word's beginning: in
// the translation it may be cut another way, or stand without its ending.
void OutputPieces::AddWord(const std::string& word, ScriptSet scripts,
                           std::unordered_set<std::uint32_t>& ids) const {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < word.size(); NextCharacter(word, at)) starts.push_back(at);
  starts.push_back(word.size());
  for (std::size_t first = 0; first + 1 < starts.size(); ++first) {
    for (std::size_t behind = first + 1; behind < starts.size() && behind - first <= kLongestPiece;
         ++behind) {
      const std::string part = word.substr(starts[first], starts[behind] - starts[first]);
      AddPiece(part, scripts, ids);
      AddPiece(kWordMark + part, scripts, ids);
    }
  }
}

void OutputPieces::AddPiece(const std::string& piece, ScriptSet scripts,
                            std::unordered_set<std::uint32_t>& ids) const {
  if (!vocabulary_.contains(piece)) return;
  const std::size_t id = vocabulary_.to_id(piece);
  if (kinds_[id] == Kind::kText && (scripts_[id] & ~scripts) != 0) {
    ids.insert(static_cast<std::uint32_t>(id));
  }
}

}  // namespace cpw

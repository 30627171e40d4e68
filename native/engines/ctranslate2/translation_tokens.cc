#include "engines/ctranslate2/translation_tokens.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "engines/ctranslate2/subword.h"

namespace cpw {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// `eng_Latn`
bool IsFlores(std::string_view token) {
  return token.size() == 8 && std::all_of(token.begin(), token.begin() + 3, IsLower) &&
         token[3] == '_' && IsUpper(token[4]) &&
         std::all_of(token.begin() + 5, token.end(), IsLower);
}

// `__en__`
bool IsM2m(std::string_view token) {
  if (!token.starts_with("__") || !token.ends_with("__")) return false;
  if (token.size() != 6 && token.size() != 7) return false;
  const auto code = token.substr(2, token.size() - 4);
  return std::all_of(code.begin(), code.end(), IsLower);
}

// `>>eng<<`
bool IsOpus(std::string_view token) {
  return token.size() > 4 && token.starts_with(">>") && token.ends_with("<<");
}

bool EndsClause(std::string_view piece) {
  constexpr std::string_view kMarks[] = {".",  "!", "?",  ",",  ";",  ":",  "…",
                                         "।",  "॥", "。", "、", "，", "；", "！",
                                         "？", "؟", "،",  "؛",  "۔",  "።",  "།"};
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return piece.ends_with(mark); });
}

}  // namespace

bool IsLanguageToken(TranslationLayout layout, const std::string& token) {
  if (layout == TranslationLayout::kM2m100) return IsM2m(token);
  return layout == TranslationLayout::kOpus ? IsOpus(token) : IsFlores(token);
}

bool IsByteToken(const std::string& token) {
  return token.size() == 6 && token.starts_with("<0x") && token.ends_with(">");
}

std::vector<std::string> SourceTokens(TranslationLayout layout, const std::string& source,
                                      const std::string& target,
                                      const std::vector<std::string>& pieces,
                                      const std::string& end) {
  std::vector<std::string> tokens;
  const bool names_source = layout != TranslationLayout::kOpus;
  const bool names_target =
      layout == TranslationLayout::kOpus || layout == TranslationLayout::kIndicTrans2;
  if (names_source && !source.empty()) tokens.push_back(source);
  if (names_target && !target.empty()) tokens.push_back(target);
  tokens.insert(tokens.end(), pieces.begin(), pieces.end());
  tokens.push_back(end);
  return tokens;
}

std::vector<std::string> TargetTokens(TranslationLayout layout, const std::string& target) {
  const bool begins_with_it =
      layout == TranslationLayout::kNllb || layout == TranslationLayout::kM2m100;
  return begins_with_it && !target.empty() ? std::vector<std::string>{target}
                                           : std::vector<std::string>{};
}

std::vector<std::string> LanguageTokens(TranslationLayout layout,
                                        const ::ctranslate2::Vocabulary& vocabulary) {
  std::vector<std::string> found;
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    const std::string& token = vocabulary.to_token(id);
    if (IsLanguageToken(layout, token)) found.push_back(token);
  }
  return found;
}

std::vector<std::vector<std::string>> SplitPieces(const std::vector<std::string>& pieces,
                                                  std::size_t limit) {
  std::vector<std::vector<std::string>> parts;
  std::size_t begin = 0;
  while (pieces.size() - begin > limit) {
    std::size_t end = begin + limit;
    const std::size_t earliest = begin + limit / 2;
    std::size_t cut = end;
    const auto last = [&](auto fits) {
      for (cut = end; cut > earliest; --cut) {
        if (fits(cut)) return true;
      }
      return false;
    };
    const bool found = last([&](std::size_t at) {
                         return EndsClause(pieces[at - 1]) && pieces[at].starts_with(kWordMark);
                       }) ||
                       last([&](std::size_t at) { return EndsClause(pieces[at - 1]); }) ||
                       last([&](std::size_t at) { return pieces[at].starts_with(kWordMark); });
    if (found) end = cut;
    parts.emplace_back(pieces.begin() + static_cast<std::ptrdiff_t>(begin),
                       pieces.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  parts.emplace_back(pieces.begin() + static_cast<std::ptrdiff_t>(begin), pieces.end());
  return parts;
}

}  // namespace cpw

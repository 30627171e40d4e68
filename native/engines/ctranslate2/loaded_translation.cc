#include "engines/ctranslate2/loaded_translation.h"

#include <algorithm>
#include <unordered_set>

#include "engines/ctranslate2/model_error.h"
#include "engines/ctranslate2/translation_replica.h"
#include "engines/ctranslate2/translation_tokens.h"

namespace cpw {
namespace {

constexpr std::size_t kMostSets = 4;  // of NLLB, 30 to 260 MB each
// Models were trained on sentences: longer inputs lose parts of their text long before the
// positions run out.
constexpr std::size_t kMostSourcePieces = 256;
constexpr std::size_t kSpecials = 3;  // languages and the end

void CheckSize(const ::ctranslate2::Vocabulary& vocabulary, int rows, const char* side,
               const std::string& folder) {
  if (vocabulary.size() == static_cast<std::size_t>(rows)) return;
  ThrowIncompatible(folder, std::string("its ") + side + " vocabulary has " +
                                std::to_string(vocabulary.size()) + " tokens, but model.bin has " +
                                std::to_string(rows));
}

std::string FolderOf(const std::string& file) { return file.substr(0, file.find_last_of('/')); }

void CheckLanguage(const std::vector<std::string>& known, const std::string& token,
                   const char* side) {
  if (known.empty() && token.empty()) return;
  if (std::find(known.begin(), known.end(), token) != known.end()) return;
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
  throw CpwError(ErrorCode::kUnsupportedLanguage,
                 "The model does not know the " + std::string(side) + " language '" + token +
                     "'. Next step: use one of: " + (list.empty() ? "none (one pair)" : list) +
                     ".");
}

}  // namespace

LoadedTranslation::LoadedTranslation(TranslationFolder folder, std::shared_ptr<const Model> model)
    : folder_(std::move(folder)),
      model_(std::move(model)),
      source_pieces_(folder_.source_pieces),
      target_(folder_.target_pieces == folder_.source_pieces
                  ? nullptr
                  : std::make_unique<const Subword>(folder_.target_pieces)),
      output_(target(), folder_.layout),
      layer_(OutputLayerOf(*model_)) {
  const std::string path = FolderOf(folder_.source_pieces);
  if (model_->num_source_vocabularies() != 1) {
    ThrowIncompatible(path, "it reads several features a token");
  }
  CheckSize(source(), folder_.shape.source_vocabulary, "source", path);
  CheckSize(target(), folder_.shape.target_vocabulary, "target", path);
  if (!source().contains(source().eos_token()) || !target().contains(target().eos_token())) {
    ThrowIncompatible(path, "a vocabulary has no end token");
  }
  const auto* start = model_->decoder_start_token();
  if (start && !target().contains(*start)) {
    ThrowIncompatible(path, "its decoder starts with a token that the vocabulary lacks");
  }
  info_.layout = LayoutName(folder_.layout);
  auto languages = LanguageTokens(folder_.layout, source());
  const bool bilingual = folder_.layout == TranslationLayout::kOpus;
  if (!bilingual && languages.empty()) ThrowIncompatible(path, "its vocabulary names no languages");
  if (!bilingual) info_.source_languages = languages;
  info_.target_languages = std::move(languages);
}

void LoadedTranslation::CheckLanguages(const TranslateOptions& options) const {
  CheckLanguage(info_.source_languages, options.source, "source");
  CheckLanguage(info_.target_languages, options.target, "target");
}

std::vector<std::size_t> LoadedTranslation::SourceIds(const TranslateOptions& options,
                                                      const std::vector<std::string>& pieces,
                                                      int& unknown) const {
  const auto& vocabulary = source();
  std::vector<std::size_t> ids;
  if (model_->with_source_bos()) ids.push_back(vocabulary.bos_id());
  for (const auto& token : SourceTokens(folder_.layout, options.source, options.target, pieces,
                                        vocabulary.eos_token())) {
    ids.push_back(vocabulary.to_id(token));
    if (ids.back() == vocabulary.unk_id() || IsByteToken(token)) ++unknown;
  }
  return ids;
}

std::vector<std::size_t> LoadedTranslation::StartIds(const TranslateOptions& options) const {
  std::vector<std::size_t> ids;
  if (const auto* start = model_->decoder_start_token()) ids.push_back(target().to_id(*start));
  for (const auto& token : TargetTokens(folder_.layout, options.target)) {
    ids.push_back(target().to_id(token));
  }
  if (ids.empty()) ids.push_back(target().eos_id());
  return ids;
}

std::size_t LoadedTranslation::LongestSource() const {
  const auto positions = static_cast<std::size_t>(folder_.shape.source_positions);
  if (positions == 0) return kMostSourcePieces;
  // Half of the positions, since a translation may be longer than its source.
  return std::min(kMostSourcePieces, std::max(positions / 2, kSpecials + 1) - kSpecials);
}

std::size_t LoadedTranslation::LongestTarget() const {
  return static_cast<std::size_t>(folder_.shape.target_positions);
}

std::shared_ptr<const PieceSet> LoadedTranslation::PiecesOf(ScriptSet scripts) const {
  if (!layer_) return nullptr;
  // Held while it is packed: the other replicas want the same set.
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(sets_.begin(), sets_.end(),
                                  [&](const auto& set) { return set.first == scripts; });
  if (found != sets_.end()) {
    sets_.splice(sets_.begin(), sets_, found);
  } else {
    sets_.emplace_front(scripts, std::make_shared<const PieceSet>(*layer_, output_.Of(scripts)));
    if (sets_.size() > kMostSets) sets_.pop_back();
  }
  return sets_.front().second;
}

std::unique_ptr<const PieceSet> LoadedTranslation::ExtraPieces(
    const std::vector<const std::vector<std::string>*>& sources,
    const std::vector<std::size_t>& prefix, ScriptSet scripts) const {
  std::unordered_set<std::uint32_t> found;
  for (const auto* pieces : sources) output_.AddFrom(*pieces, scripts, found);
  for (const std::size_t id : prefix) {
    if (!output_.Holds(id, scripts)) found.insert(static_cast<std::uint32_t>(id));
  }
  if (found.empty()) return nullptr;
  std::vector<std::uint32_t> ids(found.begin(), found.end());
  std::sort(ids.begin(), ids.end());
  return std::make_unique<const PieceSet>(*layer_, std::move(ids));
}

}  // namespace cpw

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "engines/ctranslate2/output_pieces.h"
#include "engines/ctranslate2/packed_rows.h"
#include "engines/ctranslate2/translation_tokens.h"

namespace cpw {
namespace {

using Tokens = std::vector<std::string>;
constexpr auto kNllb = TranslationLayout::kNllb;
constexpr auto kM2m = TranslationLayout::kM2m100;
constexpr auto kOpus = TranslationLayout::kOpus;
constexpr auto kIndic = TranslationLayout::kIndicTrans2;

TEST(LanguageToken, WhenAFamilyNamesItsLanguagesThenOnlyThoseCount) {
  for (const char* no :
       {"", "eng_Lat", "Eng_Latn", "eng-Latn", "eng_LATN", "__en__", "xeng_Latn"}) {
    EXPECT_FALSE(IsLanguageToken(kNllb, no)) << no;
  }
  EXPECT_TRUE(IsLanguageToken(kNllb, "zho_Hant"));
  EXPECT_TRUE(IsLanguageToken(kIndic, "mni_Mtei"));
  for (const char* no : {"", "__", "____", "__e__", "__engl__", "__EN__", "_en_", "eng_Latn"}) {
    EXPECT_FALSE(IsLanguageToken(kM2m, no)) << no;
  }
  EXPECT_TRUE(IsLanguageToken(kM2m, "__ast__"));
  EXPECT_TRUE(IsLanguageToken(kOpus, ">>cmn_Hans<<"));
  EXPECT_FALSE(IsLanguageToken(kOpus, ">><<"));
}

TEST(SourceTokens, WhenAFamilyWantsLanguagesThenTheyStandWhereItReadsThem) {
  const Tokens pieces{"▁a", "b"};
  EXPECT_EQ(SourceTokens(kNllb, "eng_Latn", "hin_Deva", pieces, "</s>"),
            (Tokens{"eng_Latn", "▁a", "b", "</s>"}));
  EXPECT_EQ(SourceTokens(kM2m, "__en__", "__hi__", pieces, "</s>"),
            (Tokens{"__en__", "▁a", "b", "</s>"}));
  EXPECT_EQ(SourceTokens(kOpus, "", ">>hin<<", pieces, "</s>"),
            (Tokens{">>hin<<", "▁a", "b", "</s>"}));
  EXPECT_EQ(SourceTokens(kOpus, "", "", pieces, "</s>"), (Tokens{"▁a", "b", "</s>"}));
  EXPECT_EQ(SourceTokens(kIndic, "eng_Latn", "hin_Deva", pieces, "</s>"),
            (Tokens{"eng_Latn", "hin_Deva", "▁a", "b", "</s>"}));
  EXPECT_EQ(TargetTokens(kNllb, "hin_Deva"), Tokens{"hin_Deva"});
  EXPECT_EQ(TargetTokens(kM2m, "__hi__"), Tokens{"__hi__"});
  EXPECT_TRUE(TargetTokens(kOpus, ">>hin<<").empty());
  EXPECT_TRUE(TargetTokens(kIndic, "hin_Deva").empty());
}

TEST(SplitPieces, WhenATextFitsThenItStaysWhole) {
  EXPECT_EQ(SplitPieces({}, 4), std::vector<Tokens>{Tokens{}});
  EXPECT_EQ(SplitPieces({"▁a", "▁b"}, 2).size(), 1U);
}

TEST(SplitPieces, WhenATextIsTooLongThenItIsCutBehindPunctuationOrBeforeAWord) {
  EXPECT_EQ(SplitPieces({"▁a", "▁b", ",", "▁c", "▁d"}, 4),
            (std::vector<Tokens>{{"▁a", "▁b", ","}, {"▁c", "▁d"}}));
  EXPECT_EQ(SplitPieces({"▁a", "▁b", "c", "d", "▁e"}, 4),
            (std::vector<Tokens>{{"▁a", "▁b", "c", "d"}, {"▁e"}}));
  EXPECT_EQ(SplitPieces({"▁a", "b", "c", "▁d", "e"}, 4),
            (std::vector<Tokens>{{"▁a", "b", "c"}, {"▁d", "e"}}));
  EXPECT_EQ(SplitPieces({"a", "b", "c", "d", "e"}, 2),
            (std::vector<Tokens>{{"a", "b"}, {"c", "d"}, {"e"}}));
}

TEST(SplitPieces, WhenAnyTextIsCutThenNothingIsLost) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Tokens pieces;
    for (std::size_t i = 0, count = random() % 60; i < count; ++i) {
      constexpr const char* kKinds[] = {"▁a", "b", ",", ".", "▁", "।"};
      pieces.emplace_back(kKinds[random() % std::size(kKinds)]);
    }
    const std::size_t limit = 1 + random() % 9;
    Tokens joined;
    for (const auto& part : SplitPieces(pieces, limit)) {
      EXPECT_LE(part.size(), limit);
      joined.insert(joined.end(), part.begin(), part.end());
    }
    EXPECT_EQ(joined, pieces);
  }
}

class OutputPiecesTest : public ::testing::Test {
 protected:
  const ::ctranslate2::Vocabulary vocabulary_{
      Tokens{"<s>", "<pad>", "</s>", "<unk>", "eng_Latn", "<0x41>", "▁the", "▁यह", "12", ".",
             "▁Tok", "yo", "kyo", "▁a", "Ж", "▁Tokyo", "यo"},
      ::ctranslate2::VocabularyInfo{}};
  const OutputPieces pieces_{vocabulary_, kNllb};

  Tokens Names(const std::vector<std::uint32_t>& ids) const {
    Tokens names;
    for (const auto id : ids) names.push_back(vocabulary_.to_token(id));
    return names;
  }
};

TEST_F(OutputPiecesTest, WhenAScriptIsChosenThenItsPiecesAndThoseOfNoneAreThere) {
  EXPECT_EQ(Names(pieces_.Of(*ScriptsOfCode("Deva"))),
            (Tokens{"</s>", "<0x41>", "▁यह", "12", ".", "▁a"}));
  EXPECT_EQ(Names(pieces_.Of(~ScriptSet{0})).size(), vocabulary_.size() - 4)
      << "all but the tokens that are no text";
}

TEST_F(OutputPiecesTest, WhenTheSourceHasWordsOfAnotherScriptThenTheirPiecesMayBeWritten) {
  std::unordered_set<std::uint32_t> added;
  pieces_.AddFrom({"▁यह", "▁To", "kyo"}, *ScriptsOfCode("Deva"), added);
  std::vector<std::uint32_t> ids(added.begin(), added.end());
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(Names(ids), (Tokens{"▁Tok", "yo", "kyo", "▁Tokyo"}));
}

TEST_F(OutputPiecesTest, WhenTheSourceIsOfTheScriptThenNothingIsAdded) {
  std::unordered_set<std::uint32_t> added;
  pieces_.AddFrom({"▁यह", "12", "."}, *ScriptsOfCode("Deva"), added);
  EXPECT_TRUE(added.empty());
}

TEST(PackedRows, WhenRowsAreChosenThenTheirProductsAreTheLayers) {
  if (!PackedRows::Supported()) GTEST_SKIP() << "no kernel for this CPU";
  constexpr std::size_t kRows = 2500;
  constexpr std::size_t kColumns = 48;
  constexpr std::size_t kInputs = 7;
  std::mt19937 random(3);
  std::vector<std::int8_t> weights(kRows * kColumns);
  for (auto& weight : weights) weight = static_cast<std::int8_t>(random() % 255 - 127);
  std::vector<float> scales(kRows);
  std::vector<float> bias(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    scales[i] = 1.0F + static_cast<float>(random() % 100);
    bias[i] = static_cast<float>(random() % 10);
  }
  std::vector<float> inputs(kInputs * kColumns);
  for (auto& value : inputs) value = static_cast<float>(random() % 2001) / 1000.0F - 1.0F;
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < kRows; row += 2) chosen.push_back(row);

  const PackedRows packed({weights.data(), scales.data(), bias.data(), kRows, kColumns}, chosen);
  ASSERT_EQ(packed.size(), chosen.size());
  const std::size_t stride = chosen.size() + 3;
  std::vector<float> output(kInputs * stride, -1.0F);
  packed.Multiply(QuantizedInput(inputs.data(), kInputs, kColumns), output.data(), stride);
  for (std::size_t r = 0; r < kInputs; ++r) {
    EXPECT_EQ(output[r * stride + chosen.size()], -1.0F) << "nothing is written behind a row";
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      double sum = 0;
      for (std::size_t k = 0; k < kColumns; ++k) {
        sum += static_cast<double>(inputs[r * kColumns + k]) * weights[chosen[c] * kColumns + k];
      }
      const double expected = sum / scales[chosen[c]] + bias[chosen[c]];
      // Half a step of 1/127 for each input, times weights up to 127.
      ASSERT_NEAR(output[r * stride + c], expected, 0.5 * kColumns / scales[chosen[c]]);
    }
  }
}

}  // namespace
}  // namespace cpw

#include <gtest/gtest.h>

#include <cmath>

#include "engines/whisper/token_rules.h"

namespace cpw {
namespace {

constexpr whisper_token kEnd = 9;

TokenRules Rules() {
  TokenRules rules;
  rules.most_tokens = 100;
  rules.end = kEnd;
  return rules;
}

// Logits of ten tokens, 1 each but for token 0, which has -1, after `ids`.
std::vector<float> Apply(const TokenRules& rules, const std::vector<whisper_token>& ids) {
  std::vector<whisper_token_data> text;
  for (const whisper_token id : ids) {
    text.emplace_back();
    text.back().id = id;
  }
  std::vector<float> logits(10, 1.0f);
  logits[0] = -1.0f;
  rules.Apply(text, logits);
  return logits;
}

std::vector<int> Banned(const std::vector<float>& logits) {
  std::vector<int> ids;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (std::isinf(logits[i])) ids.push_back(static_cast<int>(i));
  }
  return ids;
}

TEST(TokenRules, when_there_are_none_nothing_changes) {
  const std::vector<float> logits = Apply(Rules(), {1, 1, 1});
  EXPECT_EQ(logits, Apply(Rules(), {}));
  EXPECT_EQ(Banned(logits), std::vector<int>{});
}

TEST(TokenRules, when_tokens_are_suppressed_they_cannot_follow) {
  TokenRules rules = Rules();
  rules.suppressed = {2, 5};
  EXPECT_EQ(Banned(Apply(rules, {1})), (std::vector<int>{2, 5}));
}

TEST(TokenRules, when_there_is_a_prefix_it_comes_first_whatever_is_suppressed) {
  TokenRules rules = Rules();
  rules.prefix = {7, 3};
  rules.suppressed = {3};
  EXPECT_EQ(Banned(Apply(rules, {})), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 8, 9}));
  EXPECT_EQ(Banned(Apply(rules, {7})), (std::vector<int>{0, 1, 2, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(Banned(Apply(rules, {7, 3})), std::vector<int>{3});
}

TEST(TokenRules, when_the_text_is_long_enough_it_ends) {
  TokenRules rules = Rules();
  rules.most_tokens = 2;
  EXPECT_EQ(Banned(Apply(rules, {1})), std::vector<int>{});
  EXPECT_EQ(Banned(Apply(rules, {1, 2})), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(TokenRules, when_repetition_is_penalized_tokens_of_the_text_lose_once_each) {
  TokenRules rules = Rules();
  rules.repetition_penalty = 2;
  const std::vector<float> logits = Apply(rules, {0, 4, 4});
  EXPECT_FLOAT_EQ(logits[0], -2.0f);
  EXPECT_FLOAT_EQ(logits[4], 0.5f);
  EXPECT_FLOAT_EQ(logits[5], 1.0f);
}

TEST(TokenRules, when_no_run_may_come_twice_its_last_token_is_banned) {
  TokenRules rules = Rules();
  rules.no_repeat_ngram_size = 3;
  EXPECT_EQ(Banned(Apply(rules, {1, 2})), std::vector<int>{});
  EXPECT_EQ(Banned(Apply(rules, {1, 2, 3, 1, 2})), std::vector<int>{3});
  EXPECT_EQ(Banned(Apply(rules, {1, 2, 3, 2, 1})), std::vector<int>{});
  rules.no_repeat_ngram_size = 1;
  EXPECT_EQ(Banned(Apply(rules, {1, 2, 3})), (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace cpw

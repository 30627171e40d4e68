#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "engines/ctranslate2/translation_call.h"

namespace cpw {

// One row of a call on its way to its translation.
struct SentenceTask {
  std::shared_ptr<TranslationCall> call;
  std::size_t row;

  const TranslationRow& source() const { return call->row(row); }
};

struct SentenceLimits {
  std::size_t rows;
  std::size_t tokens;  // of all rows, each counted as long as the longest
};

// What was submitted and waits for a replica, in order.
class SentenceQueue {
 public:
  SentenceQueue(SentenceLimits limits, std::size_t replicas)
      : limits_(limits), replicas_(replicas) {}

  void Push(const std::shared_ptr<TranslationCall>& call);
  // The next batch: rows that want the same as the oldest one, of any call. Rows of aborted calls
  // are answered and left out. Empty when nothing waits.
  std::vector<SentenceTask> Take();
  // Answers the rows of aborted calls now: replicas may be at work for others for a while.
  void Discard();

 private:
  std::size_t TokensOfBatch() const;

  const SentenceLimits limits_;
  const std::size_t replicas_;
  std::mutex mutex_;
  std::deque<SentenceTask> tasks_;
};

}  // namespace cpw

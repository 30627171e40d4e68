#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/translation.h"
#include "engines/ctranslate2/translation_search.h"

namespace cpw {

// One call: its texts cut into rows, and what comes back of them. Shared by the thread that waits
// for it and the replicas.
class TranslationCall {
 public:
  // Cuts and numbers the texts. Throws CpwError, or Aborted.
  TranslationCall(const LoadedTranslation& model, const std::vector<std::string>& texts,
                  const TranslateOptions& options, std::shared_ptr<Job> job);

  Job& job() const { return *job_; }
  const TranslationPlan& plan() const { return plan_; }
  std::size_t tokens() const { return tokens_; }
  const TranslationRow& row(std::size_t row) const { return rows_[row]; }
  // Rows with the longest first: rows of a batch are as long as each other, or nearly.
  const std::vector<std::size_t>& order() const { return order_; }
  bool SharesBatch(const TranslationCall& other) const {
    return this == &other || plan_ == other.plan_;
  }

  // Each answers a row; each row is answered once.
  void Resolve(std::size_t row, TranslationResult result);
  void Reject(std::size_t row, std::exception_ptr error);
  // Answers a row that needs no work, as its call was aborted or has failed; false where it does.
  bool Drop(std::size_t row);

  // Blocks until every row is answered or the call is aborted.
  void WaitForAbort();
  // Blocks until every row is answered; one result a text. Throws Aborted, or what a row failed
  // with.
  std::vector<TranslationResult> Wait();

 private:
  void Answer(std::size_t row);
  TranslationResult Join(std::size_t text);

  const TranslationPlan plan_;
  const std::shared_ptr<Job> job_;
  std::vector<TranslationRow> rows_;
  std::vector<std::size_t> first_row_;  // of each text, and the number of rows
  std::vector<std::size_t> order_;
  std::vector<TranslationResult> results_;  // of each row
  std::size_t tokens_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
  std::size_t done_tokens_ = 0;
  std::exception_ptr error_;
};

}  // namespace cpw

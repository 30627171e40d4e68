#include "engines/ctranslate2/translation_call.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engines/ctranslate2/translation_tokens.h"

namespace cpw {
namespace {

// The i-th hypothesis of a whole is made of the i-th ones of its parts.
void Append(TranslationResult& whole, TranslationResult part, const std::string& separator) {
  if (whole.hypotheses.empty()) {
    whole = std::move(part);
    return;
  }
  const double before = whole.target_tokens;
  const double added = part.target_tokens;
  const double all = std::max(before + added, 1.0);
  for (std::size_t i = 0; i < whole.hypotheses.size() && i < part.hypotheses.size(); ++i) {
    auto& left = whole.hypotheses[i];
    const auto& right = part.hypotheses[i];
    left.text += separator + right.text;
    left.score = (left.score * before + right.score * added) / all;
  }
  whole.source_tokens += part.source_tokens;
  whole.unknown_tokens += part.unknown_tokens;
  whole.target_tokens += part.target_tokens;
  whole.cut_off = whole.cut_off || part.cut_off;
}

}  // namespace

TranslationCall::TranslationCall(const LoadedTranslation& model,
                                 const std::vector<std::string>& texts,
                                 const TranslateOptions& options, std::shared_ptr<Job> job)
    : plan_(PlanTranslation(model, options)), job_(std::move(job)) {
  for (const std::string& text : texts) {
    job_->Check();
    first_row_.push_back(rows_.size());
    const auto pieces = model.source_pieces().Encode(text);
    if (pieces.empty()) continue;
    for (auto& part : SplitPieces(pieces, model.LongestSource())) {
      TranslationRow& row = rows_.emplace_back();
      row.ids = model.SourceIds(options, part, row.unknown);
      row.pieces = std::move(part);
      tokens_ += row.ids.size();
    }
  }
  first_row_.push_back(rows_.size());
  results_.resize(rows_.size());
  waiting_ = rows_.size();
  order_.resize(rows_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [this](std::size_t left, std::size_t right) {
    return rows_[left].ids.size() > rows_[right].ids.size();
  });
}

void TranslationCall::Resolve(std::size_t row, TranslationResult result) {
  const std::lock_guard lock(mutex_);
  results_[row] = std::move(result);
  Answer(row);
  if (error_) return;
  try {
    job_->Progress(static_cast<double>(done_tokens_) / static_cast<double>(tokens_));
  } catch (...) {
    // No memory for an event: the row is answered all the same, and the next one tells more.
  }
}

void TranslationCall::Reject(std::size_t row, std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  Answer(row);
}

bool TranslationCall::Drop(std::size_t row) {
  const std::lock_guard lock(mutex_);
  if (!error_ && !job_->aborted()) return false;
  Answer(row);
  return true;
}

void TranslationCall::Answer(std::size_t row) {
  done_tokens_ += rows_[row].ids.size();
  --waiting_;
  if (waiting_ == 0) changed_.notify_all();
}

void TranslationCall::WaitForAbort() {
  const Job::AbortListener listener(*job_, [this] {
    const std::lock_guard lock(mutex_);  // or the waiting thread could miss it
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ == 0 || job_->aborted(); });
}

std::vector<TranslationResult> TranslationCall::Wait() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }
  job_->Check();
  if (error_) std::rethrow_exception(error_);
  std::vector<TranslationResult> whole;
  for (std::size_t text = 0; text + 1 < first_row_.size(); ++text) whole.push_back(Join(text));
  return whole;
}

TranslationResult TranslationCall::Join(std::size_t text) {
  TranslationResult whole;
  for (std::size_t row = first_row_[text]; row < first_row_[text + 1]; ++row) {
    Append(whole, std::move(results_[row]), plan_.options.separator);
  }
  if (whole.hypotheses.empty()) whole.hypotheses.emplace_back();  // an empty text
  return whole;
}

}  // namespace cpw

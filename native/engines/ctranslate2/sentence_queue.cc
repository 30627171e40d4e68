#include "engines/ctranslate2/sentence_queue.h"

#include <algorithm>
#include <utility>

namespace cpw {

void SentenceQueue::Push(const std::shared_ptr<TranslationCall>& call) {
  const std::lock_guard lock(mutex_);
  for (const std::size_t row : call->order()) tasks_.push_back({call, row});
}

void SentenceQueue::Discard() {
  const std::lock_guard lock(mutex_);
  std::erase_if(tasks_, [](const SentenceTask& task) { return task.call->Drop(task.row); });
}

// A call is cut into as many batches as there are replicas, or a multiple: all of them end
// together. Where other calls wait, a batch takes a replica's share of all that goes together.
std::size_t SentenceQueue::TokensOfBatch() const {
  const TranslationCall& oldest = *tasks_.front().call;
  const std::size_t rounds = oldest.tokens() / (replicas_ * limits_.tokens) + 1;
  std::size_t wanted = oldest.tokens() / rounds;
  std::size_t waiting = 0;
  bool alone = true;
  for (const SentenceTask& task : tasks_) {
    if (!task.call->SharesBatch(oldest)) continue;
    waiting += task.source().ids.size();
    alone = alone && task.call.get() == &oldest;
  }
  if (!alone) wanted = std::max(wanted, waiting);
  return std::min(wanted / replicas_ + 1, limits_.tokens);
}

std::vector<SentenceTask> SentenceQueue::Take() {
  const std::lock_guard lock(mutex_);
  std::erase_if(tasks_, [](const SentenceTask& task) { return task.call->Drop(task.row); });
  std::vector<SentenceTask> batch;
  if (tasks_.empty()) return batch;
  const std::size_t enough = TokensOfBatch();
  std::size_t longest = 0;
  std::size_t tokens = 0;
  std::deque<SentenceTask> rest;
  for (SentenceTask& task : tasks_) {
    const std::size_t length = task.source().ids.size();
    const std::size_t widest = std::max(longest, length);
    const bool fits = batch.empty() ||
                      (task.call->SharesBatch(*batch.front().call) && batch.size() < limits_.rows &&
                       tokens < enough && widest * (batch.size() + 1) <= limits_.tokens);
    if (!fits) {
      rest.push_back(std::move(task));
      continue;
    }
    longest = widest;
    tokens += length;
    batch.push_back(std::move(task));
  }
  tasks_.swap(rest);
  return batch;
}

}  // namespace cpw

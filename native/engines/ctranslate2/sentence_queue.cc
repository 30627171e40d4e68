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

// Tokens of a fair part of the rows that go together with the oldest, so that no replica idles at
// the end.
std::size_t SentenceQueue::Share() const {
  std::size_t tokens = 0;
  for (const SentenceTask& task : tasks_) {
    if (task.call->SharesBatch(*tasks_.front().call)) tokens += task.source().ids.size();
  }
  return (tokens + replicas_ - 1) / replicas_;
}

std::vector<SentenceTask> SentenceQueue::Take() {
  const std::lock_guard lock(mutex_);
  std::erase_if(tasks_, [](const SentenceTask& task) { return task.call->Drop(task.row); });
  std::vector<SentenceTask> batch;
  if (tasks_.empty()) return batch;
  const std::size_t share = Share();
  std::size_t longest = 0;
  std::size_t tokens = 0;
  std::deque<SentenceTask> rest;
  for (SentenceTask& task : tasks_) {
    const std::size_t length = task.source().ids.size();
    const std::size_t widest = std::max(longest, length);
    const bool fits = batch.empty() ||
                      (task.call->SharesBatch(*batch.front().call) && batch.size() < limits_.rows &&
                       tokens < share && widest * (batch.size() + 1) <= limits_.tokens);
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

#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "core/audio_source.h"
#include "core/job.h"

namespace cpw {

// Reports what is done of the audio: ascending, in steps of a thousandth, 1 only at the end.
class ProgressMeter {
 public:
  ProgressMeter(Job& job, const AudioSource& source) : job_(job), source_(source) {}
  void Reach(double seconds) {
    const std::optional<double> duration = source_.Duration();
    if (!duration || !(*duration > 0)) return;
    const double fraction = std::min(seconds / *duration, 0.999);
    if (fraction < last_ + 0.001) return;
    last_ = fraction;
    job_.Progress(fraction);
  }
  void Finish() { job_.Progress(1); }

 private:
  Job& job_;
  const AudioSource& source_;
  double last_ = 0;
};

// The engines work for a job of their own: a failed window stops its neighbours without making the
// caller's job look aborted, and an abort of the caller's job reaches the source and the engines.
class Work {
 public:
  Work(Job& job, AudioSource& source)
      : job_(job), inner_(std::make_shared<Job>()), listener_(job, [this, &source] {
          source.Interrupt();
          inner_->Abort();
        }) {}
  const std::shared_ptr<Job>& job() const { return inner_; }

  // Runs `body`; when it throws, stops the engines, lets `drain` wait for them and throws Aborted
  // if that was the caller's wish, else what was thrown first.
  template <typename Body, typename Drain>
  auto Run(Body body, Drain drain) {
    try {
      job_.Check();
      return body();
    } catch (...) {
      inner_->Abort();
      drain();
      job_.Check();
      throw;
    }
  }

 private:
  Job& job_;
  std::shared_ptr<Job> inner_;
  Job::AbortListener listener_;
};

}  // namespace cpw

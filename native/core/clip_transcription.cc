#include "core/clip_transcription.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace cpw {
namespace {

// Hands a clip's events on, its progress as a part of the whole.
class ClipSink final : public JobSink {
 public:
  // `reached`: the progress of the whole, from clip to clip.
  ClipSink(Job& job, const AudioSource& source, double& reached)
      : job_(job), source_(source), reached_(reached) {}

  void OnProgress(double fraction) override {
    const AudioSource::Part part = source_.CurrentPart();
    const bool ended = fraction == 1 && part.before + part.share > 1 - 1e-9;
    // What is to come may be guessed anew, and 1 is for the end of the last clip.
    const double now = ended ? 1 : std::min(part.before + part.share * fraction, 0.999);
    if (now <= reached_) return;
    reached_ = now;
    job_.Progress(now);
  }
  void OnSegment(const Segment& segment) override { job_.Emit(segment); }

 private:
  Job& job_;
  const AudioSource& source_;
  double& reached_;
};

}  // namespace

TranscriptionResult TranscribeClips(WindowRecognizer& recognizer, AudioSource& source,
                                    const std::function<std::unique_ptr<SpeechScorer>()>& scorer,
                                    const TranscriptionOptions& options, std::shared_ptr<Job> job) {
  const double begin = source.Begin();
  TranscriptionOptions of_clip = options;
  std::optional<TranscriptionResult> whole;
  double reached = -1;
  do {
    const auto inner = std::make_shared<Job>(std::make_unique<ClipSink>(*job, source, reached));
    const Job::AbortListener listener(*job, [&inner] { inner->Abort(); });
    const auto of_this = scorer();
    TranscriptionResult result = Transcribe(recognizer, source, of_this.get(), of_clip, inner);
    result.duration += source.Begin() - begin;
    if (!whole) {
      whole = std::move(result);
    } else {
      if (whole->language.empty()) {
        whole->language = result.language;
        whole->language_probability = result.language_probability;
      }
      whole->duration = result.duration;
      whole->damage = std::move(result.damage);
      whole->removed.insert(whole->removed.end(), result.removed.begin(), result.removed.end());
    }
    of_clip.decode.language = whole->language;
    of_clip.decode.prefix.clear();  // it begins the recording, not each clip
  } while (source.NextClip());
  return std::move(*whole);
}

}  // namespace cpw

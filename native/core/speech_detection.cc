#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/speech_segmenter.h"
#include "core/speech_windower.h"
#include "core/supervised_call.h"
#include "core/transcription.h"

namespace cpw {

std::vector<SpeechSegment> DetectSpeech(AudioSource& source, SpeechScorer& scorer,
                                        const VadOptions& vad, std::shared_ptr<Job> job) {
  Work work(*job, source);
  const auto detect = [&] {
    constexpr std::size_t kStep = 32 * SpeechScorer::kFrameSamples;
    FrameScorer frames(scorer);
    SpeechSegmenter segmenter(vad);
    ProgressMeter progress(*job, source);
    std::vector<SpeechSegment> found;
    std::vector<float> samples(kStep);
    std::int64_t total = 0;
    for (std::size_t count = kStep; count == kStep;) {
      count = source.Read(samples.data(), kStep);
      job->Check();
      for (const float probability : frames.Score(std::span<const float>(samples).first(count)))
        segmenter.Push(probability);
      total += static_cast<std::int64_t>(count);
      if (count < kStep) segmenter.Finish(total);
      while (const auto range = segmenter.Pop()) {
        found.push_back({source.Begin() + static_cast<double>(range->begin) / kSampleRate,
                         source.Begin() + static_cast<double>(range->end) / kSampleRate});
      }
      progress.Reach(static_cast<double>(total) / kSampleRate);
    }
    job->Check();
    progress.Finish();
    return found;
  };
  return work.Run(detect, [] {});
}

}  // namespace cpw

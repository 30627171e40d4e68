#pragma once

#include <functional>
#include <memory>

#include "core/transcription.h"

namespace cpw {

// Transcribe() for each clip of `source` in turn (AudioSource::NextClip), as one job: no window
// reaches over a gap, segments and progress ascend, the language is decided once. Each clip has a
// scorer of its own, since a detector remembers what it heard last; nullptr where there is none.
TranscriptionResult TranscribeClips(WindowRecognizer& recognizer, AudioSource& source,
                                    const std::function<std::unique_ptr<SpeechScorer>()>& scorer,
                                    const TranscriptionOptions& options, std::shared_ptr<Job> job);

}  // namespace cpw

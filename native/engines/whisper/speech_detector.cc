#include "engines/whisper/speech_detector.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include "core/error.h"
#include "engines/whisper/ggml_file.h"
#include "engines/whisper/handles.h"
#include "engines/whisper/model_check.h"
#include "engines/whisper/upstream_log.h"

namespace cpw {
namespace {

// A checked image: upstream reads it once from front to end.
struct ImageReader {
  const std::vector<char>& image;
  std::size_t position = 0;
  bool at_end = false;

  std::size_t Read(void* out, std::size_t bytes) {
    const std::size_t count = std::min(bytes, image.size() - position);
    std::memset(out, 0, bytes);
    std::memcpy(out, image.data() + position, count);
    position += count;
    at_end = count < bytes;
    return count;
  }
};

WhisperVadContext Open(const std::vector<char>& image, const std::string& path) {
  ImageReader reader{image};
  whisper_model_loader loader{};
  loader.context = &reader;
  loader.read = [](void* self, void* out, std::size_t bytes) {
    return bytes == 0 ? 0 : static_cast<ImageReader*>(self)->Read(out, bytes);
  };
  loader.eof = [](void* self) { return static_cast<ImageReader*>(self)->at_end; };
  loader.close = [](void*) {};
  whisper_vad_context_params params = whisper_vad_default_context_params();
  params.n_threads = 1;  // the network is tiny: more threads cost 25 times as much
  params.use_gpu = false;
  const UpstreamErrors errors;
  WhisperVadContext context;
  {
    std::lock_guard lock(UpstreamSetupMutex());
    context.reset(whisper_vad_init_with_params(&loader, params));
  }
  if (!context) errors.ThrowLoad("The speech detection model " + path + " could not be loaded");
  whisper_vad_reset_state(context.get());  // upstream leaves the new state uninitialised
  return context;
}

class SileroScorer final : public SpeechScorer {
 public:
  explicit SileroScorer(WhisperVadContext context) : context_(std::move(context)) {}

  std::span<const float> Score(std::span<const float> samples) override {
    if (samples.size() % kFrameSamples != 0) {
      throw CpwError(ErrorCode::kInternal, "Speech is scored in frames of 512 samples, got " +
                                               std::to_string(samples.size()) + ".");
    }
    if (samples.empty()) return {};
    const UpstreamErrors errors;
    const bool scored = whisper_vad_detect_speech_no_reset(context_.get(), samples.data(),
                                                           static_cast<int>(samples.size()));
    // A frame that failed ends upstream's loop without a word but in the log.
    if (!scored || !errors.empty()) errors.ThrowInference("Speech could not be detected");
    return {whisper_vad_probs(context_.get()),
            static_cast<std::size_t>(whisper_vad_n_probs(context_.get()))};
  }

 private:
  WhisperVadContext context_;
};

std::vector<char> ReadChecked(const std::string& path) {
  GgmlFile file(path, "a Silero VAD model");
  CheckSileroFile(file);
  std::vector<char> image(static_cast<std::size_t>(file.remaining()));
  file.Read(image.data(), image.size(), "a second reading");
  return image;
}

}  // namespace

SpeechDetector::SpeechDetector(const std::string& path) : path_(path) {
  RouteUpstreamLogs();
  image_ = std::make_shared<const std::vector<char>>(ReadChecked(path));
  MakeScorer();  // a model that cannot be set up fails here, not in the first job
}

std::unique_ptr<SpeechScorer> SpeechDetector::MakeScorer() const {
  try {
    return std::make_unique<SileroScorer>(Open(*image_, path_));
  } catch (const std::bad_alloc&) {
    throw CpwError(
        ErrorCode::kOutOfMemory,
        "Memory ran out while speech detection was set up. Next step: run fewer jobs at once.");
  }
}

}  // namespace cpw

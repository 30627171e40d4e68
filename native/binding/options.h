#pragma once

#include <functional>
#include <memory>
#include <span>

#include "binding/fields.h"
#include "core/transcription.h"
#include "engines/ctranslate2/load_options.h"

namespace cpw {

// Options objects to plain structs, on the JS thread. Shapes: src/native/addon.ts.
VadOptions ReadVadOptions(Fields fields);
TranscriptionOptions ReadTranscriptionOptions(const Napi::Value& value);
// What all models of CTranslate2 take; the caller finishes the fields.
void ReadModelLoadOptions(Fields& fields, ModelLoadOptions& options);

// One row per engine: reads the load options, gives the work that loads on a job thread.
using LoadWork = std::function<std::shared_ptr<WindowRecognizer>(const std::shared_ptr<Job>&)>;
struct RecognizerLoader {
  const char* name;
  LoadWork (*read)(const Napi::Value& options);
};
std::span<const RecognizerLoader> RecognizerLoaders();

}  // namespace cpw

#include "binding/quantize.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "binding/fields.h"
#include "binding/js_error.h"
#include "binding/submit.h"
#include "binding/typed_array.h"
#include "engines/whisper/quantize.h"

namespace cpw {

Napi::Value QuantizeGgml(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] {
    auto values = CopyTypedArray<float>(info[0], napi_float32_array, "The numbers", "Float32Array");
    Fields fields(info[1], "options");
    QuantizeOptions options;
    options.type = fields.String("type");
    options.row_length = fields.Int32("rowLength");
    fields.Finish();
    return Submit(
        info.Env(), info.Env().Undefined(),
        [values = std::move(values), options](const std::shared_ptr<Job>& job) {
          return QuantizeRows(values, options, *job);
        },
        [](Napi::Env env, const std::vector<std::uint8_t>& blocks) -> Napi::Value {
          return Napi::Buffer<std::uint8_t>::Copy(env, blocks.data(), blocks.size());
        });
  });
}

}  // namespace cpw

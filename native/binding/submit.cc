#include "binding/submit.h"

namespace cpw {

template <typename Arguments>
void ChannelSink::Deliver(Napi::FunctionReference Call::*callback, Arguments arguments) {
  environment_.channel().Send(
      [&environment = environment_, id = id_, callback, arguments](Napi::Env env) {
        Call* call = environment.Find(id);
        if (call == nullptr || (call->*callback).IsEmpty() || call->thrown) return;
        try {
          (call->*callback).Call({arguments(env)});
        } catch (const Napi::Error& error) {
          call = environment.Find(id);
          if (call == nullptr) return;
          call->thrown = error;
          if (call->job) call->job->Abort();
        }
      });
}

void ChannelSink::OnProgress(double fraction) {
  Deliver(&Call::on_progress,
          [fraction](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, fraction); });
}

void ChannelSink::OnSegment(const Segment& segment) {
  // The copy is made on the engine's thread: nothing an engine still writes is read by JavaScript.
  Deliver(&Call::on_segment,
          [segment](Napi::Env env) -> Napi::Value { return ToJs(env, segment); });
}

OpenedCall OpenCall(Napi::Env env, const Napi::Value& callbacks) {
  Environment& environment = Environment::Get(env);
  auto call = std::make_unique<Call>(env);
  if (!callbacks.IsUndefined()) {
    Fields fields(callbacks, "callbacks");
    if (const auto function = fields.OptionalFunction("onProgress")) {
      call->on_progress = Napi::Persistent(*function);
    }
    if (const auto function = fields.OptionalFunction("onSegment")) {
      call->on_segment = Napi::Persistent(*function);
    }
    fields.Finish();
  }
  Call* opened = call.get();
  const std::uint64_t id = environment.Open(std::move(call));
  auto job = std::make_shared<Job>(std::make_unique<ChannelSink>(environment, id));
  opened->job = job;
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", opened->deferred.Promise());
  handle.Set("abort",
             Napi::Function::New(env, [weak = std::weak_ptr<Job>(job)](const Napi::CallbackInfo&) {
               if (const auto strong = weak.lock()) strong->Abort();
             }));
  return {handle, id, job};
}

void Settle(Napi::Env env, std::uint64_t id,
            const std::function<void(Napi::Env, Napi::Promise::Deferred&)>& settle) {
  const std::unique_ptr<Call> call = Environment::Get(env).Close(id);
  if (!call) return;
  if (call->thrown) {
    // Value() is what was thrown, also where that was not an Error.
    call->deferred.Reject(call->thrown->Value());
    return;
  }
  settle(env, call->deferred);
}

}  // namespace cpw

#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "binding/environment.h"
#include "binding/fields.h"
#include "binding/js_error.h"
#include "binding/to_js.h"

namespace cpw {

// Carries a job's events to its callbacks, by way of the channel.
class ChannelSink : public JobSink {
 public:
  ChannelSink(Environment& environment, std::uint64_t id) : environment_(environment), id_(id) {}
  void OnProgress(double fraction) override;
  void OnSegment(const Segment& segment) override;

 private:
  template <typename Arguments>
  void Deliver(Napi::FunctionReference Call::*callback, Arguments arguments);

  Environment& environment_;
  std::uint64_t id_;
};

// Opens a call: the object {promise, abort} for JavaScript, the id and the job for the work.
struct OpenedCall {
  Napi::Object handle;
  std::uint64_t id;
  std::shared_ptr<Job> job;
};
OpenedCall OpenCall(Napi::Env env, const Napi::Value& callbacks);

// JS thread: settles the call, with what a callback threw if one did.
void Settle(Napi::Env env, std::uint64_t id,
            const std::function<void(Napi::Env, Napi::Promise::Deferred&)>& settle);

// Runs `work(job)` on a job thread and resolves the returned handle's promise with
// `convert(env, result)`. `work` holds shared pointers to everything it uses.
template <typename Work, typename Convert>
Napi::Value Submit(Napi::Env env, const Napi::Value& callbacks, Work work, Convert convert) {
  OpenedCall call = OpenCall(env, callbacks);
  Environment& environment = Environment::Get(env);
  PendingCall pending(environment, call.id);
  environment.threads()->Post([&environment, id = call.id, job = call.job, work = std::move(work),
                               convert = std::move(convert)]() mutable {
    using Result = decltype(work(job));
    std::shared_ptr<Result> result;
    Failure failure;
    try {
      job->Check();
      result = std::make_shared<Result>(work(job));
    } catch (...) {
      failure = DescribeCurrentException(job->aborted());
    }
    // Frees the engine and the source here; a promise that has settled leaves nothing running.
    { Work done = std::move(work); }
    environment.channel().Send([id, result, failure, convert](Napi::Env js) {
      Settle(js, id, [&](Napi::Env inner, Napi::Promise::Deferred& deferred) {
        if (result) {
          deferred.Resolve(convert(inner, *result));
        } else {
          deferred.Reject(ToJsError(inner, failure.code, failure.message).Value());
        }
      });
    });
  });
  pending.Started();
  return call.handle;
}

}  // namespace cpw

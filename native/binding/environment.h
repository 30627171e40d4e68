#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "binding/channel.h"
#include "core/job.h"
#include "core/job_threads.h"

namespace cpw {

// What a running call holds of JavaScript. Lives on the JS thread alone; other threads know its id.
struct Call {
  explicit Call(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise::Deferred deferred;
  Napi::FunctionReference on_progress;
  Napi::FunctionReference on_segment;
  std::vector<Napi::ObjectReference> keep_alive;
  std::shared_ptr<Job> job;
  // False for what only waits on another call (a push): it does not keep the process alive.
  bool keeps_alive = true;
  // What a callback threw: the call is aborted and rejects with it.
  std::optional<Napi::Error> thrown;
};

class Environment;

// Closes the call again unless its work was started: an open call keeps the process alive.
class PendingCall {
 public:
  PendingCall(Environment& environment, std::uint64_t id) : environment_(environment), id_(id) {}
  ~PendingCall();
  void Started() { started_ = true; }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

 private:
  Environment& environment_;
  const std::uint64_t id_;
  bool started_ = false;
};

// Frees an engine on a job thread: joining its workers and freeing its weights takes a while. After
// the threads were joined it is freed at once.
void Dispose(JobThreads& threads, std::shared_ptr<void> resource);

// Everything of one Node environment (the main thread or a worker). No state is shared with
// another.
class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment& Get(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  Channel& channel() { return *channel_; }
  // For callbacks that may outlive the environment.
  std::weak_ptr<Channel> weak_channel() const { return channel_; }
  const std::shared_ptr<JobThreads>& threads() const { return threads_; }

  // Calls: opened on the JS thread, found by id in messages, closed when they settle.
  std::uint64_t Open(std::unique_ptr<Call> call);
  Call* Find(std::uint64_t id);
  std::unique_ptr<Call> Close(std::uint64_t id);

  void SetLogSink(Napi::Value sink);

  Napi::FunctionReference recognizer_class;
  Napi::FunctionReference speech_detector_class;
  Napi::FunctionReference translator_class;
  Napi::FunctionReference audio_input_class;

 private:
  void Shutdown();

  Napi::Env env_;
  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<JobThreads> threads_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Call>> calls_;
  std::uint64_t next_id_ = 1;
  Napi::FunctionReference log_sink_;
};

}  // namespace cpw

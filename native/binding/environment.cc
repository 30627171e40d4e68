#include "binding/environment.h"

#include <dlfcn.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "core/log.h"

namespace cpw {
namespace {

// More calls than this wait for a thread; each thread costs about 100 kB.
constexpr std::size_t kMaxJobThreads = 64;

// The process-wide log fans out to the environments that subscribed.
struct LogSubscribers {
  std::mutex mutex;
  std::vector<std::pair<Environment*, Channel*>> list;
};
LogSubscribers& Subscribers() {
  static LogSubscribers instance;
  return instance;
}

const char* LevelName(LogLevel level) {
  static constexpr const char* kNames[] = {"debug", "info", "warn", "error"};
  return kNames[static_cast<int>(level)];
}

// Node unloads an addon with the last worker that used it. The engines' libraries keep memory and
// thread-local state for the life of the process: each worker after that would leak it anew (23 MB
// with CTranslate2), and a thread that still ends would run code that is gone.
void KeepLoaded() {
  Dl_info self{};
  if (dladdr(reinterpret_cast<const void*>(&KeepLoaded), &self) == 0 || !self.dli_fname) return;
  // The handle is never closed, on purpose.
  dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

Environment::Environment(Napi::Env env)
    : env_(env),
      channel_(std::make_shared<Channel>(env)),
      threads_(std::make_shared<JobThreads>(kMaxJobThreads)) {
  static std::once_flag kept;
  std::call_once(kept, KeepLoaded);
  // Hooks run in reverse order: this one before the thread-safe function's own, so that threads
  // that still send are joined while the channel is alive.
  env.AddCleanupHook([this] { Shutdown(); });
}

Environment::~Environment() = default;

void Environment::Shutdown() {
  SetLogSink(env_.Null());
  for (auto& [id, call] : calls_) {
    if (call->job) call->job->Abort();
  }
  threads_->Join();
  channel_->Close();
  calls_.clear();
  recognizer_class.Reset();
  speech_detector_class.Reset();
  translator_class.Reset();
  audio_input_class.Reset();
}

std::uint64_t Environment::Open(std::unique_ptr<Call> call) {
  const std::uint64_t id = next_id_++;
  if (call->keeps_alive) channel_->Ref();
  calls_.emplace(id, std::move(call));
  return id;
}

Call* Environment::Find(std::uint64_t id) {
  const auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : found->second.get();
}

std::unique_ptr<Call> Environment::Close(std::uint64_t id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  auto call = std::move(found->second);
  calls_.erase(found);
  if (call->keeps_alive) channel_->Unref();
  return call;
}

PendingCall::~PendingCall() {
  if (!started_) environment_.Close(id_);
}

void Dispose(JobThreads& threads, std::shared_ptr<void> resource) {
  if (!resource) return;
  try {
    threads.Post([resource = std::move(resource)]() mutable { resource.reset(); });
  } catch (const std::exception&) {
    // No thread is to be had: it is freed here, which is slow and no failure.
  }
}

void Environment::SetLogSink(Napi::Value sink) {
  auto& subscribers = Subscribers();
  std::lock_guard lock(subscribers.mutex);
  std::erase_if(subscribers.list, [this](const auto& entry) { return entry.first == this; });
  log_sink_.Reset();
  if (sink.IsFunction()) {
    log_sink_ = Napi::Persistent(sink.As<Napi::Function>());
    subscribers.list.emplace_back(this, channel_.get());
  }
  if (subscribers.list.empty()) {
    Log::SetSink(nullptr);
    return;
  }
  Log::SetSink([](LogLevel level, const std::string& line) {
    auto& all = Subscribers();
    std::lock_guard guard(all.mutex);
    for (auto& [environment, channel] : all.list) {
      channel->Send([environment = environment, level, line](Napi::Env env) {
        if (environment->log_sink_.IsEmpty()) return;
        try {
          environment->log_sink_.Call(
              {Napi::String::New(env, LevelName(level)), Napi::String::New(env, line)});
        } catch (const Napi::Error&) {
          // A log sink that throws must not take down what it watches.
        }
      });
    }
  });
}

}  // namespace cpw

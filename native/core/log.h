#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace cpw {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

// Upstream libraries log through process-wide callbacks, so this sink is process-wide too; the
// binding forwards a line to every environment that subscribed. Nothing is ever printed.
class Log {
 public:
  using Sink = std::function<void(LogLevel, const std::string&)>;

  static void SetSink(Sink sink) {
    std::lock_guard lock(mutex());
    sink_storage() = sink ? std::make_shared<Sink>(std::move(sink)) : nullptr;
  }
  static void Write(LogLevel level, const std::string& message) {
    std::shared_ptr<Sink> sink;
    {
      std::lock_guard lock(mutex());
      sink = sink_storage();
    }
    if (sink) (*sink)(level, message);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex instance;
    return instance;
  }
  static std::shared_ptr<Sink>& sink_storage() {
    static std::shared_ptr<Sink> instance;
    return instance;
  }
};

}  // namespace cpw

#pragma once

#include <napi.h>

#include <exception>
#include <string>

#include "core/error.h"

namespace cpw {

// An Error with `code`; TypeScript turns it into its CpwError class.
Napi::Error ToJsError(Napi::Env env, const std::string& code, const std::string& message);

// Plain facts of a C++ exception, taken on the thread that caught it.
struct Failure {
  std::string code;
  std::string message;
};
// Call inside a catch block. `aborted` decides before the exception does.
Failure DescribeCurrentException(bool aborted);

// For wrap methods: what they throw becomes a JS exception. Anything but a Napi::Error that left
// one would end the process.
template <typename Function>
Napi::Value Guarded(Napi::Env env, Function&& function) {
  try {
    return function();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    const Failure failure = DescribeCurrentException(false);
    throw ToJsError(env, failure.code, failure.message);
  }
}

}  // namespace cpw

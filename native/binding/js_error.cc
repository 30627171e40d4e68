#include "binding/js_error.h"

#include <new>
#include <system_error>

namespace cpw {

Napi::Error ToJsError(Napi::Env env, const std::string& code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Value().Set("code", Napi::String::New(env, code));
  return error;
}

Failure DescribeCurrentException(bool aborted) {
  if (aborted) return {"CPW_ABORTED", "The call was aborted."};
  try {
    throw;
  } catch (const CpwError& error) {
    return {CodeName(error.code()), error.what()};
  } catch (const Aborted&) {
    return {"CPW_ABORTED", "The call was aborted."};
  } catch (const std::bad_alloc&) {
    return {CodeName(ErrorCode::kOutOfMemory),
            "Memory ran out. Next step: take a smaller model, a smaller computeType or fewer "
            "replicas."};
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again) {
      return {CodeName(ErrorCode::kInternal), error.what()};
    }
    return {CodeName(ErrorCode::kOutOfMemory),
            "The system gives this process no more threads. Next step: take fewer replicas or "
            "threads, or raise the limit (ulimit -u, a container's pids limit)."};
  } catch (const std::exception& error) {
    return {CodeName(ErrorCode::kInternal), error.what()};
  } catch (...) {
    return {CodeName(ErrorCode::kInternal), "An exception of an unknown type was thrown."};
  }
}

}  // namespace cpw

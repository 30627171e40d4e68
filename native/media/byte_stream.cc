#include "media/byte_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace cpw {

std::uint64_t ByteStream::Skip(std::uint64_t count) {
  std::array<std::uint8_t, 16384> scratch;
  std::uint64_t done = 0;
  while (done < count) {
    const auto step = std::min<std::uint64_t>(count - done, scratch.size());
    const auto got = Read(scratch.data(), static_cast<std::size_t>(step));
    if (got == 0) break;
    done += got;
  }
  return done;
}

void FileByteStream::Refuse(ErrorCode code, const std::string& reason,
                            const std::string& next) const {
  throw CpwError(code, "Cannot read " + name() + ": " + reason + ". Next step: " + next + ".");
}

void FileByteStream::Open() {
  namespace fs = std::filesystem;
  std::error_code failure;
  const auto status = fs::status(path_, failure);
  if (status.type() == fs::file_type::not_found) {
    Refuse(ErrorCode::kFileNotFound, "there is no such file", "check the path");
  }
  if (failure) Refuse(ErrorCode::kFileNotFound, failure.message(), "check the path and its rights");
  if (status.type() == fs::file_type::directory) {
    Refuse(ErrorCode::kUnsupportedMedia, "it is a folder", "name an audio file in it");
  }
  // Opening a pipe would wait for its writer, and nothing could interrupt that.
  if (status.type() != fs::file_type::regular) {
    Refuse(ErrorCode::kUnsupportedMedia, "it is not a regular file",
           "push the bytes of a pipe or device as a stream");
  }
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) {
    const auto reason = std::generic_category().message(errno);
    Refuse(ErrorCode::kFileNotFound, reason, "make the file readable for this user");
  }
  const auto size = fs::file_size(path_, failure);
  if (!failure) size_ = size;
}

std::size_t FileByteStream::Read(void* out, std::size_t count) {
  if (interrupted_.load(std::memory_order_acquire)) return 0;
  if (!file_) Open();
  const auto got = std::fread(out, 1, count, file_.get());
  if (got == 0 && std::ferror(file_.get())) {
    Refuse(ErrorCode::kFileNotFound, "reading failed at byte " + std::to_string(position_),
           "check the disk or copy the file again");
  }
  position_ += got;
  return got;
}

std::uint64_t FileByteStream::Skip(std::uint64_t count) {
  if (!file_) Open();
  if (!size_) return ByteStream::Skip(count);
  const auto step = std::min(count, *size_ - std::min(*size_, position_));
  if (fseeko(file_.get(), static_cast<off_t>(step), SEEK_CUR) != 0) return ByteStream::Skip(count);
  position_ += step;
  return step;
}

std::size_t MemoryByteStream::Read(void* out, std::size_t count) {
  if (interrupted_.load(std::memory_order_acquire)) return 0;
  const auto done = std::min(count, bytes_.size() - position_);
  if (done > 0) std::memcpy(out, bytes_.data() + position_, done);
  position_ += done;
  return done;
}

std::uint64_t MemoryByteStream::Skip(std::uint64_t count) {
  const auto done = std::min<std::uint64_t>(count, bytes_.size() - position_);
  position_ += static_cast<std::size_t>(done);
  return done;
}

}  // namespace cpw

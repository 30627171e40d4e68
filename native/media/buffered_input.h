#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/byte_stream.h"

namespace cpw {

// Looks ahead in a ByteStream, for decoders that must see a frame whole before they take it. Holds
// no more than was asked for by Peek() or one block, whichever is larger.
class BufferedInput {
 public:
  explicit BufferedInput(ByteStream& stream) : stream_(stream) {}

  // At least `count` bytes, fewer only at the end of the data. Valid until the next call.
  std::span<const std::uint8_t> Peek(std::size_t count);
  // Drops bytes that Peek() showed.
  void Consume(std::size_t count);
  // `count` bytes, fewer only at the end of the data.
  std::size_t Read(void* out, std::size_t count);
  std::uint64_t Skip(std::uint64_t count);

  std::uint64_t position() const { return position_; }
  std::optional<std::uint64_t> size() const { return stream_.size(); }
  std::string name() const { return stream_.name(); }

 private:
  ByteStream& stream_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::uint64_t position_ = 0;
};

}  // namespace cpw

#include "media/identify.h"

#include "media/decoder.h"

namespace cpw {
namespace {

// Remembers whether a reader wanted more than there was.
class HeadStream final : public ByteStream {
 public:
  explicit HeadStream(std::span<const std::uint8_t> head) : bytes_(head, nullptr) {}
  std::size_t Read(void* out, std::size_t count) override {
    const auto got = bytes_.Read(out, count);
    exhausted_ = exhausted_ || got == 0;
    return got;
  }
  std::uint64_t Skip(std::uint64_t count) override {
    const auto got = bytes_.Skip(count);
    exhausted_ = exhausted_ || got < count;
    return got;
  }
  std::string name() const override { return bytes_.name(); }
  bool exhausted() const { return exhausted_; }

 private:
  MemoryByteStream bytes_;
  bool exhausted_ = false;
};

}  // namespace

MediaIdentity IdentifyMedia(ByteStream& stream) {
  BufferedInput input(stream);
  try {
    return {MediaRoute::kDecoded, {}, OpenDecoder(input)->format().channels};
  } catch (const ForeignFormat& foreign) {
    return {MediaRoute::kForeign, foreign.format()};
  } catch (const CpwError& error) {
    if (error.code() != ErrorCode::kUnsupportedMedia) throw;
  }
  return {};
}

MediaIdentity IdentifyHead(std::span<const std::uint8_t> head, bool whole) {
  HeadStream stream(head);
  BufferedInput input(stream);
  try {
    return {MediaRoute::kDecoded, {}, OpenDecoder(input)->format().channels};
  } catch (const CpwError& error) {
    if (stream.exhausted() && !whole) return {MediaRoute::kMore, {}};
    const auto* foreign = dynamic_cast<const ForeignFormat*>(&error);
    if (foreign) return {MediaRoute::kForeign, foreign->format()};
  }
  return {};
}

}  // namespace cpw

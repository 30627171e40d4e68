#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "media/byte_stream.h"

namespace cpw {

// Who decodes some media.
enum class MediaRoute {
  kDecoded,  // DecodedSource, which also has the words for what is wrong with it
  kForeign,  // another program
  kMore,     // more bytes are needed to tell
};

struct MediaIdentity {
  MediaRoute route = MediaRoute::kDecoded;
  std::string format;  // of kForeign, in words: "an AVI file"
  int channels = 0;    // of kDecoded, 0 where its header is damaged
};

// By the content alone. Throws CpwError where the stream cannot be read.
MediaIdentity IdentifyMedia(ByteStream& stream);

// By the beginning of a stream, `whole` when there is no more of it.
MediaIdentity IdentifyHead(std::span<const std::uint8_t> head, bool whole);

}  // namespace cpw

#pragma once

#include <string>

namespace cpw {

// The bytes of a SentencePiece model, checked where upstream trusts them: the tables by which text
// is normalised are walked without bounds, and texts of the file are encoded while it loads. Throws
// CpwError kModelNotFound or kModelIncompatible.
std::string ReadSentencePieceFile(const std::string& path);

}  // namespace cpw

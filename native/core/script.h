#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cpw {

// A set of writing systems, one bit each; empty for what belongs to none (digits, punctuation).
using ScriptSet = std::uint64_t;

// The scripts of all characters of a UTF-8 text; what is no valid UTF-8 belongs to none.
ScriptSet ScriptsOf(std::string_view text);

// What a text in a script of ISO 15924 (`Latn`, `Jpan`, `Hans`) is written with; nothing for a code
// that is not known here.
std::optional<ScriptSet> ScriptsOfCode(std::string_view code);

// The character at `at`, which is moved behind it; U+FFFD for a byte that begins none.
char32_t NextCharacter(std::string_view text, std::size_t& at);

}  // namespace cpw

# Sources that crates carry, brought by cargo with the checksums of the lock file.
# cpw_crate_sources(<folder with Cargo.toml and Cargo.lock> <out>): the vendored folder.
function(cpw_crate_sources manifest_folder out)
  find_program(CPW_CARGO cargo)
  if(NOT CPW_CARGO)
    message(FATAL_ERROR "cargo is missing: it brings the sources of CTranslate2 and zlib. "
      "Next step: install Rust 1.85 or newer (rustup, or Debian 13's package cargo), or set "
      "CPW_BUILD_CTRANSLATE2_DIR and CPW_BUILD_ZLIB_DIR to folders with their sources.")
  endif()
  file(SHA256 "${manifest_folder}/Cargo.lock" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  set(folder "${CPW_BUILD_CACHE}/crates-${hash}")
  file(MAKE_DIRECTORY "${CPW_BUILD_CACHE}")
  file(LOCK "${folder}.lock" GUARD FUNCTION TIMEOUT 3600)
  if(NOT EXISTS "${folder}/.complete")
    message(STATUS "crates: fetching sources (about 40 MB)")
    file(REMOVE_RECURSE "${folder}")
    # In a folder of its own: cargo reads .cargo/config.toml from where it runs.
    cpw_run("Fetching crates" "${CPW_BUILD_CACHE}/crates-${hash}.log" COMMAND "${CPW_CARGO}" vendor --locked
      --versioned-dirs --manifest-path "${manifest_folder}/Cargo.toml" "${folder}")
    file(WRITE "${folder}/.complete" "")
  endif()
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()

/** A file of a model at its hub. */
export interface ModelFile {
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Where a model's files can be had: a repository on the Hugging Face hub. */
export interface ModelSource {
  readonly repository: string;
  /** A commit, or a branch where no commit is known. */
  readonly revision: string;
  /** Absent where the hub has to be asked which files there are. */
  readonly files?: readonly ModelFile[];
}

/** A file as the tables of known files write it down. */
export type Row = readonly [path: string, bytes: number, sha256?: string];

/** A folder whose files are all listed by the caller. */
export function listedFolder(
  repository: string,
  revision: string,
  rows: readonly Row[],
): ModelSource {
  return { repository, revision, files: rows.map(toFile) };
}

/** A row as a {@link ModelFile}. */
export function toFile([path, bytes, sha256]: Row): ModelFile {
  return { path, bytes, ...(sha256 === undefined ? {} : { sha256 }) };
}

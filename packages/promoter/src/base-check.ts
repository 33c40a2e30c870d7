// What a change of an images.yaml does, against the file it changes: tags that move, and entries that the promotion job does not
// find in the diff, so that nothing is promoted and the job is green.
// Source: PT `--use-prow-manifest-diff`; domain facts §5.2 and §7 (rows 6 and 7).
import type { Problem } from '@runbook/problem';
import type { ImageDigest, ImagesFile } from './images-file.ts';
import type { ProblemCode } from './problem-code.ts';

/** A change of one images.yaml. */
export interface ImagesChange {
  /** Undefined for a new file. */
  readonly before?: ImagesFile;
  readonly after: ImagesFile;
  /** Digests that the promotion job reads from the diff, see `changedDigests`. */
  readonly diffDigests: ReadonlySet<string>;
}

interface Held {
  readonly digest: string;
  readonly at?: ImageDigest;
}

/** Checks a change. Problems stand in the new file. */
export function checkChange({ before, after, diffDigests }: ImagesChange): readonly Problem[] {
  const old = tagsOf(before);
  const now = tagsOf(after);
  const found: Problem[] = [];
  const problem = (at: ImageDigest | undefined, code: ProblemCode, severity: Problem['severity'], message: string, hint: string): void => {
    found.push({ code, severity, message, hint, file: after.file, line: at?.line ?? 1, column: at?.column ?? 1 });
  };
  for (const [name, { digest }] of old) {
    const held = now.get(name);
    if (held === undefined) problem(undefined, 'removed-tag', 'warning', `${name} is no longer listed; production keeps it all the same`, 'Keep the line: it is the record of what was promoted.');
    else if (held.digest !== digest) problem(held.at, 'moved-tag', 'error', `${name} was ${short(digest)} and would be ${short(held.digest)}; promoted tags never move, and the whole promotion stops`, 'Promote the new digest under a new tag.');
  }
  const overlooked = new Set<string>();
  for (const [name, { digest, at }] of now) {
    if (old.get(name)?.digest === digest || diffDigests.has(digest) || overlooked.has(digest)) continue;
    overlooked.add(digest);
    problem(at, 'overlooked-digest', 'error', `${name} is new, but the promotion job does not find ${short(digest)} in the diff and would promote nothing, without an error`, 'Put the digest in double quotes and its tags on the same line, alone.');
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** `image:tag` → digest; a digest without tags stands under itself. */
function tagsOf(file: ImagesFile | undefined): ReadonlyMap<string, Held> {
  const found = new Map<string, Held>();
  for (const { name, digests } of file?.images ?? []) {
    for (const one of digests) {
      const names = one.tags.length === 0 ? [`${name}@${one.digest}`] : one.tags.map((tag) => `${name}:${tag}`);
      for (const each of names) if (!found.has(each)) found.set(each, { digest: one.digest, at: one });
    }
  }
  return found;
}

function short(digest: string): string {
  return digest.length > 19 ? `${digest.slice(0, 19)}…` : digest;
}

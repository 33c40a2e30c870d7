// The digest of bytes on their way, which can be taken up again at any place behind. Pure.
import { createHash, type Hash } from 'node:crypto';

/** So many bytes are read again at most when a digest is taken up in the middle. */
const markBytes = 4 * 1024 * 1024;

/** A digest that grows. */
export interface RunningDigest {
  /** Bytes it has seen. */
  seen(): number;
  /** Forgets what is behind a place, and gives the place from which it has to see the bytes again: that one, or a little before. */
  rewind(to: number): number;
  update(part: Uint8Array): void;
  /** `sha256:…` of what it has seen. */
  text(): string;
}

/** Makes one, by the algorithm of another digest; sha256 unless that one says sha512. */
export function createRunningDigest(like: string): RunningDigest {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  const marks: { readonly at: number; readonly hash: Hash }[] = [];
  let mark = { at: 0, hash: createHash(algorithm) };
  let hash = mark.hash.copy();
  let seen = 0;
  return {
    seen: () => seen,
    rewind(to) {
      if (to === seen) return seen;
      while (mark.at > to) mark = marks.pop() ?? { at: 0, hash: createHash(algorithm) };
      hash = mark.hash.copy();
      seen = mark.at;
      return seen;
    },
    update(part) {
      hash.update(part);
      seen += part.byteLength;
      if (seen - mark.at < markBytes) return;
      marks.push(mark);
      mark = { at: seen, hash: hash.copy() };
    },
    text: () => `${algorithm}:${hash.copy().digest('hex')}`,
  };
}

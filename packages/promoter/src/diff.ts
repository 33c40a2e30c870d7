export function changedDigests(diffUnified0: string): readonly string[] {
  throw new Error(`being written: ${diffUnified0}`);
}

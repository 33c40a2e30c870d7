export function parseSingleArchAllowed(goSource: string): readonly string[] {
  throw new Error(`being written: ${goSource}`);
}
export function needsMultiArch(image: string, tags: readonly string[], publicName: string, allowed: readonly string[]): boolean {
  throw new Error(`being written: ${image} ${tags} ${publicName} ${allowed}`);
}

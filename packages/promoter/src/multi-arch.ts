// Which new images the pull request check wants to be for several platforms. The check itself asks the registry;
// this is only the rule of who is excused.
// Source: K:registry.k8s.io/manifests/multiarch_test.go; domain facts §5.5.

const architectures: readonly string[] = ['-amd64', '-arm64', '-ppc64le', '-s390x', '-arm', '-386'];

/**
 * The public names excused by the Go source of the check: the strings in the list assigned to `allowedImages`. Comments
 * are left out. An empty list when there is no such assignment.
 */
export function parseSingleArchAllowed(goSource: string): readonly string[] {
  const code = goSource.replace(/("(?:\\.|[^"\\\n])*"|`[^`]*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, text: string | undefined) => text ?? ' ');
  const start = /\ballowedImages\s*(?::=|=|\[\]string\s*=)\s*\[\]string\s*\{/.exec(code);
  if (start === null) return [];
  const found: string[] = [];
  const token = /"((?:\\.|[^"\\\n])*)"|`([^`]*)`|\}/g;
  token.lastIndex = start.index + start[0].length;
  for (let match = token.exec(code); match !== null && match[0] !== '}'; match = token.exec(code)) {
    found.push(match[1] ?? match[2] ?? '');
  }
  return found;
}

/**
 * True when the check wants this image to be an index of several platforms. `image` is the name in images.yaml,
 * `publicName` the name users pull (`registry.k8s.io/apisnoop/snoopdb`). The check calls images of the root project
 * `registry.k8s.io/images/NAME`, so both spellings are looked up. A digest without tags is excused, as in the check.
 */
export function needsMultiArch(image: string, tags: readonly string[], publicName: string, allowed: readonly string[]): boolean {
  if (image.includes('charts')) return false;
  if (allowed.includes(publicName) || allowed.includes(publicName.replace(/^registry\.k8s\.io\/(?=[^/]+$)/, 'registry.k8s.io/images/'))) return false;
  if (architectures.some((suffix) => image.endsWith(suffix))) return false;
  return !tags.every((tag) => architectures.some((suffix) => tag.endsWith(suffix)));
}

// Adds the regions that a promoter-manifest.yaml lacks, each written as its neighbour is, and leaves every other byte as it was.
// Pure: a text in, a text out. K:registry.k8s.io/manifests/manifest_test.go wants every project in all regions (domain facts §5.5).
import { hasErrors, type Problem } from '@runbook/problem';
import { destinationFolders, strayDestinations } from './destination-folder.ts';
import { parseManifest, type ManifestRegistry } from './manifest-file.ts';
import { productionRegions } from './regions.ts';

/** An edited manifest. */
export interface RegionEdit {
  readonly text: string;
  /** The lines that are new, without their ends. */
  readonly added: readonly string[];
}

/** The lines of one registry. */
interface Block {
  readonly region: string;
  /** What stands behind the region's host. */
  readonly path: string;
  readonly lines: readonly string[];
  /** 0-based, of the line behind it. */
  readonly end: number;
}

/** Adds what is missing; a text with every region comes back as it is. */
export function addRegions(text: string, file = 'promoter-manifest.yaml'): RegionEdit | { readonly problem: Problem } {
  const { manifest, problems } = parseManifest(text, file);
  const wrong = problems.find((problem) => hasErrors([problem]));
  if (wrong !== undefined || manifest === undefined) return { problem: wrong ?? unsupported(file, 1, 'the file cannot be read') };
  const [stray] = strayDestinations(destinationFolders(manifest));
  if (stray !== undefined) return { problem: { code: 'stray-destination', severity: 'error', message: `${stray.region} gets the images in ${stray.folder}, most regions in ${stray.usual}`, hint: `Write ${stray.usual} first.`, file, line: stray.registry.line, column: stray.registry.column } };
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  // a last line without an end gets one for the time of the edit
  const isOpen = !text.endsWith('\n');
  const lines = (isOpen ? text + end : text).split(/(?<=\n)/);
  const blocks: Block[] = [];
  for (const registry of manifest.registries) {
    const block = registry.src ? undefined : blockOf(lines, registry);
    if (block === 'unsupported') return { problem: unsupported(file, registry.line, 'the registry does not stand on lines of its own') };
    if (block !== undefined) blocks.push(block);
  }
  if (blocks.length === 0) return { problem: unsupported(file, 1, 'no production registry of a region is there to take the form from') };
  const edits = [...new Set(blocks.map(({ path }) => path))].flatMap((path) => missing(blocks.filter((block) => block.path === path)));
  const added: string[] = [];
  // from the end, so that the places before stay what they are
  for (const { at, block } of edits.toSorted((a, b) => b.at - a.at)) {
    lines.splice(at, 0, ...block);
    added.unshift(...block.map((line) => line.replace(/\r?\n$/, '')));
  }
  const edited = lines.join('');
  return { text: isOpen ? edited.slice(0, -end.length) : edited, added };
}

function unsupported(file: string, line: number, message: string): Problem {
  return { code: 'unsupported-layout', severity: 'error', message, hint: 'Add the regions by hand.', file, line, column: 1 };
}

function blockOf(lines: readonly string[], { name, line, column }: ManifestRegistry): Block | 'unsupported' | undefined {
  const [, region = '', path = ''] = /^([a-z0-9-]+)-docker\.pkg\.dev\/(.+)$/.exec(name) ?? [];
  if (!productionRegions.includes(region)) return undefined;
  const start = line - 1;
  const dash = /^( *)- /.exec(lines[start] ?? '');
  if (dash === null || (lines[start] ?? '').slice((dash[1] ?? '').length + 1, column - 1).trim() !== '') return 'unsupported';
  let end = start + 1;
  const deeper = new RegExp(`^ {${(dash[1] ?? '').length + 1},}[^ #\\r\\n]`);
  while (deeper.test(lines[end] ?? '')) end += 1;
  return { region, path, lines: lines.slice(start, end), end };
}

/** What is missing of one path, each behind the region that comes before it in the usual order. */
function missing(blocks: readonly Block[]): readonly { readonly at: number; readonly block: readonly string[] }[] {
  const [first] = blocks;
  if (first === undefined) return [];
  const groups = new Map<number, string[]>();
  let before: Block | undefined;
  for (const region of productionRegions) {
    const there = blocks.find((block) => block.region === region);
    if (there !== undefined) {
      before = there;
      continue;
    }
    const like = before ?? first;
    const at = before?.end ?? first.end - first.lines.length;
    groups.set(at, [...(groups.get(at) ?? []), ...like.lines.map((line) => line.replace(`${like.region}-docker.pkg.dev/`, `${region}-docker.pkg.dev/`))]);
  }
  return [...groups].map(([at, block]) => ({ at, block }));
}

// `runbook promoter plan`: what a promotion run would copy, skip, lose or refuse, before it is merged. Registries are only read.
import { parseImages, parseManifest, planPromotion, type Inventory, type ManifestPair, type Promotion, type PromotionEdge, type PromotionInput } from '@runbook/promoter';
import { hasErrors, type Problem } from '@runbook/problem';
import { oneLine, renderProblems } from '@runbook/render';
import { readInventories, type PromoterFiles } from '@runbook/toolkit';
import { readFileSync } from 'node:fs';
import { readFault } from '../check/document-set.ts';
import { print, say, stderrStyle, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { openClients } from '../clients.ts';
import { readChange, readFiles } from './promoter.ts';

/** The flags of `promoter plan`. */
export interface PlanFlags {
  readonly base?: string;
  readonly inventory?: string;
  readonly json?: boolean;
}

/** `promoter plan`: 1 when the run would fail, or would leave something out without a word. */
export async function promoterPlan(paths: readonly string[], flags: PlanFlags): Promise<number> {
  const files = await readFiles(paths);
  const { manifests, problems } = readPairs(files);
  if (hasErrors(problems)) {
    say(renderProblems(problems, (file) => files.texts[file], stderrStyle()));
    return exitCodes.usage;
  }
  const images = [...files.asked].filter((name) => name.endsWith('/images.yaml'));
  const onlyDigests = flags.base === undefined ? undefined : (await readChange(images, flags.base)).diffDigests;
  const wish = { manifests, ...(onlyDigests === undefined ? {} : { onlyDigests }) };
  const inventories = await inventoriesFor(wish, flags.inventory);
  const plan = planPromotion({ ...wish, inventory: (repository) => inventories.get(repository) ?? nothing });
  if (flags.json === true) print(JSON.stringify(plan, null, 2));
  else print(renderPromotion(plan));
  if (plan.edges.length === 0 && plan.overlaps.length === 0) say('No digests found, nothing to promote.');
  return plan.clean && !plan.edges.some((edge) => edge.verdict === 'lost') ? exitCodes.done : exitCodes.failed;
}

const nothing: Inventory = { digests: new Set(), tags: new Map() };

function readPairs({ texts, asked }: PromoterFiles): { readonly manifests: readonly ManifestPair[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const manifests: ManifestPair[] = [];
  const wanted = new Set([...asked].map((name) => name.replace(/(^|\/)manifests(\/[^/]+)\/promoter-manifest\.yaml$/, '$1images$2/images.yaml')));
  for (const name of Object.keys(texts).sort()) {
    const dir = /(?:^|\/)images\/([^/]+)\/images\.yaml$/.exec(name)?.[1];
    const manifestName = name.replace(/(^|\/)images(\/[^/]+)\/images\.yaml$/, '$1manifests$2/promoter-manifest.yaml');
    const manifestText = texts[manifestName];
    if (dir === undefined || !wanted.has(name)) continue;
    if (manifestText === undefined) {
      say(oneLine(`${name} is left out: there is no ${manifestName}.`));
      continue;
    }
    const images = parseImages(texts[name] ?? '', name);
    const manifest = parseManifest(manifestText, manifestName);
    problems.push(...[...images.problems, ...manifest.problems].filter((problem) => problem.severity === 'error' && problem.code !== 'tag-with-two-digests'));
    if (images.images !== undefined && manifest.manifest !== undefined) manifests.push({ dir, manifest: manifest.manifest, images: images.images });
  }
  return { manifests, problems };
}

/** What the repositories of a plan hold: from a file, or asked of the registries. */
async function inventoriesFor(wish: Omit<PromotionInput, 'inventory'>, file: string | undefined): Promise<ReadonlyMap<string, Inventory>> {
  const wanted = new Map<string, Set<string>>();
  const { edges } = planPromotion({ ...wish, inventory: () => nothing });
  for (const { source, destination, image, digest } of edges) {
    for (const repository of [`${source}/${image}`, `${destination}/${image}`]) wanted.set(repository, (wanted.get(repository) ?? new Set()).add(digest));
  }
  if (file === undefined) return readInventories((await openClients()).registry, wanted);
  const given = readInventoryFile(file);
  const missing = [...wanted.keys()].filter((repository) => !given.has(repository));
  if (missing.length > 0) throw new UsageError(`${file} says nothing of ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}. Give each repository, an empty one as {"tags": {}}.`, exitCodes.failed);
  return given;
}

/** Reads `{"HOST/REPOSITORY": {"digests": ["sha256:…"], "tags": {"v1": "sha256:…"}}}`. */
function readInventoryFile(file: string): ReadonlyMap<string, Inventory> {
  const wrong = (why: string, cause?: unknown): UsageError => new UsageError(`${file}: ${why}, expected {"host/repository": {"digests": ["sha256:…"], "tags": {"v1": "sha256:…"}}}.`, undefined, { cause });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw wrong(cause instanceof SyntaxError ? 'it is not JSON' : readFault(cause), cause);
  }
  if (!isRecord(value)) throw wrong('it is no object');
  return new Map(Object.entries(value).map(([repository, held]): [string, Inventory] => {
    const tags = isRecord(held) ? (held['tags'] ?? {}) : undefined;
    const digests = isRecord(held) ? (held['digests'] ?? []) : undefined;
    if (!isRecord(tags) || !Array.isArray(digests)) throw wrong(`${repository} has no tags and digests`);
    const named = Object.entries(tags).map(([tag, digest]) => [tag, String(digest)] as const);
    return [repository, { digests: new Set([...digests.map(String), ...named.map(([, digest]) => digest)]), tags: new Map(named) }];
  }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One line an image and verdict, with how many registries it is about. */
function renderPromotion({ edges, overlaps, clean }: Promotion): string {
  const { palette } = stdoutStyle();
  const groups = new Map<string, PromotionEdge[]>();
  for (const edge of edges) {
    const key = `${edge.verdict} ${edge.image} ${edge.digest} ${edge.tag ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), edge]);
  }
  const paints = { promote: palette.green, skip: palette.dim, lost: palette.red, move: palette.red, 'move-detected': palette.red } as const;
  const lines = [...groups.values()].flatMap((group) => {
    const [edge] = group;
    if (edge === undefined) return [];
    const head = `${paints[edge.verdict](edge.verdict.padEnd(13))} ${oneLine(edge.image)}${edge.tag === undefined ? '' : `:${oneLine(edge.tag)}`}  ${edge.digest.slice(0, 19)}…  ${group.length} ${group.length === 1 ? 'registry' : 'registries'}`;
    return edge.verdict === 'promote' || edge.verdict === 'skip' ? [head] : [head, `              ${oneLine(edge.line)}`];
  });
  const count = (verdict: string): number => edges.filter((edge) => edge.verdict === verdict).length;
  const lost = count('lost');
  const end = clean
    ? `${count('promote')} copies to make, ${count('skip')} there already${lost === 0 ? '' : `, ${palette.red(`${lost} lost`)}: staging does not hold them, and the job would be green all the same`}`
    : palette.red('the whole promotion would fail, and nothing would be promoted');
  return [...overlaps.map((text) => `${palette.red('overlap      ')} ${oneLine(text)}`), ...lines, end].join('\n');
}

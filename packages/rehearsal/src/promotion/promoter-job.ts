// `kpromo cip`: the dry run of a pull request and the confirming run after its merge. Decides with the promoter's own rules and
// writes the lines of its log; a lost digest is only such a line, and the job stays green, as in life (domain facts §5.3–5.4).
import { changedDigests, planPromotion } from '@runbook/promoter';
import type { Inventory, ManifestPair, Promotion, PromotionEdge } from '@runbook/promoter';
import { notePromotion } from '../core/trouble.ts';
import type { Services } from '../services.ts';
import type { ProwRun } from '../prow/run.ts';
import type { WorkResult } from '../prow/work.ts';
import { isSigningRegion, signImage } from './signature.ts';
import { readInventories, readManifestTree } from './manifest-tree.ts';

const empty: Inventory = { digests: new Set(), tags: new Map() };

/** Log lines in the form of logrus, kpromo's logger. */
interface Log {
  readonly lines: string[];
  info(message: string): void;
  error(message: string): void;
}

/** Runs the promoter for a presubmit (dry run) or, with `--confirm` among the words, for a postsubmit. */
export async function runPromoter(services: Services, run: ProwRun, words: readonly string[]): Promise<WorkResult> {
  const log = createLog(run.pending ?? services.core.now());
  const end = (passed: boolean): WorkResult => ({ passed, log: `${log.lines.join('\n')}\n`, artifacts: {} });
  const { checkout } = run;
  if (checkout === undefined) {
    log.error('the pull request does not merge into its base');
    return end(false);
  }
  const root = thinDirectory(words, run.repo);
  const tree = await readManifestTree(services.git, run.repo, checkout.head, root);
  if (tree.errors.length > 0) {
    for (const error of tree.errors) log.error(error);
    log.error('running cip: parse thin manifest directory');
    return end(false);
  }
  const only = words.includes('--use-prow-manifest-diff') ? changedDigests(await services.git.diff(run.repo, checkout.base, checkout.head)) : undefined;
  if (only?.length === 0) {
    log.info('No digests found in prow diff, nothing to promote');
    return end(true);
  }
  const confirmed = words.includes('--confirm');
  const plan = await planned(services, tree.pairs, only, confirmed);
  return end(await act(services, log, tree.pairs, plan, confirmed));
}

function createLog(at: number): Log {
  const time = new Date(at).toISOString().slice(0, 19);
  const lines: string[] = [];
  const write = (level: string, message: string): void => void lines.push(`time="${time}Z" level=${level} msg=${JSON.stringify(message)}`);
  return { lines, info: (message) => write('info', message), error: (message) => write('error', message) };
}

/** `--thin-manifest-dir` names a folder of the job's checkout; this is its path in the repository. */
function thinDirectory(words: readonly string[], repo: string): string {
  const value = words.find((word) => word.startsWith('--thin-manifest-dir='))?.slice('--thin-manifest-dir='.length) ?? 'registry.k8s.io';
  const home = `/go/src/github.com/${repo}/`;
  const at = value.indexOf(home);
  return (at === -1 ? value : value.slice(at + home.length)).replace(/\/+$/, '');
}

async function planned(services: Services, pairs: readonly ManifestPair[], only: readonly string[] | undefined, confirmed: boolean): Promise<Promotion> {
  const inventories = await readInventories(services.registry, pairs, only);
  const sources = new Set(pairs.flatMap((pair) => pair.manifest.registries.filter((registry) => registry.src).map((registry) => registry.name)));
  const lost = confirmed && services.core.fault('lost-digest');
  return planPromotion({
    manifests: pairs,
    ...(only === undefined ? {} : { onlyDigests: only }),
    inventory: (repository) => (lost && [...sources].some((source) => repository.startsWith(`${source}/`)) ? empty : (inventories.get(repository) ?? empty)),
  });
}

/** Says what the plan says, and carries it out when confirmed. Gives whether the job is green. */
async function act(services: Services, log: Log, pairs: readonly ManifestPair[], plan: Promotion, confirmed: boolean): Promise<boolean> {
  for (const overlap of plan.overlaps) log.error(overlap);
  const bad = new Set(['lost', 'move', 'move-detected']);
  for (const edge of plan.edges) {
    if (bad.has(edge.verdict)) log.error(edge.line);
    else if (edge.verdict === 'skip') log.info(edge.line);
  }
  if (!plan.clean) {
    log.error(plan.overlaps.length > 0 ? 'running cip: overlapping edges detected' : 'running cip: encountered errors during edge filtering');
    return false;
  }
  const edges = plan.edges.filter((edge) => edge.verdict === 'promote');
  if (edges.length === 0) {
    log.info('Nothing to promote.');
    return true;
  }
  log.info('Pending promotions:');
  for (const edge of edges) log.info(`  ${from(edge)} to ${to(edge)}`);
  if (!confirmed) {
    log.info('Dry run complete, exiting before promotion');
    return true;
  }
  if (services.core.fault('promotion-fails')) {
    await promote(services, log, edges.slice(0, Math.ceil(edges.length / 2)));
    log.error('running cip: filtering edges: promoting images: unexpected status code 429 Too Many Requests');
    return false;
  }
  await promote(services, log, edges);
  notePromotion(services.core);
  await sign(services, log, edges, pairs);
  return true;
}

const from = (edge: PromotionEdge): string => `${edge.source}/${edge.image}@${edge.digest}`;
const to = (edge: PromotionEdge): string => `${edge.destination}/${edge.image}${edge.tag === undefined ? `@${edge.digest}` : `:${edge.tag}`}`;

async function promote(services: Services, log: Log, edges: readonly PromotionEdge[]): Promise<void> {
  log.info(`Promoting ${edges.length} images using 20 threads`);
  for (const [index, edge] of edges.entries()) {
    log.info(`Copying ${from(edge)} to ${to(edge)}`);
    await services.registry.copy(`${edge.source}/${edge.image}`, edge.digest, `${edge.destination}/${edge.image}`, edge.tag === undefined ? [] : [edge.tag]);
    log.info(`Copied ${edge.digest} (${index + 1}/${edges.length}) in 1.2s`);
  }
}

async function sign(services: Services, log: Log, edges: readonly PromotionEdge[], pairs: readonly ManifestPair[]): Promise<void> {
  const canonical = edges.filter((edge) => isSigningRegion(edge.destination));
  const images = new Map(canonical.map((edge) => [`${edge.destination}/${edge.image}@${edge.digest}`, edge]));
  if (images.size === 0) log.info(`No canonical region among the destinations of ${pairs.map((pair) => pair.dir).join(', ')}, nothing to sign`);
  for (const [reference, edge] of images) {
    log.info(`Signing ${reference}`);
    await signImage(services.registry, `${edge.destination}/${edge.image}`, edge.digest);
  }
}

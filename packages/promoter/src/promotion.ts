// What a promotion run would do: every copy from staging to production, and whether it is due, done, lost or refused.
// Pure: what the registries hold is handed in. The wording of the log lines follows kpromo, since people search for it.
// Source: PT:promoter/image/promotion/edge.go; domain facts §5.3.
import type { ImagesFile } from './images-file.ts';
import { destinations, sourceRegistry, type PromoterManifest } from './manifest-file.ts';

/** What one repository of a registry holds. */
export interface Inventory {
  readonly digests: ReadonlySet<string>;
  /** Tag → digest. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A thin manifest with the images it promotes. */
export interface ManifestPair {
  /** Directory name: `k8s-staging-apisnoop`. */
  readonly dir: string;
  readonly manifest: PromoterManifest;
  readonly images: ImagesFile;
}

/** What `planPromotion` needs. */
export interface PromotionInput {
  readonly manifests: readonly ManifestPair[];
  /** Only these digests, as `--use-prow-manifest-diff` does. An empty list promotes nothing. */
  readonly onlyDigests?: readonly string[];
  /** What a repository (`registry/name`) holds; asked for sources and destinations, once each. */
  readonly inventory: (repository: string) => Inventory;
}

/**
 * What will be done with one copy. `promote`: it is copied. `skip`: it is there. `lost`: staging does not hold the digest;
 * only a log line, the run stays green. `move`, `move-detected`: production holds the tag with another digest, and the
 * digest itself is not (is) there; the run fails.
 */
export type PromotionVerdict = 'promote' | 'skip' | 'lost' | 'move' | 'move-detected';

/** One copy of one image from staging to one production registry. */
export interface PromotionEdge {
  /** Staging registry, without the image name. */
  readonly source: string;
  /** Production registry, without the image name. */
  readonly destination: string;
  readonly image: string;
  readonly digest: string;
  /** Absent for a digest without tags. */
  readonly tag?: string;
  readonly verdict: PromotionVerdict;
  /** The log line, in the words of kpromo. */
  readonly line: string;
}

/** A plan of promotion. */
export interface Promotion {
  /** In file order; empty when edges overlap, since the run then ends before it looks at any. */
  readonly edges: readonly PromotionEdge[];
  /** False when a tag would have to move or edges overlap: the whole run fails and nothing is promoted. */
  readonly clean: boolean;
  /** A sentence for each production tag that two digests are meant for. */
  readonly overlaps: readonly string[];
}

type Intent = Omit<PromotionEdge, 'verdict' | 'line'>;

/** Plans a promotion. A manifest without exactly one source gives no edges; `parseManifest` reports it. */
export function planPromotion(input: PromotionInput): Promotion {
  const { intents, overlaps } = collectIntents(input.manifests, input.onlyDigests);
  if (overlaps.length > 0) return { edges: [], clean: false, overlaps };
  const known = new Map<string, Inventory>();
  const inventory = (repository: string): Inventory => {
    const found = known.get(repository) ?? input.inventory(repository);
    known.set(repository, found);
    return found;
  };
  const edges = intents.map((intent) => ({ ...intent, ...judge(intent, inventory) }));
  return { edges, clean: edges.every((edge) => edge.verdict !== 'move' && edge.verdict !== 'move-detected'), overlaps: [] };
}

/** Every intended copy once, and the production tags with two digests. */
function collectIntents(manifests: readonly ManifestPair[], onlyDigests: readonly string[] | undefined): { readonly intents: readonly Intent[]; readonly overlaps: readonly string[] } {
  const only = onlyDigests === undefined ? undefined : new Set(onlyDigests);
  const byTarget = new Map<string, Intent>();
  const clashes = new Map<string, Set<string>>();
  for (const intent of manifests.flatMap(listIntents)) {
    if (only !== undefined && !only.has(intent.digest)) continue;
    const repository = `${intent.destination}/${intent.image}`;
    const target = intent.tag === undefined ? `${repository}@${intent.digest}` : `${repository}:${intent.tag}`;
    const first = byTarget.get(target);
    if (first === undefined) byTarget.set(target, intent);
    else if (first.digest !== intent.digest) clashes.set(target, (clashes.get(target) ?? new Set([first.digest])).add(intent.digest));
  }
  const overlaps = [...clashes].map(([target, digests]) => `multiple edges want to promote *different* images (digests) to the same destination endpoint ${target}: ${[...digests].join(', ')}`);
  return { intents: [...byTarget.values()], overlaps };
}

function listIntents({ manifest, images }: ManifestPair): readonly Intent[] {
  const source = sourceRegistry(manifest);
  if (source === undefined) return [];
  const targets = destinations(manifest).filter((destination) => destination !== source);
  return images.images.flatMap(({ name, digests }) =>
    digests.flatMap(({ digest, tags }) =>
      targets.flatMap((destination) => (tags.length === 0 ? [{ source, destination, image: name, digest }] : tags.map((tag) => ({ source, destination, image: name, digest, tag })))),
    ),
  );
}

function judge(edge: Intent, inventory: (repository: string) => Inventory): { verdict: PromotionVerdict; line: string } {
  const source = inventory(`${edge.source}/${edge.image}`);
  const target = inventory(`${edge.destination}/${edge.image}`);
  const from = `${edge.source}/${edge.image}@${edge.digest}`;
  const to = `${edge.destination}/${edge.image}`;
  const there = target.digests.has(edge.digest);
  const held = edge.tag === undefined ? undefined : target.tags.get(edge.tag);
  if (held === edge.digest) return { verdict: 'skip', line: `${to}:${edge.tag ?? ''}: skipping because it was already promoted (case 1)` };
  if (edge.tag === undefined && there) {
    const lost = source.digests.has(edge.digest) ? '' : ", but it is still _LOST_ (can't find it in src registry! please backfill it!)";
    return { verdict: 'skip', line: `skipping ${from} because it was already promoted${lost}` };
  }
  if (!source.digests.has(edge.digest)) return { verdict: 'lost', line: `skipping ${from} because it is _LOST_ (can't find it in src registry!)` };
  if (held !== undefined && there) return { verdict: 'move-detected', line: `${to}: tag ${edge.tag ?? ''}: tag move detected` };
  if (held !== undefined) return { verdict: 'move', line: `${to}: tag '${edge.tag ?? ''}' in dest points to ${held}, not ${edge.digest}; tag moves are not supported` };
  if (there) {
    const others = [...target.tags].filter(([, digest]) => digest === edge.digest).map(([tag]) => tag);
    return { verdict: 'promote', line: `${to}: digest "${edge.digest}" already exists, but does not have the tag we want ([${others.join(' ')}])` };
  }
  return { verdict: 'promote', line: `${to}${edge.tag === undefined ? `@${edge.digest}` : `:${edge.tag}`}: regular promotion (neither digest nor tag exists in dst)` };
}

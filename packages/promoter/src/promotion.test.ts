import { describe, expect, test } from 'vitest';
import { parseImages } from './images-file.ts';
import { parseManifest } from './manifest-file.ts';
import { planPromotion, type Inventory, type ManifestPair } from './promotion.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

function pair(images: string, targets: readonly string[] = ['prod/x'], dir = 'k8s-staging-x'): ManifestPair {
  const manifest = parseManifest(`registries:\n- {name: staging/x, src: true}\n${targets.map((name) => `- {name: ${name}}\n`).join('')}`, 'm').manifest;
  const parsed = parseImages(images, 'i').images;
  if (manifest === undefined || parsed === undefined) throw new Error('bad fixture');
  return { dir, manifest, images: parsed };
}

const inventory = (digests: readonly string[] = [], tags: Readonly<Record<string, string>> = {}): Inventory => ({ digests: new Set(digests), tags: new Map(Object.entries(tags)) });

/** Answers by repository; one that is not listed is empty. */
const world = (repositories: Readonly<Record<string, Inventory>>) => (repository: string): Inventory => repositories[repository] ?? inventory();

const app = (tags: string): string => `- name: app\n  dmap:\n    "${A}": ${tags}\n`;

// domain facts §5.3, row by row; written by hand.
describe('one copy', () => {
  const table: readonly (readonly [what: string, tags: string, staging: Inventory, production: Inventory, verdict: string, line: string])[] = [
    ['neither digest nor tag there', '["v1"]', inventory([A]), inventory(), 'promote', 'regular promotion (neither digest nor tag exists in dst)'],
    ['tag at this digest', '["v1"]', inventory([A]), inventory([A], { v1: A }), 'skip', 'already promoted'],
    ['tag at this digest, gone from staging', '["v1"]', inventory(), inventory([A], { v1: A }), 'skip', 'already promoted'],
    ['digest there, tag missing', '["v1"]', inventory([A]), inventory([A], { v0: A }), 'promote', 'already exists, but does not have the tag we want ([v0])'],
    ['digest not in staging', '["v1"]', inventory([B]), inventory(), 'lost', "_LOST_ (can't find it in src registry!)"],
    ['lost wins over a tag elsewhere', '["v1"]', inventory(), inventory([B], { v1: B }), 'lost', '_LOST_'],
    ['digest there without the tag, gone from staging', '["v1"]', inventory(), inventory([A]), 'lost', '_LOST_'],
    ['tag at another digest', '["v1"]', inventory([A]), inventory([B], { v1: B }), 'move', `tag 'v1' in dest points to ${B}, not ${A}; tag moves are not supported`],
    ['tag at another digest, this one there too', '["v1"]', inventory([A]), inventory([A, B], { v1: B }), 'move-detected', 'tag v1: tag move detected'],
    ['no tag, digest there', '[]', inventory([A]), inventory([A]), 'skip', 'already promoted'],
    ['no tag, digest there, gone from staging', '[]', inventory(), inventory([A]), 'skip', 'please backfill it!'],
    ['no tag, digest not there', '[]', inventory([A]), inventory(), 'promote', 'regular promotion'],
    ['no tag, digest nowhere', '[]', inventory(), inventory(), 'lost', '_LOST_'],
    ['the tag staging has does not matter', '["v1"]', inventory([A], { 'v20260822-v1': A }), inventory(), 'promote', 'regular promotion'],
  ];
  for (const [what, tags, staging, production, verdict, line] of table) {
    test(what, () => {
      const plan = planPromotion({ manifests: [pair(app(tags))], inventory: world({ 'staging/x/app': staging, 'prod/x/app': production }) });
      expect(plan.edges).toMatchObject([{ source: 'staging/x', destination: 'prod/x', image: 'app', digest: A, verdict }]);
      expect(plan.edges[0]?.line).toContain(line);
      expect(plan.clean).toBe(verdict !== 'move' && verdict !== 'move-detected');
      expect(plan.overlaps).toEqual([]);
    });
  }
});

describe('a whole run', () => {
  test('every tag to every destination, in file order; each repository is asked once', () => {
    const asked: string[] = [];
    const plan = planPromotion({
      manifests: [pair(`${app('["v1", "v1.0"]')}- name: charts/app\n  dmap:\n    "${B}": ["1"]\n`, ['p1/x', 'p2/x'])],
      inventory: (repository) => {
        asked.push(repository);
        return inventory(repository.startsWith('staging') ? [A, B] : []);
      },
    });
    expect(plan.edges.map((edge) => `${edge.destination}/${edge.image}:${edge.tag ?? ''} ${edge.verdict}`)).toEqual([
      'p1/x/app:v1 promote', 'p1/x/app:v1.0 promote', 'p2/x/app:v1 promote', 'p2/x/app:v1.0 promote', 'p1/x/charts/app:1 promote', 'p2/x/charts/app:1 promote',
    ]);
    expect(asked.toSorted()).toEqual(['p1/x/app', 'p1/x/charts/app', 'p2/x/app', 'p2/x/charts/app', 'staging/x/app', 'staging/x/charts/app']);
  });

  test('only the digests of the change, under every name that carries them', () => {
    const both = `${app('["v1"]')}- name: other\n  dmap:\n    "${A}": ["v1"]\n    "${B}": ["v2"]\n`;
    const run = (onlyDigests: readonly string[]) => planPromotion({ manifests: [pair(both)], onlyDigests, inventory: () => inventory([A, B]) }).edges.map((edge) => `${edge.image}:${edge.tag ?? ''}`);
    expect(run([A])).toEqual(['app:v1', 'other:v1']);
    expect(run([B])).toEqual(['other:v2']);
    expect(run([])).toEqual([]);
  });

  test('two digests for one place stop the run before it looks at anything', () => {
    const never = (): Inventory => {
      throw new Error('asked');
    };
    const plan = planPromotion({ manifests: [pair(`${app('["v1"]')}- name: app\n  dmap:\n    "${B}": ["v1"]\n`)], inventory: never });
    expect(plan).toMatchObject({ edges: [], clean: false });
    expect(plan.overlaps).toEqual([expect.stringContaining('prod/x/app:v1')]);
    expect(plan.overlaps[0]).toContain(A);
    expect(plan.overlaps[0]).toContain(B);
  });

  test('two files may clash as well, and a clash outside the change is not seen', () => {
    const manifests = [pair(app('["v1"]')), pair(`- name: app\n  dmap:\n    "${B}": ["v1"]\n`)];
    expect(planPromotion({ manifests, inventory: () => inventory() }).overlaps).toHaveLength(1);
    expect(planPromotion({ manifests, onlyDigests: [A], inventory: () => inventory([A]) }).overlaps).toEqual([]);
  });

  test('the same digest twice for one place is one copy', () => {
    expect(planPromotion({ manifests: [pair(app('["v1"]') + app('["v1"]'))], inventory: () => inventory([A]) }).edges).toHaveLength(1);
  });

  test('a manifest without source gives nothing', () => {
    const bad = pair(app('["v1"]'));
    const none = { ...bad, manifest: { ...bad.manifest, registries: bad.manifest.registries.filter((registry) => !registry.src) } };
    expect(planPromotion({ manifests: [none], inventory: () => inventory() })).toEqual({ edges: [], clean: true, overlaps: [] });
  });
});

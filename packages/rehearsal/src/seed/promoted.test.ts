// What was promoted before a world began: the literal digest in the default seed's images.yaml and the image that every
// registry answers with are one, other digests of the past are lost, and the numbers do not move with the world's start.
import { afterAll, describe, expect, test } from 'vitest';
import { parseImages, productionRegions } from '@runbook/promoter';
import { createPractices } from '../practice.test.world.ts';
import type { Practice } from '../practice.test.world.ts';

const practices = createPractices();
afterAll(practices.close);

const home = 'registry.k8s.io';
const imagesFile = `${home}/images/k8s-staging-apisnoop/images.yaml`;
const manifestFile = `${home}/manifests/k8s-staging-apisnoop/promoter-manifest.yaml`;
const production = (region: string, image = 'snoopdb'): string => `${region}-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop/${image}`;

interface Entry { readonly image: string; readonly digest: string; readonly tags: readonly string[] }

async function seeded(world: Practice): Promise<readonly Entry[]> {
  const text = (await world.git.readFile('kubernetes/k8s.io', 'refs/heads/main', imagesFile)) ?? '';
  return (parseImages(text, imagesFile).images?.images ?? []).flatMap((image) => image.digests.map(({ digest, tags }) => ({ image: image.name, digest, tags })));
}

describe('the default world', () => {
  test('has snoopdb v0.2.0 in every region, under the digest that images.yaml names, signed where the promoter signs', async () => {
    const world = await practices.start();
    const digest = (await seeded(world)).find((entry) => entry.image === 'snoopdb' && entry.tags.includes('v0.2.0'))?.digest ?? '';
    expect(digest).toBe('sha256:2ed5fe6e0f8a3924a015e0ef0f50c04cb75f893ff05974c4232535bd228b7d12');
    for (const region of productionRegions) expect((await world.registry.manifest(production(region), 'v0.2.0'))?.digest).toBe(digest);
    expect(await world.registry.tags(production('us-east1'))).toEqual(['v0.2.0']);
    const signature = `${digest.replace(':', '-')}.sig`;
    expect(await world.registry.tags(production('us-central1'))).toEqual([signature, 'v0.2.0']);
    const signed = JSON.parse(Buffer.from((await world.registry.manifest(production('us-central1'), signature))?.bytes ?? []).toString()) as { layers: { mediaType: string }[] };
    expect(signed.layers.map((layer) => layer.mediaType)).toEqual(['application/vnd.dev.cosign.simplesigning.v1+json']);
    const index = JSON.parse(Buffer.from((await world.registry.manifest(production('us-east1'), digest))?.bytes ?? []).toString()) as { manifests: { digest: string; platform: object }[] };
    expect(index.manifests.map((child) => child.platform)).toEqual([{ architecture: 'amd64', os: 'linux' }, { architecture: 'arm64', os: 'linux' }]);
    for (const child of index.manifests) expect(await world.registry.manifest(production('us-east1'), child.digest)).toBeDefined();
  });

  test('has no other digest of the past, and staging has forgotten this one', async () => {
    const world = await practices.start();
    const held: string[] = [];
    for (const { image, digest, tags } of await seeded(world)) {
      for (const region of productionRegions) if ((await world.registry.manifest(production(region, image), digest)) !== undefined) held.push(`${image} ${tags.join()}`);
      expect(await world.registry.manifest(`gcr.io/k8s-staging-apisnoop/${image}`, digest)).toBeUndefined();
    }
    expect([...new Set(held)]).toEqual(['snoopdb v0.2.0']);
  });
});

describe('another seed', () => {
  test('gives the same digest at another start, in the registries of its own manifest only', async () => {
    const manifest = `registries:\n- name: gcr.io/k8s-staging-apisnoop\n  src: true\n- name: ${production('us-east1', '').replace(/\/$/, '')}\n  service-account: a@b.iam.gserviceaccount.com\n`;
    const world = await practices.start({ 'world.yaml': "start: '2027-05-05T05:05:05Z'\n", [`kubernetes/k8s.io/${manifestFile}`]: manifest });
    expect((await world.registry.manifest(production('us-east1'), 'v0.2.0'))?.digest).toBe((await seeded(world))[1]?.digest);
    expect(await world.registry.tags(production('us-central1'))).toEqual([]);
  });

  test('that names other digests has nothing in production', async () => {
    const world = await practices.start({ [`kubernetes/k8s.io/${imagesFile}`]: `- name: snoopdb\n  dmap:\n    "sha256:${'a'.repeat(64)}": ["v0.2.0"]\n` });
    expect(await world.registry.tags(production('us-central1'))).toEqual([]);
  });
});

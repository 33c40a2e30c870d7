// The real files of kubernetes/k8s.io and promo-tools, where they are at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addImage } from './image-edit.ts';
import { parseImages } from './images-file.ts';
import { addRegions } from './region-edit.ts';
import { destinations, parseManifest, sourceRegistry } from './manifest-file.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpus/promoter/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn(`skipped: ${folder} is absent`);

const all = present ? readdirSync(folder) : [];
const read = (name: string): string => readFileSync(folder + name, 'utf8');
const fresh = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Real files that say something a maintainer should hear; found by reading them. */
const warned: Readonly<Record<string, readonly string[]>> = {
  'kubernetes+k8s.io__registry.k8s.io__images__k8s-staging-apisnoop__images.yaml': ['digest-under-two-names'],
};

describe.skipIf(!present)('the corpus of promoter files', () => {
  const imageFiles = all.filter((name) => /__(?:images|imaegs)\.yaml$/.test(name));
  const manifestFiles = all.filter((name) => name.endsWith('__promoter-manifest.yaml'));

  test('every images.yaml parses without an error', () => {
    expect(imageFiles.length).toBeGreaterThan(20);
    for (const name of imageFiles) {
      const { images, problems } = parseImages(read(name), name);
      expect(images, name).toBeDefined();
      expect(problems.filter((problem) => problem.severity === 'error'), name).toEqual([]);
      if (warned[name] !== undefined) expect(problems.map((problem) => problem.code)).toEqual(warned[name]);
    }
  });

  test('every promoter manifest parses without a problem', () => {
    expect(manifestFiles.length).toBeGreaterThan(5);
    for (const name of manifestFiles) {
      const { manifest, problems } = parseManifest(read(name), name);
      expect(problems, name).toEqual([]);
      if (manifest === undefined) throw new Error(name);
      expect(sourceRegistry(manifest), name).toBeDefined();
      expect(destinations(manifest).length, name).toBeGreaterThan(0);
    }
  });

  test('a manifest with every region is written back byte by byte; to the others only lines are added', () => {
    const short: string[] = [];
    for (const name of manifestFiles) {
      const text = read(name);
      const edit = addRegions(text, name);
      // those of 2021, and of the promoter's own tests, go to no region
      if ('problem' in edit) {
        expect(text).not.toContain('-docker.pkg.dev/k8s-artifacts-prod');
        continue;
      }
      if (edit.added.length === 0) {
        expect(edit.text).toBe(text);
        continue;
      }
      short.push(`${name.replace(/^.*__manifests__|__promoter-manifest.yaml$/g, '')} ${edit.added.filter((line) => line.includes('name:')).map((line) => /name: ([a-z0-9-]+)-docker/.exec(line)?.[1]).join(' ')}`);
      const old = text.split('\n');
      const now = edit.text.split('\n');
      let at = 0;
      for (const line of now) if (line === old[at]) at += 1;
      expect([at, now.length], 'every old line is there, in its order').toEqual([old.length, old.length + edit.added.length]);
      expect(new Set(destinations(parseManifest(edit.text, name).manifest ?? { file: '', registries: [], raw: {} }).filter((one) => one.includes('-docker.pkg.dev/'))).size).toBe(22);
    }
    expect(short).toEqual(['k8s-staging-apisnoop europe-west3 europe-west10']);
  });

  test('what is there already is written back byte by byte', () => {
    for (const name of imageFiles) {
      const text = read(name);
      for (const { name: image, digests } of parseImages(text, name).images?.images ?? []) {
        const tagged = digests.filter((one) => one.tags.length > 0 && !one.tags.includes('latest'));
        for (const one of [tagged[0], tagged.at(-1)]) {
          if (one === undefined) continue;
          expect(addImage(text, { image, digest: one.digest, tag: one.tags[0] ?? '' }), `${name} ${image}`).toEqual({ text, added: [], changed: [] });
        }
      }
    }
  });

  const facts = (text: string): readonly string[] => (parseImages(text, 'f').images?.images ?? []).flatMap((one) => one.digests.flatMap((line) => line.tags.map((tag) => `${one.name} ${line.digest} ${tag}`))).toSorted();

  /**
   * What kpromo makes of a file, written again from its Go sources (domain facts §5.2) so that not our own reader is asked: strict
   * YAML, known fields only, digests and tags by its own patterns; and the digests that its diff of Git finds on changed lines.
   */
  const kpromo = (text: string): readonly string[] => {
    const list: unknown = parse(text, { version: '1.1', uniqueKeys: true, strict: true });
    if (!Array.isArray(list)) throw new Error('no list');
    return list.flatMap((item: Record<string, unknown>) => {
      if (Object.keys(item).toSorted().join() !== 'dmap,name' || typeof item['name'] !== 'string' || item['name'] === '') throw new Error(`fields ${Object.keys(item).join()}`);
      return Object.entries(item['dmap'] as Record<string, unknown>).flatMap(([digest, tags]) => {
        if (!/^sha256:[0-9a-f]{64}$/.test(digest) || !Array.isArray(tags)) throw new Error(digest);
        for (const tag of tags) if (typeof tag !== 'string' || !/^\w[\w.-]{0,127}$/.test(tag)) throw new Error(String(tag));
        return tags.map((tag) => `${String(item['name'])} ${digest} ${String(tag)}`);
      });
    });
  };
  /** Comments alone are an empty file to it. */
  const kpromoIsEmpty = (text: string): boolean => parse(text) === null;
  const found = (line: string): readonly string[] => [...line.matchAll(/"(sha256:[0-9a-f]{64})"/g)].map((match) => match[1] ?? '');

  for (const name of imageFiles) {
    test(`a line added to ${name}`, () => {
      const text = read(name);
      const names = new Set([...(parseImages(text, name).images?.images ?? []).map((image) => image.name), 'a-new-image']);
      for (const image of names) {
        const result = addImage(text, { image, digest: fresh, tag: 'v99.0.0' });
        if ('problem' in result) throw new Error(`${image}: ${result.problem.message}`);
        expect(result.changed).toEqual([]);
        expect(result.added.filter((line) => line !== '')).toHaveLength(image === 'a-new-image' ? 3 : 1);
        expect(facts(result.text)).toEqual([...facts(text), `${image} ${fresh} v99.0.0`].toSorted());
        const left = result.text.split('\n');
        for (const line of result.added) left.splice(left.lastIndexOf(line), 1);
        expect(left.join('\n')).toBe(text);
        expect(parseImages(result.text, name).problems.filter((problem) => problem.severity === 'error')).toEqual([]);
        expect([...kpromo(result.text)].toSorted()).toEqual([...kpromo(kpromoIsEmpty(text) ? '[]' : text), `${image} ${fresh} v99.0.0`].toSorted());
        expect(result.added.flatMap((line) => (found(line).length === 1 ? found(line) : [])), 'the promotion job finds it in the diff').toEqual([fresh]);
      }
    });
  }

  test('lines land where each file keeps its newest', () => {
    const at = (project: string, image: string, tag: string): string => {
      const name = `kubernetes+k8s.io__registry.k8s.io__images__k8s-staging-${project}__images.yaml`;
      const result = addImage(read(name), { image, digest: fresh, tag });
      if ('problem' in result) throw new Error(result.problem.message);
      const lines = result.text.split('\n');
      const index = lines.findIndex((line) => line.includes(fresh));
      const tagOf = (line: string | undefined): string => /\[(.*)\]/.exec(line ?? '')?.[1] ?? (line ?? '').trim();
      return [tagOf(lines[index - 1]), tagOf(lines[index]), tagOf(lines[index + 1])].join(' | ');
    };
    expect(at('apisnoop', 'snoopdb', 'v0.3.0')).toBe('"v0.2.0" | "v0.3.0" | - name: auditlogger');
    expect(at('kueue', 'charts/kueue', '0.14.0')).toBe('dmap: | "0.14.0" | "0.13.3"');
    expect(at('dra-driver-nvidia', 'dra-driver-nvidia-gpu', 'v0.5.0')).toBe('dmap: | "v0.5.0" | "v0.4.1"');
    expect(at('sig-storage', 'csi-attacher', 'v4.11.0')).toMatch(/^ "v4\.10\.0"  \|  "v4\.11\.0"  \|  "v4\.2\.0" $/);
    expect(at('secrets-store-sync', 'controller', 'v0.0.2')).toBe(' "v0.0.1"  |  "v0.0.2"  | ');
    expect(at('agent-sandbox', 'agent-sandbox-controller', 'v0.2.0')).toBe('"v0.1.0" | "v0.2.0" | - name: chrome-sandbox');
    expect(at('dns', 'k8s-dns-dnsmasq-nanny', '1.16.1')).toBe('"1.16.0" | "1.16.1" | "1.17.0"');
  });
});

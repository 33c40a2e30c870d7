// `runbook promoter check --online`: what registries say of the digests in images.yaml.
import { existsSync, readFileSync } from 'node:fs';
import { checkHoldings, destinations, parseImages, parseManifest, parseSingleArchAllowed, sourceRegistry, type ImagesFile } from '@runbook/promoter';
import type { Problem } from '@runbook/problem';
import { holdingKey, publicPrefixOf, readHoldings, type PromoterFiles } from '@runbook/toolkit';
import { withClients } from '../clients.ts';
import { exitCodes } from '../exit.ts';

/** Texts at the base, by name; undefined without one. */
type Before = ReadonlyMap<string, string | undefined> | undefined;

/**
 * Asks about every digest of the files, or with a base about those that are new. A file whose manifest is not beside it, or does
 * not say where its images come from, was told of by the other checks and is not asked about.
 */
export async function checkOnline({ texts, asked }: PromoterFiles, before: Before): Promise<readonly Problem[]> {
  const found: Problem[] = [];
  await withClients({}, async ({ registry }) => {
    for (const name of asked) {
      const project = /^(.*?)images\/([^/]+)\/images\.yaml$/.exec(name);
      if (project === null || (before !== undefined && !before.has(name))) continue;
      const [, root = '', folder = ''] = project;
      const { manifest } = parseManifest(texts[`${root}manifests/${folder}/promoter-manifest.yaml`] ?? '', name);
      const { images } = parseImages(texts[name] ?? '', name);
      const staging = manifest === undefined ? undefined : sourceRegistry(manifest);
      if (images === undefined || manifest === undefined || staging === undefined) continue;
      const places = { staging, publicPrefix: publicPrefixOf(destinations(manifest), folder.replace(/^k8s-staging-/, '')) };
      const old = entriesOf(before?.get(name), name);
      const isNew = (image: string, digest: string): boolean => !old.has(holdingKey(image, digest));
      const questions = images.images.flatMap((image) => image.digests.map(({ digest }) => ({ image: image.name, digest, isNew: before !== undefined && isNew(image.name, digest) })));
      const holdings = await readHoldings(registry, places, before === undefined ? questions : questions.filter((question) => question.isNew));
      found.push(...checkHoldings({ images, ...places, singleArchAllowed: allowedIn(root), isNew: (image, digest) => before !== undefined && isNew(image, digest), holding: (image, digest) => holdings.get(holdingKey(image, digest)) }));
    }
    return exitCodes.done;
  });
  return found;
}

function entriesOf(text: string | undefined, name: string): ReadonlySet<string> {
  const images: ImagesFile['images'] = text === undefined ? [] : (parseImages(text, name).images?.images ?? []);
  return new Set(images.flatMap((image) => image.digests.map(({ digest }) => holdingKey(image.name, digest))));
}

/** The list of the pull request check, where it is in the same tree. */
function allowedIn(root: string): readonly string[] {
  const file = `${root}manifests/multiarch_test.go`;
  return existsSync(file) ? parseSingleArchAllowed(readFileSync(file, 'utf8')) : [];
}

// Where a promoted image has arrived: every production registry, the public front, its signature and its age.
// A registry that could not be asked is unknown, never "not there".
import { productionRegions } from '@runbook/promoter';
import { parseReference, type Registry } from '@runbook/registry';

/** One place of an image. */
export interface PromotionPlace {
  readonly reference: string;
  readonly state: 'there' | 'absent' | 'different' | 'unknown';
  readonly digest?: string;
  /** Why it is unknown. */
  readonly why?: string;
}

/** An image everywhere. Data only. */
export interface PromotionStatus {
  /** `apisnoop/snoopdb`. */
  readonly image: string;
  readonly tag: string;
  /** What the public front serves. */
  readonly digest?: string;
  /** True when the front and every region serve one digest. */
  readonly complete: boolean;
  readonly registries: readonly PromotionPlace[];
  readonly signature: PromotionPlace;
  readonly attestation: PromotionPlace;
  /** ISO 8601, as the canonical region says. */
  readonly uploadedAt?: string;
}

/** The region that signatures are written to (domain §5.4, §6.2). */
const canonical = 'us-central1';
const front = 'registry.k8s.io';
const abreast = 6;

/**
 * Asks every production registry for an image.
 * @param text `apisnoop/snoopdb:v0.2.0`, with or without `registry.k8s.io/` in front
 * @returns the status, or why the text names no image
 */
export async function promotionStatus(registry: Registry, text: string): Promise<PromotionStatus | { readonly problem: string }> {
  const { reference, problem } = parseReference(text.startsWith(`${front}/`) ? text : `${front}/${text}`);
  if (reference === undefined) return { problem: problem ?? `${JSON.stringify(text)} is no image` };
  const { name, tag } = reference;
  if (tag === undefined || reference.digest !== undefined) return { problem: `${JSON.stringify(text)} has no tag alone, expected NAME:TAG such as apisnoop/snoopdb:v0.2.0` };
  const places = [`${front}/${name}`, ...productionRegions.map((region) => repositoryIn(region, name))].map((repository) => `${repository}:${tag}`);
  const asked: PromotionPlace[] = [];
  for (let at = 0; at < places.length; at += abreast) asked.push(...(await Promise.all(places.slice(at, at + abreast).map((place) => look(registry, place)))));
  const digest = asked.find((place) => place.digest !== undefined)?.digest;
  const registries = asked.map((place): PromotionPlace => (place.digest === undefined || place.digest === digest ? place : { ...place, state: 'different' }));
  const home = repositoryIn(canonical, name);
  const beside = (end: string): Promise<PromotionPlace> => (digest === undefined ? Promise.resolve({ reference: home, state: 'unknown', why: 'there is no image to ask for' }) : look(registry, `${home}:${digest.replace(':', '-')}.${end}`));
  const uploadedAt = digest === undefined ? undefined : await uploadTime(registry, home, digest);
  return {
    image: name,
    tag,
    ...(digest === undefined ? {} : { digest }),
    complete: registries.every(({ state }) => state === 'there'),
    registries,
    signature: await beside('sig'),
    attestation: await beside('att'),
    ...(uploadedAt === undefined ? {} : { uploadedAt }),
  };
}

function repositoryIn(region: string, name: string): string {
  return `${region}-docker.pkg.dev/k8s-artifacts-prod/images/${name}`;
}

async function look(registry: Registry, reference: string): Promise<PromotionPlace> {
  try {
    const found = await registry.find(reference);
    return found === undefined ? { reference, state: 'absent' } : { reference, state: 'there', digest: found.digest };
  } catch (error) {
    return { reference, state: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function uploadTime(registry: Registry, repository: string, digest: string): Promise<string | undefined> {
  try {
    return (await registry.listGoogle(repository)).manifests.find((manifest) => manifest.digest === digest)?.uploadedAt;
  } catch {
    return undefined; // the age is told where it is known
  }
}

// What repositories hold, as far as a promotion plan asks: by Google's listing where there is one, else tag by tag.
import { OutsideError } from '@runbook/http';
import type { Inventory } from '@runbook/promoter';
import type { Registry } from '@runbook/registry';

/** How many questions are open at once. */
const abreast = 8;

/**
 * Asks registries for their inventories. A repository that is proven absent is empty.
 * @param wanted digests that the plan will ask for, by repository: without Google's listing, untagged digests are found only by asking
 * @throws OutsideError when a registry does not say what it holds
 */
export async function readInventories(registry: Registry, wanted: ReadonlyMap<string, ReadonlySet<string>>): Promise<ReadonlyMap<string, Inventory>> {
  const found = new Map<string, Inventory>();
  const all = [...wanted];
  for (let at = 0; at < all.length; at += abreast) {
    const part = all.slice(at, at + abreast);
    const read = await Promise.all(part.map(([repository, digests]) => readOne(registry, repository, digests)));
    part.forEach(([repository], index) => found.set(repository, read[index] ?? empty));
  }
  return found;
}

const empty: Inventory = { digests: new Set(), tags: new Map() };

async function readOne(registry: Registry, repository: string, wanted: ReadonlySet<string>): Promise<Inventory> {
  try {
    const { manifests } = await registry.listGoogle(repository);
    return { digests: new Set(manifests.map(({ digest }) => digest)), tags: new Map(manifests.flatMap(({ digest, tags }) => tags.map((tag) => [tag, digest] as const))) };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (error.code === 'absent') return empty;
    if (error.code !== 'unexpected-answer' || error.status !== 200) throw error;
    return readByTags(registry, repository, wanted);
  }
}

async function readByTags(registry: Registry, repository: string, wanted: ReadonlySet<string>): Promise<Inventory> {
  const tags = new Map<string, string>();
  for (const tag of await registry.listTags(repository)) {
    const held = await registry.find(`${repository}:${tag}`);
    if (held !== undefined) tags.set(tag, held.digest);
  }
  const digests = new Set(tags.values());
  for (const digest of wanted) if (!digests.has(digest) && (await registry.find(`${repository}@${digest}`)) !== undefined) digests.add(digest);
  return { digests, tags };
}

// What refers to a digest: by the registry's own answer, or by the tag that clients keep where it has none. (domain §6.6)
import { type HttpAnswer } from '@runbook/http';
import { digestOf, isRecord, parseManifest } from './manifest.ts';
import type { Reference } from './reference.ts';
import type { Referrer } from './registry.ts';
import { registryUrl, type Transport } from './transport.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const mostPages = 100;

/** Lists them all. An image without referrers has an empty list. */
export async function listReferrers(transport: Transport, { host, name, digest = '' }: Reference, artifactType: string | undefined): Promise<readonly Referrer[]> {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  let url: string | undefined = registryUrl(host, `${name}/referrers/${digest}${query}`);
  const found: Referrer[] = [];
  for (let page = 0; url !== undefined; page += 1) {
    const answer: HttpAnswer = await transport({ method: 'GET', url, accept: indexType });
    if (page >= mostPages) throw answer.unexpected(`there are more than ${mostPages} pages of referrers`);
    if (answer.status === 404) return byTag(transport, { host, name, digest }, artifactType);
    if (!answer.ok) throw await answer.error();
    found.push(...(await readIndex(answer)));
    url = nextPage(answer);
  }
  return found.filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

async function byTag(transport: Transport, { host, name, digest }: { readonly host: string; readonly name: string; readonly digest: string }, artifactType: string | undefined): Promise<readonly Referrer[]> {
  const answer = await transport({ method: 'GET', url: registryUrl(host, `${name}/manifests/${digest.replace(':', '-')}`), accept: indexType });
  if (answer.status === 404) return [];
  if (!answer.ok) throw await answer.error();
  return (await readIndex(answer)).filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

async function readIndex(answer: HttpAnswer): Promise<readonly Referrer[]> {
  const bytes = await answer.bytes();
  const { manifest } = parseManifest(bytes, { digest: digestOf(bytes), mediaType: indexType });
  if (manifest?.kind !== 'index') throw answer.unexpected('the answer is no list of referrers');
  const raw: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const entries = isRecord(raw) && Array.isArray(raw['manifests']) ? raw['manifests'] : [];
  return manifest.entries.map((entry, index): Referrer => {
    const source: unknown = entries[index];
    const type = isRecord(source) ? source['artifactType'] : undefined;
    const notes = isRecord(source) && isRecord(source['annotations']) ? Object.entries(source['annotations']).filter((pair): pair is [string, string] => typeof pair[1] === 'string') : [];
    return { ...entry, annotations: Object.fromEntries(notes), ...(typeof type === 'string' ? { artifactType: type } : {}) };
  });
}

/** A page's link stays on the host that answered: a token goes with it. */
function nextPage(answer: HttpAnswer): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(answer.headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, answer.url) ? new URL(target, answer.url) : undefined;
  if (next === undefined || next.origin !== new URL(answer.url).origin) throw answer.unexpected('the link to the next page leads to another host');
  return next.href;
}

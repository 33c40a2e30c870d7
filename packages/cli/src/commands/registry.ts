// `runbook registry tags|manifest|ls|copy`: registries as the clients of runbooks see them. Only `copy` writes.
import type { CopyStep, Manifest } from '@runbook/registry';
import { oneLine } from '@runbook/render';
import { withClients, type Clients } from '../clients.ts';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes } from '../exit.ts';
import { readParallel } from '../parallel.ts';

interface JsonFlag {
  readonly json?: boolean;
}

/** `registry tags`: one a line, as the registry orders them. */
export function registryTags(repository: string, { json }: JsonFlag): Promise<number> {
  return withClients({}, async ({ registry }) => {
    const tags = await registry.listTags(repository);
    if (json === true) print(JSON.stringify({ repository, tags }, null, 2));
    else if (tags.length > 0) print(tags.map(oneLine).join('\n'));
    return exitCodes.done;
  });
}

/** `registry manifest`: what it holds; with --raw the very bytes. */
export function registryManifest(reference: string, { json, raw }: JsonFlag & { readonly raw?: boolean }): Promise<number> {
  return withClients({}, async ({ registry }) => {
    const manifest = await registry.manifest(reference);
    if (raw === true) process.stdout.write(manifest.bytes);
    else if (json === true) {
      const { digest, mediaType, size, kind, bytes } = manifest;
      print(JSON.stringify({ reference, digest, mediaType, size, kind, platforms: await registry.platforms(reference), manifest: JSON.parse(new TextDecoder().decode(bytes)) as unknown }, null, 2));
    } else print(describeManifest(manifest, await registry.platforms(reference)));
    return exitCodes.done;
  });
}

function describeManifest(manifest: Manifest, platforms: readonly string[]): string {
  const { palette } = stdoutStyle();
  const head = [`${palette.bold(manifest.digest)}  ${manifest.kind}, ${oneLine(manifest.mediaType)}, ${manifest.size} bytes`, `platforms: ${platforms.map(oneLine).join(', ') || 'none'}`];
  if (manifest.kind === 'index') return [...head, ...manifest.entries.map((entry) => `  ${entry.digest}  ${entry.attestation ? palette.dim('attestation') : oneLine(entry.platform ?? 'no platform')}`)].join('\n');
  if (manifest.kind === 'image') return [...head, `  config ${manifest.config.digest}  ${manifest.config.size} bytes`, ...manifest.layers.map((layer) => `  layer  ${layer.digest}  ${layer.size} bytes`)].join('\n');
  return head.join('\n');
}

interface Listed {
  readonly digest: string;
  readonly mediaType: string;
  readonly tags: readonly string[];
  readonly uploadedAt?: string;
}

/** `registry ls`: what a repository holds, newest first where the registry tells the time, and what lies below it. */
export function registryList(repository: string, { json }: JsonFlag): Promise<number> {
  return withClients({}, async (clients) => {
    const { children, manifests } = await listRepository(clients, repository);
    if (json === true) print(JSON.stringify({ repository, children, manifests }, null, 2));
    else {
      const { palette } = stdoutStyle();
      for (const child of children) print(`${palette.cyan(`${oneLine(child)}/`)}`);
      for (const { digest, tags, uploadedAt } of manifests) print(`${digest}  ${(uploadedAt ?? '').slice(0, 10).padEnd(10)}  ${tags.map(oneLine).join(', ') || palette.dim('no tag')}`);
      say(`${manifests.length} ${manifests.length === 1 ? 'manifest' : 'manifests'}, ${children.length} below`);
    }
    return exitCodes.done;
  });
}

async function listRepository({ registry }: Clients, repository: string): Promise<{ readonly children: readonly string[]; readonly manifests: readonly Listed[] }> {
  const listing = await registry.listGoogle(repository).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'unexpected-answer' && 'status' in error && error.status === 200) return undefined;
    throw error;
  });
  if (listing !== undefined) {
    const manifests = listing.manifests.map(({ digest, mediaType, tags, uploadedAt }) => ({ digest, mediaType, tags, ...(uploadedAt === undefined ? {} : { uploadedAt }) }));
    return { children: listing.children, manifests: manifests.sort((a, b) => (b.uploadedAt ?? '').localeCompare(a.uploadedAt ?? '')) };
  }
  // Other registries list tags only; what has none cannot be seen there.
  const found = new Map<string, { digest: string; mediaType: string; tags: string[] }>();
  for (const tag of await registry.listTags(repository)) {
    const { digest, mediaType } = await registry.get(`${repository}:${tag}`);
    const entry = found.get(digest) ?? { digest, mediaType, tags: [] };
    entry.tags.push(tag);
    found.set(digest, entry);
  }
  return { children: [], manifests: [...found.values()] };
}

/** The flags of `registry copy`. */
export interface CopyFlags extends JsonFlag {
  readonly parallel?: string;
  readonly dryRun?: boolean;
}

/** `registry copy`: byte for byte, the tag last. Cut off, it is simply called again. */
export function registryCopy(from: string, to: string, { json, parallel, dryRun }: CopyFlags): Promise<number> {
  const concurrency = parallel === undefined ? undefined : readParallel(parallel);
  return withClients({ effect: 'write', dryRun: dryRun === true, json: json === true }, async ({ registry }) => {
    const progress = ({ how, kind, digest, size }: CopyStep): void => say(`${how.padEnd(8)} ${kind.padEnd(8)} ${digest.slice(0, 19)}…  ${size} bytes`);
    const copied = await registry.copy(from, to, { progress, ...(concurrency === undefined ? {} : { concurrency }) });
    if (json === true) print(JSON.stringify({ from, to, ...copied }, null, 2));
    else print(copied.digest);
    return exitCodes.done;
  });
}

// Looks at a world as a stranger would: plain git on the bare repositories, plain HTTP. None of our clients. Only tests use it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '@runbook/rehearsal';

/** Git in a bare repository of the world. */
export function gitIn(world: World, repo: string, ...args: string[]): string {
  return execFileSync('git', ['--git-dir', join(world.dir, 'git', `${repo}.git`), ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: world.dir } }).trim();
}

/** Asks; a world on a bad day is asked again, as a stranger would. */
async function look(url: string, init: RequestInit): Promise<Response> {
  for (let left = 5; ; left -= 1) {
    const answer = await fetch(url, init).catch(() => undefined);
    const text = await answer?.arrayBuffer().catch(() => undefined);
    const isGood = answer !== undefined && text !== undefined && answer.status !== 502 && answer.status !== 429;
    if (isGood) return new Response(text, { status: answer.status, headers: answer.headers });
    if (left === 0) throw new Error(`${url} does not answer: ${answer?.status ?? 'broken off'}`);
  }
}

/** A JSON answer of the world's GitHub. */
export async function githubJson(world: World, path: string): Promise<unknown> {
  const answer = await look(`${world.url}/api.github.com${path}`, { headers: { authorization: `Bearer ${world.env['GITHUB_TOKEN'] ?? ''}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const accept = ['application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.docker.distribution.manifest.v2+json'].join(', ');

/** The digest a registry of the world answers with, hashed from the bytes; undefined for a 404. */
export async function digestAt(world: World, repository: string, reference: string): Promise<string | undefined> {
  const answer = await look(`${world.url}/v2/${repository}/manifests/${reference}`, { headers: { accept } });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${repository}:${reference}: ${answer.status} ${await answer.text()}`);
  return `sha256:${createHash('sha256').update(new Uint8Array(await answer.arrayBuffer())).digest('hex')}`;
}

/** All tags of a repository; none when it does not exist. */
export async function tagsAt(world: World, repository: string): Promise<readonly string[]> {
  const answer = await fetch(`${world.url}/v2/${repository}/tags/list`);
  if (answer.status === 404) return [];
  const { tags } = (await answer.json()) as { readonly tags: readonly string[] | null };
  return tags ?? [];
}

/** One hash over the refs and contents of every repository and over every file of the registries. */
export function hashOfWorld(world: World): string {
  const hash = createHash('sha256');
  for (const owner of readdirSync(join(world.dir, 'git'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
    for (const name of readdirSync(join(world.dir, 'git', owner)).filter((entry) => entry.endsWith('.git')).sort()) {
      const repo = `${owner}/${name.replace(/\.git$/, '')}`;
      hash.update(repo).update(gitIn(world, repo, 'for-each-ref')).update(gitIn(world, repo, 'cat-file', '--batch-all-objects', '--batch-check', '--unordered').split('\n').sort().join('\n'));
    }
  }
  for (const file of filesBelow(join(world.dir, 'registry'))) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .sort();
}

// For tests against real software: Debian's docker-registry as a child process, and images made by hand for skopeo.
// Only tests import this; nothing here is part of the client.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the software is here. */
export const hasRealRegistry = spawnSync('docker-registry', ['--version']).status === 0 && spawnSync('skopeo', ['--version']).status === 0;

/** A registry on this machine. */
export interface RealRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  close(): Promise<void>;
}

/** bcrypt of `secret-password`. */
const passwordHash = '$2y$10$abcdefghijklmnopqrstuurRNjYRjZcfmTagSP08eA/MkymhfzpRK';

/** Starts docker-registry. With `login`, it wants the user `tester` with `secret-password`. */
export async function startRealRegistry({ login = false }: { readonly login?: boolean } = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'real-registry-'));
  writeFileSync(join(folder, 'htpasswd'), `tester:${passwordHash}\n`);
  const auth = login ? `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n` : '';
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:0", secret: x}\n${auth}`);
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const host = await new Promise<string>((resolve, reject) => {
    let text = '';
    const listen = (part: Buffer): void => {
      text += part.toString();
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`docker-registry ended: ${text}`)));
  });
  return {
    host,
    close: () => new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      child.kill('SIGTERM');
    }),
  };
}

/** Calls skopeo with plain http allowed. */
export function skopeo(...args: string[]): string {
  return execFileSync('skopeo', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] });
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes an OCI layout with an index of images, each of one layer; gives its folder and the digest of the index. */
export function writeLayout({ platforms, layerBytes = 2000 }: { readonly platforms: readonly string[]; readonly layerBytes?: number }): { readonly folder: string; readonly digest: string } {
  const folder = mkdtempSync(join(tmpdir(), 'oci-layout-'));
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): Blob => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const shared = put('application/vnd.oci.image.layer.v1.tar', Buffer.alloc(500, 'shared'));
  const manifests = platforms.map((platform) => {
    const [os = '', architecture = ''] = platform.split('/');
    const layer = put('application/vnd.oci.image.layer.v1.tar', Buffer.alloc(layerBytes, `layer of ${platform}`));
    const config = put('application/vnd.oci.image.config.v1+json', json({ os, architecture, config: {}, rootfs: { type: 'layers', diff_ids: [shared.digest, layer.digest] } }));
    return { ...put('application/vnd.oci.image.manifest.v1+json', json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [shared, layer] })), platform: { os, architecture } };
  });
  const type = 'application/vnd.oci.image.index.v1+json';
  const index = put(type, json({ schemaVersion: 2, mediaType: type, manifests }));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...index, annotations: { 'org.opencontainers.image.ref.name': 'it' } }] }));
  return { folder, digest: index.digest };
}

// Two registries on the loopback (Debian's docker-registry), one with a thousand tags and an image of 300 MB.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ readonly host: string, readonly close: () => void }} Server
 * @typedef {{ readonly source: string, readonly target: string, readonly empty: () => void, readonly close: () => void }} Registries
 */

/** @param {string} folder @returns {Promise<Server>} */
function start(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: "127.0.0.1:0", secret: x}\n`);
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (/** @type {Buffer} */ part) => {
      text = (text + part.toString()).slice(-10_000);
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (host !== undefined) resolve({ host, close: () => void child.kill('SIGTERM') });
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`docker-registry ended: ${text}`)));
  });
}

/** Layers of 60 MB that no compression makes smaller, as most layers are compressed already. */
const layerSizes = Array.from({ length: 5 }, () => 60 * 1024 * 1024);

/** Writes an OCI layout with an image of such layers. @param {string} folder @param {readonly number[]} sizes */
function writeLayout(folder, sizes) {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  /** @param {string} mediaType @param {Uint8Array} bytes */
  const put = (mediaType, bytes) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value));
  const layers = sizes.map((size) => put('application/vnd.oci.image.layer.v1.tar', randomBytes(size)));
  const config = put('application/vnd.oci.image.config.v1+json', json({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) } }));
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = json({ schemaVersion: 2, mediaType: type, config, layers });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...put(type, manifest), annotations: { 'org.opencontainers.image.ref.name': 'it' } }] }));
  return { manifest, type };
}

/** @param {string} folder @param {readonly number[]} sizes @param {string} target */
function push(folder, sizes, target) {
  const written = writeLayout(folder, sizes);
  const done = spawnSync('skopeo', ['copy', '--preserve-digests', '--dest-tls-verify=false', `oci:${folder}:it`, `docker://${target}`], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`skopeo: ${done.stderr}`);
  rmSync(folder, { recursive: true });
  return written;
}

/** Starts them and fills the first: `bench/small` with the tags t0 to t999, `bench/large` with `latest`. @param {string} folder @returns {Promise<Registries>} */
export async function startRegistries(folder) {
  const [source, target] = [await start(join(folder, 'source')), await start(join(folder, 'target'))];
  const { manifest, type } = push(join(folder, 'small'), [1000], `${source.host}/bench/small:t0`);
  for (let i = 1; i < 1000; i += 1) {
    const answer = await fetch(`http://${source.host}/v2/bench/small/manifests/t${i}`, { method: 'PUT', headers: { 'content-type': type }, body: manifest });
    if (answer.status !== 201) throw new Error(`t${i}: ${answer.status}`);
  }
  push(join(folder, 'large'), layerSizes, `${source.host}/bench/large:latest`);
  return {
    source: source.host,
    target: target.host,
    empty: () => rmSync(join(folder, 'target/data/docker'), { recursive: true, force: true }),
    close() {
      source.close();
      target.close();
    },
  };
}

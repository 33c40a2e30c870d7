// What the yardsticks do that are no program of their own: node bench/yardstick.mjs NAME ARGUMENTS
import { closeSync, fdatasyncSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [name = '', ...args] = process.argv.slice(2);
const [first = '', second = ''] = args;

/** @param {string} folder */
const yamlFiles = (folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file)).map((file) => join(folder, file));

/** @type {Record<string, () => Promise<void>>} */
const yardsticks = {
  /** Parses every YAML file below a folder. */
  async yaml() {
    const { parseAllDocuments } = await import('yaml');
    for (const file of yamlFiles(first)) for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) if ('toJS' in document) document.toJS();
  },
  /** Adds a tag to an images.yaml by reading and writing it through `yaml`. */
  async 'yaml-add'() {
    const { parseDocument } = await import('yaml');
    const document = parseDocument(readFileSync(first, 'utf8'));
    document.addIn([0, 'dmap'], document.createPair(`sha256:${'0'.repeat(64)}`, ['v9.9.9']));
    writeFileSync(first, document.toString());
  },
  /** Parses a Markdown file with the usual parser. */
  async mdast() {
    const { fromMarkdown } = await import('mdast-util-from-markdown');
    fromMarkdown(readFileSync(first, 'utf8'));
  },
  /** Two records a step, each on disk before the next, as a journal has to. */
  async append() {
    const fd = openSync(first, 'a');
    const line = `${'x'.repeat(180)}\n`;
    for (let i = 0; i < 2 * Number(second); i += 1) {
      writeSync(fd, line);
      fdatasyncSync(fd);
    }
    closeSync(fd);
  },
  /** Asks a registry for the digests of tags, so many at once. */
  async heads() {
    const tags = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    const ask = async () => {
      for (let tag = tags.pop(); tag !== undefined; tag = tags.pop()) {
        const answer = await fetch(`${first}/manifests/${tag}`, { method: 'HEAD', headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' } });
        if (answer.headers.get('docker-content-digest') === null) throw new Error(`no digest of ${tag}: ${answer.status}`);
      }
    };
    await Promise.all(Array.from({ length: Number(second) }, ask));
  },
};

const yardstick = yardsticks[name];
if (yardstick === undefined) throw new Error(`there is no yardstick ${name}`);
await yardstick();

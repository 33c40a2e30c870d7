import { access, constants, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workspaceRoot } from './scratch-workspace.ts';

// What every package and the root must look like, so that a new one starts right.

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly license?: string;
  readonly type?: string;
  readonly description?: string;
  readonly engines?: { readonly node?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readText = (path: string): Promise<string> => readFile(join(workspaceRoot, path), 'utf8');
const readManifest = async (path: string): Promise<Manifest> => JSON.parse(await readText(path)) as Manifest;
const folders = (await readdir(join(workspaceRoot, 'packages'))).sort();

describe.each(folders)('packages/%s', (folder) => {
  test('says what it is', async () => {
    const manifest = await readManifest(`packages/${folder}/package.json`);
    expect(manifest).toMatchObject({ version: '0.1.0', license: 'Apache-2.0', type: 'module', engines: { node: '>=20.19' } });
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.name).toBe(folder === 'cli' ? 'runbook' : `@runbook/${folder}`);
  });

  test('has a short README and, unless it is the command, a pinned surface', async () => {
    const lines = (await readText(`packages/${folder}/README.md`)).split('\n');
    expect(lines.length).toBeLessThan(80);
    if (folder !== 'cli') await access(join(workspaceRoot, `packages/${folder}/src/surface.test.ts`));
  });

  test('is built with the workspace', async () => {
    const { references } = JSON.parse(await readText('tsconfig.json')) as { references: readonly { path: string }[] };
    expect(references.map(({ path }) => path)).toContain(`packages/${folder}`);
  });
});

test('every dependency is pinned exactly', async () => {
  const loose: string[] = [];
  for (const path of ['package.json', ...folders.map((folder) => `packages/${folder}/package.json`)]) {
    const { dependencies, devDependencies, optionalDependencies } = await readManifest(path);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      if (!/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) loose.push(`${path}: ${name} ${version}`);
    }
  }
  expect(loose).toEqual([]);
});

test('the lock file knows no mirror and needs no newer Node', async () => {
  const { packages } = JSON.parse(await readText('package-lock.json')) as { packages: Readonly<Record<string, { resolved?: string; link?: boolean }>> };
  const foreign = Object.entries(packages).filter(([, { resolved, link }]) => link !== true && resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'));
  expect(foreign).toEqual([]);
});

test('Nx asks nothing, reports nothing and leaves no daemon', async () => {
  expect(JSON.parse(await readText('nx.json'))).toMatchObject({ analytics: false, neverConnectToCloud: true, useDaemonProcess: false });
});

test('one check runs everything, and the test runner speaks last', async () => {
  const { scripts } = await readManifest('package.json');
  expect(scripts?.['test']).toMatch(/^nx run-many -t build lint boundaries dead-exports check .*&& vitest run$/);
  expect(scripts?.['prepare']).toBe('node tools/build.mjs bundle');
  expect((await readText('.ci/run')).trimEnd()).toMatch(/\nnpm ci\b[^\n]*\nnpm test$/);
});

test.each(['.ci/run', 'packages/cli/bin/runbook.js', 'tools/build.mjs'])('%s can be executed', async (path) => {
  await access(join(workspaceRoot, path), constants.X_OK);
});

test('decisions stay short', async () => {
  const long: string[] = [];
  for (const file of await readdir(join(workspaceRoot, 'docs/decisions'))) {
    const lines = (await readText(`docs/decisions/${file}`)).trimEnd().split('\n').length;
    if (lines > 40 || !/^\d{4}-[a-z-]+\.md$/.test(file)) long.push(`${file}: ${lines} lines`);
  }
  expect(long).toEqual([]);
});

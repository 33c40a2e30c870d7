// Objects by name, as git itself answers: the reader is asked beside plain git, while refs and objects come and go.
import { afterAll, describe, expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment } from './command.ts';
import { createObjectReader } from './objects.ts';
import type { ObjectReader } from './objects.ts';
import { makeRepository, repositoryPath, writeServerConfig } from './repository.ts';

const root = mkdtempSync(join(tmpdir(), 'objects-'));
const config = writeServerConfig(root);
const env = gitEnvironment(config, Date.UTC(2026, 7, 24));
const readers: ObjectReader[] = [];
afterAll(() => {
  for (const reader of readers) reader.close();
  rmSync(root, { recursive: true, force: true });
});

let count = 0;
function repository(): { readonly reader: ObjectReader; git(args: readonly string[], input?: string | Uint8Array): string } {
  count += 1;
  makeRepository(root, `a/r${count}`, { defaultBranch: 'main' });
  const cwd = repositoryPath(root, `a/r${count}`);
  const reader = createObjectReader(cwd, () => env);
  readers.push(reader);
  return { reader, git: (args, input = '') => execFileSync('git', [...args], { cwd, env, input, encoding: 'utf8' }).trim() };
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

describe('a reader', () => {
  test('sees refs and objects of other processes as soon as they are there', async () => {
    const { reader, git } = repository();
    expect(await reader.info('refs/heads/main')).toBeUndefined();
    git(['hash-object', '-t', 'tree', '-w', '--stdin']);
    const first = git(['commit-tree', emptyTree, '-m', 'one']);
    expect(await reader.info(first)).toMatchObject({ sha: first, type: 'commit' });
    git(['update-ref', 'refs/heads/main', first]);
    expect((await reader.info('main'))?.sha).toBe(first);
    const second = git(['commit-tree', emptyTree, '-p', first, '-m', 'two']);
    git(['update-ref', 'refs/heads/main', second]);
    git(['tag', '-a', '-m', 'v1', 'v1', second]);
    git(['pack-refs', '--all']);
    git(['repack', '-adq']);
    expect([(await reader.info('main'))?.sha, (await reader.info('main^'))?.sha, (await reader.info('v1^{commit}'))?.sha, (await reader.info('v1'))?.type]).toEqual([second, first, second, 'tag']);
    git(['update-ref', '-d', 'refs/heads/main']);
    expect(await reader.info('refs/heads/main')).toBeUndefined();
  });

  test('gives bytes as they are: empty, binary, longer than a pipe holds, many at once', async () => {
    const { reader, git } = repository();
    const contents = [Buffer.alloc(0), Buffer.from([0, 10, 255, 10, 0]), Buffer.from('x'.repeat(300_000)), Buffer.from('a missing\n')];
    const ids = contents.map((bytes) => git(['hash-object', '-w', '--stdin'], bytes));
    const asked = [...ids, ...ids].map((id, index) => (index % 3 === 0 ? reader.info(id) : reader.contents(id)));
    const found = await Promise.all(asked);
    expect(found.map((object) => [object?.sha, object?.type, object?.size])).toEqual([...ids, ...ids].map((id, index) => [id, 'blob', contents[index % 4]?.length]));
    for (const [index, id] of ids.entries()) expect((await reader.contents(id))?.bytes.equals(contents[index] ?? Buffer.alloc(1))).toBe(true);
  });

  test('names that git cannot be asked for, and names that look like answers, mean nothing', async () => {
    const { reader } = repository();
    for (const name of ['', '\n', 'main\ninfo main', 'a\0b', '-h', '--batch', `${emptyTree} blob 5`, `${'a'.repeat(40)} blob 5`, 'x missing', ':', '^', '..', 'main..main', '@{-1}', ' main']) expect([name, await reader.contents(name)]).toEqual([name, undefined]);
    expect((await reader.info(emptyTree))?.type).toBe('tree');
  });

  test('a closed reader refuses', async () => {
    const { reader } = repository();
    await reader.info('main');
    reader.close();
    await expect(reader.info('main')).rejects.toThrow('is closed');
  });
});

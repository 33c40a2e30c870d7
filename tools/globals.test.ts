// The types of script blocks: up to date with the sources, and of use to a compiler that knows nothing else of the project.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workspaceRoot } from './scratch-workspace.ts';

const globals = join(workspaceRoot, 'packages/toolkit/globals.d.ts');
const isBuilt = existsSync(join(workspaceRoot, 'packages/toolkit/dist/toolkit.d.ts'));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-types-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(!isBuilt)('they are what the sources say: node tools/globals.mjs writes them anew (skipped before npm run build)', () => {
  const fresh = execFileSync(process.execPath, [join(workspaceRoot, 'tools/globals.mjs'), '--print'], { encoding: 'utf8' });
  expect(readFileSync(globals, 'utf8') === fresh, 'packages/toolkit/globals.d.ts is not up to date').toBe(true);
});

/** Compiles a module with the types that `runbook types FILE` prints. */
function compile(code: string, document?: string): string {
  writeFileSync(join(folder, 'doc.md'), document ?? '# Doc\n');
  const types = execFileSync(process.execPath, [join(workspaceRoot, 'packages/cli/bin/runbook.js'), 'types', 'doc.md'], { cwd: folder, encoding: 'utf8' });
  writeFileSync(join(folder, 'runbook.d.ts'), types);
  writeFileSync(join(folder, 'block.mts'), `/// <reference path="runbook.d.ts" />\n${code}\nexport {};\n`);
  const compiler = join(workspaceRoot, 'node_modules/@typescript/native/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', '--types', '', '--pretty', 'false', 'block.mts'], { cwd: folder, encoding: 'utf8' });
  return stdout;
}

describe('a block of a runbook', () => {
  const document = '---\ninputs:\n  version: { type: string }\n  images: { type: list, choices: [a, b], default: [a] }\n  note: { type: string, required: false }\n---\n# Doc\n\n```bash {name=c effect=read}\nexport releaseCommit=abc\n```\n';

  test('compiles with the toolkit, inputs and outputs', () => {
    const code = [
      "const found = await prow.findRun({ job: 'j', sha: releaseCommit, baseRef: 'main' });",
      "export const built = found?.succeeded ? await prow.pushedImages(found) : undefined;",
      'const first: "a" | "b" | undefined = images[0];',
      'const text = (await $`echo ${version}`).stdout.trim();',
      "await sleep('3s');",
      'export const size: number = await retry(3, () => text.length + (note?.length ?? 0) + (first?.length ?? 0));',
    ].join('\n');
    expect(compile(code, document)).toBe('');
  });

  test.each([
    ['a wrong argument', 'await prow.findRun({ job: 1 });', /block\.mts\(2,\d+\): error TS2322/],
    ['a method that is not there', "await github.deleteEverything('x');", /error TS2339/],
    ['an input that is not declared', 'console.log(verison);', /error TS2552: Cannot find name 'verison'/],
    ['a choice that is none', 'const one: "c" = images[0]!;', /error TS2322/],
  ])('is told %s', (_name, code, told) => {
    expect(compile(code, document)).toMatch(told);
  });
});

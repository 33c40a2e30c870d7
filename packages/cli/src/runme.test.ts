// A document that was written for runme, as its users write them: it lists and runs here, from its own folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

function write(front: string): void {
  const { folder } = bench.desk;
  mkdirSync(join(folder, 'app/bin'), { recursive: true });
  writeFileSync(join(folder, 'app/bin/hello.sh'), 'echo "hello from $PWD"\n');
  writeFileSync(
    join(folder, 'app/README.md'),
    `${front}# App\n\n\`\`\`sh {"name":"hello","interactive":"false","closeTerminalOnSuccess":"false"}\nsh bin/hello.sh\n\`\`\`\n\n\`\`\`sh { name=in-bin cwd=bin promptEnv=no excludeFromRunAll=false }\npwd\n\`\`\`\n\n\`\`\`py { interpreter=python3 name=py mimeType=text/plain }\nprint("from python")\n\`\`\`\n\n\`\`\`yaml\nkind: shown\n\`\`\`\n`,
  );
}

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });

test.each([
  ['YAML', '---\nshell: bash\ncwd: .\ntag: demo\nskipPrompts: true\nterminalRows: "20"\nrunme:\n  id: 01HF7BT3HBDTRYQAQMH51RDQEC\n  version: v3\n---\n'],
  ['TOML', '+++\nshell = "bash"\ncwd = "."\ntag = "demo"\nskipPrompts = true\n[runme]\nid = "01HF7BT3HBDTRYQAQMH51RDQEC"\nversion = "v3"\n+++\n'],
  ['JSON', '{"shell": "bash", "cwd": ".", "tag": "demo", "runme": {"id": "01HF7BT3HBDTRYQAQMH51RDQEC", "version": "v3"}}\n\n'],
])('with front matter in %s', async (_name, front) => {
  write(front);
  const checked = await call('check', 'app/README.md', '--format', 'json');
  expect((JSON.parse(checked.stdout) as { problems: { severity: string; code: string }[] }).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const listed = JSON.parse((await call('list', 'app/README.md', '--json')).stdout) as { steps: { id: string; attributes: Record<string, string> }[] };
  expect(listed.steps.map(({ id }) => id)).toEqual(['hello', 'in-bin', 'py']);
  const run = await call('run', 'app/README.md', '--yes', '--tag', 'demo');
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toContain(`hello from ${join(bench.desk.folder, 'app')}`);
  expect(run.stderr).toMatch(new RegExp(`│ ${join(bench.desk.folder, 'app/bin')}$`, 'm'));
  expect(run.stderr).toContain('from python');
});

test('a shell of its own runs the blocks that name none', async () => {
  write('---\nshell: zsh\ncwd: .\n---\n');
  const listed = JSON.parse((await call('plan', 'app/README.md', '--json')).stdout) as { steps: { id: string; interpreter?: string }[] };
  expect(listed.steps.map(({ id, interpreter }) => [id, interpreter])).toEqual([['hello', 'zsh'], ['in-bin', 'zsh'], ['py', 'python3']]);
});

test('a folder that is not there is refused before anything runs', async () => {
  write('---\ncwd: nowhere\n---\n');
  const run = await call('run', 'app/README.md', '--yes');
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('app/README.md: its front matter has cwd: nowhere, and there is no folder')]);
});

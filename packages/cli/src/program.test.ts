import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench } from './command-harness.ts';

const bench = setUpBench();

describe('every command', () => {
  test('is found when it alone is set up, and named in the help of all', async () => {
    const call = (...args: string[]): ReturnType<typeof callRunbook> => callRunbook(args, { cwd: bench.desk.folder });
    const help = await call('--help');
    const names = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(await call(name, '--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Usage: runbook ${name} `)) });
    expect((await call('help', 'registry')).stdout).toMatch(/^Usage: runbook registry /);
    expect(await call('lsit')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean list?') });
  });
});

// For tests of the field's commands: a folder of files, a git repository in it, and the command called there.
// Only tests import this; nothing here is part of the command.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { callRunbook, type CallOptions, type Finished } from './command-harness.ts';

const folders: string[] = [];

/** A place with files. It goes with the test. */
export interface Field {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  /** git, as a person without a configuration. */
  git(...args: string[]): string;
  /** Calls the command here. */
  call(args: readonly string[], options?: Partial<CallOptions>): Promise<Finished>;
  /** The JSON that a command prints; it must end with the code. */
  json(args: readonly string[], code?: number, env?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** Makes one. */
export function openField(files: Readonly<Record<string, string>> = {}): Field {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-field-'));
  folders.push(folder);
  const field: Field = {
    folder,
    write(more) {
      for (const [path, text] of Object.entries(more)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    git: (...args) => execFileSync('git', ['-C', folder, '-c', 'commit.gpgSign=false', '-c', 'tag.gpgSign=false', ...args], { encoding: 'utf8', env: gitEnvironment(folder), stdio: ['ignore', 'pipe', 'pipe'] }).trim(),
    call: (args, { cwd = '.', ...options } = {}) => callRunbook(args, { ...options, cwd: join(folder, cwd) }),
    async json(args, code = 0, env = {}) {
      const done = await field.call([...args, '--json'], { env });
      if (done.code !== code) throw new Error(`${args.join(' ')} ended with ${done.code ?? 'a signal'}, not ${code}:\n${done.stdout}${done.stderr}`);
      return JSON.parse(done.stdout) as unknown;
    },
  };
  field.write(files);
  return field;
}

function gitEnvironment(folder: string): Record<string, string> {
  const date = '2026-08-22T00:00:00Z';
  const person = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.org' };
  return { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...person };
}

/** A digest for tests. */
export function digestOf(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

/** Removes the places of a file's tests after each. */
export function setUpFields(): void {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

// Runs git for the world: no shell, no user configuration, a fixed identity and the world's own dates,
// so that the same history gives the same commit ids in every rehearsal.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Person } from '../services.ts';

/** Who commits when nobody else is named: merges made by the site carry this committer on GitHub too. */
export const forge: Person = { name: 'GitHub', email: 'noreply@github.com' };

/** A git command that ended badly, with what it said. */
export class GitError extends Error {
  readonly exitCode: number | null;
  readonly stderr: string;
  constructor(args: readonly string[], exitCode: number | null, stderr: string) {
    super(`git ${args.slice(0, 3).join(' ')} ended with ${exitCode ?? 'a signal'}: ${stderr.trim()}`);
    this.name = 'GitError';
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** What a git command runs with. */
export interface GitCommand {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** What git said, and how it ended. */
export interface GitResult {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The whole environment of the world's git commands. `now` in milliseconds. */
export function gitEnvironment(configFile: string, now: number, author: Person = forge, committer: Person = author): Record<string, string> {
  const date = `${Math.floor(now / 1000)} +0000`;
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: configFile,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // Nobody who pushes refs/replace changes what an id means, as on GitHub.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: date,
  };
}

let program: string | undefined;

/** Where git is on PATH: looked for once, because every start by a bare name tries every folder of PATH again. */
export function gitProgram(): string {
  return (program ??= (process.env['PATH'] ?? '/usr/bin:/bin').split(delimiter).filter(isAbsolute).map((folder) => join(folder, 'git')).find(isProgram) ?? 'git');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts git; the caller owns the streams. */
export function spawnGit(command: GitCommand): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(gitProgram(), [...command.args], { cwd: command.cwd, env: { ...command.env }, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs git to its end and gives what it said, whatever the exit code. */
export function tryGit(command: GitCommand): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawnGit(command);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // git may end without reading all; its exit code tells
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') }));
    child.stdin.end(command.input ?? '');
  });
}

// Objects of bare repositories by name, read through one lasting `git cat-file --batch-command` a repository: git itself
// answers every question, refs included, without a process for each. Only reads; remembers nothing.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { GitObject, GitObjectInfo } from '../services.ts';
import { GitError, gitProgram } from './command.ts';

/** Reads the objects of one repository. */
export interface ObjectReader {
  /** What a name means; undefined where there is no such object. @throws GitError when git ends. */
  info(name: string): Promise<GitObjectInfo | undefined>;
  /** As `info`, with the bytes. */
  contents(name: string): Promise<GitObject | undefined>;
  /** Ends the process, if one runs, and answers no more. */
  close(): void;
}

interface Question {
  readonly wantsBytes: boolean;
  answer(found: GitObject | undefined): void;
  fail(error: Error): void;
}

interface Process {
  ask(text: string, question: Question): void;
  readonly alive: boolean;
  end(): void;
}

/** Makes the reader of a bare repository; nothing runs before the first question. */
export function createObjectReader(cwd: string, env: () => Readonly<Record<string, string>>): ObjectReader {
  let running: Process | undefined;
  let closed = false;
  const ask = (command: 'info' | 'contents', name: string): Promise<GitObject | undefined> => {
    // One line is one question. What git cannot be asked names nothing.
    if (name === '' || /[\0\n]/.test(name)) return Promise.resolve(undefined);
    if (closed) return Promise.reject(new Error(`the world of ${cwd} is closed`));
    if (running?.alive !== true) running = startProcess(cwd, env());
    const { ask: put } = running;
    return new Promise((answer, fail) => put(`${command} ${name}\n`, { wantsBytes: command === 'contents', answer, fail }));
  };
  return {
    info: (name) => ask('info', name),
    contents: (name) => ask('contents', name),
    close: () => {
      closed = true;
      running?.end();
    },
  };
}

function startProcess(cwd: string, env: Readonly<Record<string, string>>): Process {
  const child = spawn(gitProgram(), ['cat-file', '--batch-command'], { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting: Question[] = [];
  let alive = true;
  const stop = (error: Error): void => {
    alive = false;
    for (const question of waiting.splice(0)) question.fail(error);
  };
  child.on('error', stop);
  child.on('close', (code) => stop(new GitError(['cat-file', '--batch-command'], code, 'it ended')));
  child.stdin.on('error', () => undefined); // its end is told by `close`
  const read = createAnswers((found) => {
    waiting.shift()?.answer(found);
    if (waiting.length === 0) hold(child, false);
  }, () => waiting[0]?.wantsBytes === true);
  child.stdout.on('data', read);
  hold(child, false);
  return {
    get alive() {
      return alive;
    },
    ask: (text, question) => {
      if (waiting.length === 0) hold(child, true);
      waiting.push(question);
      child.stdin.write(text);
    },
    end: () => {
      alive = false;
      child.stdin.end();
    },
  };
}

/** An idle reader must not keep the program alive; one that owes an answer must. */
function hold(child: ChildProcessByStdio<Writable, Readable, null>, needed: boolean): void {
  const pipes = [child.stdin, child.stdout].filter((pipe) => pipe instanceof Socket);
  for (const part of [child, ...pipes]) {
    if (needed) part.ref();
    else part.unref();
  }
}

/** Takes git's answers apart: `<id> <type> <size>\n`, with the bytes and `\n` after it where they were asked for; any other line means "none". */
function createAnswers(tell: (found: GitObject | undefined) => void, wantsBytes: () => boolean): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 1;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return;
    let bytes = Buffer.concat(chunks);
    for (needed = 1; bytes.length >= needed; needed = 1) {
      const end = bytes.indexOf('\n');
      if (end === -1) break;
      const [, sha, type, length] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(bytes.toString('utf8', 0, end)) ?? [];
      if (sha === undefined || type === undefined) {
        bytes = bytes.subarray(end + 1);
        tell(undefined);
        continue;
      }
      const [size, from] = [Number(length), end + 1];
      const last = wantsBytes() ? from + size + 1 : from;
      if (bytes.length < last) {
        needed = last;
        break;
      }
      const content = wantsBytes() ? Buffer.from(bytes.subarray(from, from + size)) : Buffer.alloc(0);
      bytes = bytes.subarray(last);
      tell({ sha, type, size, bytes: content });
    }
    chunks = bytes.length === 0 ? [] : [bytes];
    held = bytes.length;
  };
}

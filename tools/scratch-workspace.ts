// A small workspace in a folder of its own, for the tests of the tools. It borrows the real node_modules by a link.
// For tests only.
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';

/** The root of the real workspace. */
export const workspaceRoot = fileURLToPath(new URL('..', import.meta.url));

/** A folder with files, gone after `remove`. */
export interface Scratch {
  readonly root: string;
  write(path: string, text: string, mode?: number): Promise<void>;
  /** Copies a file or folder of the real workspace to the same place. */
  borrow(path: string): Promise<void>;
  /** Links the real node_modules. */
  link(): Promise<void>;
  run(command: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): Promise<void>;
}

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts an empty scratch workspace. Nothing of the caller's Nx session or git identity reaches its commands. */
export async function createScratch(files: Readonly<Record<string, string>> = {}): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), 'runbook-tools-'));
  const scratch: Scratch = {
    root,
    async write(path, text, mode) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      if (mode !== undefined) await chmod(join(root, path), mode);
    },
    borrow: (path) => cp(join(workspaceRoot, path), join(root, path), { recursive: true }),
    link: () => symlink(join(workspaceRoot, 'node_modules'), join(root, 'node_modules')),
    run: (command, args, environment = {}) =>
      new Promise((resolve) => {
        const env = { PATH: process.env['PATH'], HOME: root, TMPDIR: tmpdir(), LANG: 'C.UTF-8', NX_DAEMON: 'false', ...environment };
        execFile(command, args, { cwd: root, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ code, stdout, stderr });
        });
      }),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
  for (const [path, text] of Object.entries(files)) await scratch.write(path, text);
  return scratch;
}

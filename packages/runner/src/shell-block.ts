// A shell block and how it ends, as the loop above and the sessions below speak of it.
import { accessSync, constants, statSync } from 'node:fs';
import type { Exit } from './bash-process.ts';
import type { Declaration } from './declaration.ts';
import type { Launch } from './launch.ts';

/** One shell block to run. */
export interface ShellBlock {
  readonly code: string;
  /** 1-based line of the first code line in the document; errors name it. */
  readonly line: number;
  /** Assigned and exported before the block. */
  readonly variables: Readonly<Record<string, string>>;
  /** Unset before the block. */
  readonly unset?: readonly string[];
  /** Names whose values are read back after it. */
  readonly publishes: readonly string[];
  /** Milliseconds. */
  readonly timeoutMs?: number;
  /** For this block only; a relative path starts at the session's folder. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Receives output as it comes. It is not kept. */
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

/** A state on disk. */
export interface StateFile {
  readonly path: string;
  /** The digest of its text, in hex. */
  readonly sha256: string;
}

/** How a block ended. `exited` covers every end by the block's own doing but a signal. */
export interface ShellResult {
  readonly kind: 'exited' | 'timed-out' | 'killed' | 'aborted';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Values of `publishes` after exit code 0; null where unset, an array, or not UTF-8. Empty after any other end. */
  readonly outputs: Readonly<Record<string, string | null>>;
  /** Names of `publishes` whose bytes are not UTF-8, so that no text can hold them. */
  readonly notText: readonly string[];
  /** Whether a shell beside the session ended with 0 and told nothing of what it was to publish. */
  readonly isUntold?: boolean;
  /** The file with the state that the block left, where one was asked for: after exit code 0. It may be that of an earlier block. */
  readonly snapshot: StateFile | undefined;
  /** Names of variables that the state file leaves out because they hold a secret. */
  readonly omitted: readonly string[];
}

/** A shell that remembers from block to block. One block at a time. */
export interface ShellSession {
  /** Runs a block. A block that does not end with 0 leaves no trace: the session goes back to the last one that did. */
  run(block: ShellBlock, stateFile?: string): Promise<ShellResult>;
  /** A copy that starts from the last state; its changes are thrown away. Close it. */
  fork(): ShellSession;
  /** Takes over variables that a process beside it is the first to see: the next block of the session has them too. */
  hand(block: Pick<ShellBlock, 'variables' | 'unset'>): void;
  /** How processes beside the session are started. */
  readonly launch: Launch;
  /** Ends this process group as well when the session is closed, if it still has members then. */
  adopt(group: number): void;
  /** The session's folder and exported variables, for processes beside it. */
  environment(): Promise<{ readonly cwd: string; readonly env: Readonly<Record<string, string>> }>;
  /** The folder in which the next block starts. */
  readonly folder: string;
  /** Lets the next block start in another folder. */
  enter(folder: string): void;
  readonly pid: number | undefined;
  /** Ends bash and whatever its blocks left running. */
  close(): Promise<void>;
}

/** What a shell session is made from. */
export interface ShellSessionOptions {
  /** The document as errors name it. */
  readonly name: string;
  /** The first folder. */
  readonly cwd: string;
  /** The whole environment; nothing is inherited. Variables that run code at bash's start are left out. */
  readonly env: Readonly<Record<string, string>>;
  /** A state file to start from. */
  readonly restore?: string;
  /** Names of variables that are never written to disk. */
  readonly secrets?: ReadonlySet<string>;
  /** Whether a text holds a secret; variables whose value does are not written to disk either. */
  readonly holdsSecret?: (text: string) => boolean;
  /** How processes are started; as they are unless given. */
  readonly launch?: Launch;
  /** Told of each bash's process group before a block runs in it. */
  readonly onGroup?: (group: number) => void;
  /** How long a block may take to end after TERM, before KILL. Milliseconds; 5000 unless said. */
  readonly graceMs?: number;
}

/** The grace between TERM and KILL. Milliseconds. (DESIGN §4.) */
export const defaultGraceMs = 5000;

/** A result without outputs. */
export function endedAs(kind: ShellResult['kind'], exit: Exit): ShellResult {
  return { kind, exitCode: exit.code, signal: exit.signal, outputs: {}, notText: [], snapshot: undefined, omitted: [] };
}

/** The exit code of a block that could not even begin; a shell's own for what cannot be executed. 1 would be an answer of a verifier. */
export const cannotBegin = 126;

/** Why no block can start in a folder, as one line for people; undefined where one can. @param name the document as errors name it. */
export function folderObstacle(folder: string | Buffer, { line }: Pick<ShellBlock, 'line'>, name: string): string | undefined {
  try {
    accessSync(folder, constants.X_OK);
    if (statSync(folder).isDirectory()) return undefined;
    return `${name}: line ${line}: ${folder.toString()} is no folder that a block can start in: it is a file`;
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `${name}: line ${line}: ${folder.toString()} is no folder that a block can start in: ${why}`;
  }
}

/** Checks a variable that is to be assigned. @throws TypeError where no shell can hold it. */
export function checkedValue(name: string, value: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`not a shell variable name: ${JSON.stringify(name)}`);
  if (value.includes('\0')) throw new TypeError(`a shell variable cannot hold a NUL character: ${name}`);
  return value;
}

/** Published values, and the names of those that are no text. */
export function readOutputs(names: readonly string[], find: (name: string) => Pick<Declaration, 'flags' | 'value'> | undefined): Pick<ShellResult, 'outputs' | 'notText'> {
  const values = names.map((name) => [name, valueOf(find(name))] as const);
  return { outputs: Object.fromEntries(values.map(([name, value]) => [name, value ?? null])), notText: values.filter(([, value]) => value === undefined).map(([name]) => name) };
}

/** What a shell beside the session told of its outputs, where it tells any. */
export function toldOutputs(names: readonly string[], told: ReadonlyMap<string, Pick<Declaration, 'flags' | 'value'>>, tells: boolean): Partial<ShellResult> {
  if (tells && names.length > 0 && told.size === 0) return { isUntold: true };
  return readOutputs(names, (name) => told.get(name));
}

/** A published value: null when unset or an array, undefined when its bytes are not UTF-8. */
function valueOf(declaration: Pick<Declaration, 'flags' | 'value'> | undefined): string | null | undefined {
  if (declaration?.value === undefined || /[aA]/.test(declaration.flags)) return null;
  const bytes = Buffer.from(declaration.value, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

// The process in which script blocks run: entry point, started by the script session and talking to it alone.
// It holds the write lock of the blocks. Everything a block may do to the outside passes it, and the parent hears of a write
// before it leaves. zx is imported here because `$` of a block is zx's own, behind that lock.
import { AsyncLocalStorage } from 'node:async_hooks';
import { readSync, writeSync } from 'node:fs';
import { createWriteLock, type Call, type Mode, type WriteLock, type WriteRecord } from '@runbook/access';
import type { Json } from '@runbook/model';
import * as zx from 'zx/core';
import { checkData, freezeData } from './output-data.ts';
import { createModuleLoader, type ModuleLoader } from './script-module.ts';
import { guardCommands } from './script-command.ts';
import { guardNetwork, type Route } from './script-network.ts';
import { createScopeHelpers, isHeldBack } from './script-scope.ts';
import { goByte, writePipe, type BlockEnd, type BlockText, type ChildSettings, type ToChild, type ToParent } from './script-protocol.ts';

/** What the toolkit module must export. `globals` come into scope of every block. */
interface ToolkitModule {
  /** `route`, where there is one, says where public addresses are answered. */
  createToolkit(context: Readonly<Record<string, unknown>>): Promise<{ readonly globals: Readonly<Record<string, unknown>>; readonly route?: Route }>;
}

/** The block that is running. */
interface Running {
  readonly block: BlockText;
  /** The first call that was held back: it ends the block, whatever the block makes of the error. */
  heldBack?: Error & { readonly code: 'withheld' | 'undeclared-write'; readonly call: Call };
  /** Ends the block at once. */
  readonly interrupt: (end: BlockEnd) => void;
}

const blocks = new AsyncLocalStorage<Running>();
const ownGlobals: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));
const questions = new Map<number, { resolve(value: Json): void; reject(error: Error): void }>();
let current: Running | undefined;
/** The mode of the run: code that goes on behind its block is held to it as well. */
let lastMode: Mode = 'rehearse';
let lastQuestion = 0;
let session: Promise<Session> | undefined;
let settings: ChildSettings | undefined;

/** Everything that lives as long as the process. */
interface Session {
  readonly loader: ModuleLoader;
  readonly globals: Readonly<Record<string, unknown>>;
}

function tell(message: ToParent): void {
  process.send?.(message);
}

function ask(kind: string, data: Json): Promise<Json> {
  const id = (lastQuestion += 1);
  tell({ kind: 'asked', id, ask: kind, data });
  return new Promise((resolve, reject) => questions.set(id, { resolve, reject }));
}

/** Says a write to the parent and waits, blocking, until it is journalled. Without that word nothing leaves. */
function announce(record: WriteRecord): void {
  writeSync(writePipe, `${JSON.stringify(record)}\n`);
  const answer = Buffer.alloc(1);
  if (readSync(writePipe, answer) !== 1 || answer[0] !== goByte) throw new Error('the write could not be journalled, so it was not made');
}

/** The lock of all blocks. Code of a block that has ended may still run; it gets nothing through. */
function createLock(): WriteLock {
  const lock = createWriteLock(() => current?.block.posture ?? { mode: 'dry-run', effect: 'read' }, announce);
  return {
    enter(call) {
      const caller = blocks.getStore();
      if (current === undefined || (caller !== undefined && caller !== current)) {
        throw new Error(`${call.method ?? 'run'} ${call.target} was called after its block had ended`);
      }
      if (call.effect === 'write' && current.heldBack !== undefined) throw current.heldBack;
      try {
        lock.enter(call);
      } catch (error) {
        if (isHeldBack(error)) holdBack(current, error);
        throw error;
      }
    },
  };
}

/** A block whose call was held back is over. If it goes on after a turn of the loop, it has caught the error: it is not waited for. */
function holdBack(running: Running, error: Error & { readonly code: 'withheld' | 'undeclared-write'; readonly call: Call }): void {
  running.heldBack ??= error;
  setImmediate(() => setImmediate(() => running.interrupt(endOfHeldBack(error))));
}

function endOfHeldBack(error: Error & { readonly code: string; readonly call: Call }): BlockEnd {
  return error.code === 'withheld' ? { kind: 'withheld', call: error.call } : failure(error);
}

/** zx's `$` behind the lock: a command is a write, unless the step may change its own work folder. */
function lockShell(lock: WriteLock): typeof zx.$ {
  type Run = (...args: readonly unknown[]) => unknown;
  const gate = (run: Run): Run => (...args) => {
    const [first] = args;
    if (!Array.isArray(first)) return gate(run(...args) as Run);
    if (current?.block.posture.effect !== 'local') lock.enter({ service: 'shell', effect: 'write', target: commandText(first, args.slice(1)) });
    return run(...args);
  };
  return new Proxy(zx.$, {
    apply: (target, self: unknown, args: unknown[]) => gate((...rest) => Reflect.apply(target, self, rest))(...args),
    get: (target, key, receiver) => (key === 'sync' ? gate(target.sync as unknown as Run) : (Reflect.get(target, key, receiver) as unknown)),
  });
}

/** The command as zx will run it, for people. */
function commandText(pieces: readonly unknown[], args: readonly unknown[]): string {
  const word = (value: unknown): string => (value instanceof Promise ? '…' : zx.quote(value instanceof zx.ProcessOutput ? value.stdout.replace(/\n$/, '') : String(value)));
  return pieces.map((piece, index) => `${index === 0 ? '' : wordsOf(args[index - 1], word)}${String(piece)}`).join('');
}

function wordsOf(value: unknown, word: (value: unknown) => string): string {
  return Array.isArray(value) ? value.map(word).join(' ') : word(value);
}

async function open(given: ChildSettings): Promise<Session> {
  const lock = createLock();
  const mode = (): Mode => current?.block.posture.mode ?? lastMode;
  let route: Route = (url) => ({ url, headers: {}, routed: false });
  const { directFetch } = guardNetwork({ lock, mode, own: given.own, route: (url) => route(url) });
  guardCommands({ lock, own: given.own, mayRun: () => current?.block.posture.effect === 'local' });
  const helpers = createScopeHelpers({ mode, ask });
  const $ = lockShell(lock);
  const { createToolkit } = (await import(given.toolkitModule)) as ToolkitModule;
  const toolkit = await createToolkit({
    env: given.env,
    lock,
    fetch: directFetch,
    init: given.init,
    secrets: () => current?.block.secrets ?? {},
    progress: (text: string) => tell({ kind: 'progress', text }),
    ask,
    now: () => current?.block.now ?? 0,
    step: () => current?.block.step ?? '',
  });
  route = toolkit.route ?? route;
  const locked = { ...zx, $ };
  return { loader: createModuleLoader(given.file, { zx: locked, 'zx/core': locked }), globals: { ...helpers, $, ...toolkit.globals } };
}

/** Evaluates a block with everything in scope, and takes it out of scope again. */
async function evaluate({ loader, globals }: Session, { name }: ChildSettings, block: BlockText): Promise<BlockEnd> {
  Object.assign(zx.$, { shell: 'bash', prefix: 'set -euo pipefail;', postfix: '', verbose: false, quiet: false, nothrow: false });
  const scope = { ...globals, ...freezeData(block.values), ...block.secrets };
  // what Node itself has under that name stays as it is for everybody else: the toolkit needs its own `URL` and `fetch`
  const bindings = Object.fromEntries(Object.entries(scope).filter(([key]) => ownGlobals.has(key) && new RegExp(`(?<![\\w$])${key}(?![\\w$])`).test(block.code)));
  const added = Object.keys(scope).filter((key) => !ownGlobals.has(key));
  for (const key of added) Object.defineProperty(globalThis, key, { value: scope[key as keyof typeof scope], configurable: true, enumerable: true, writable: false });
  try {
    const exports = await loader.evaluate({ code: block.code, isTypeScript: /^(?:ts|mts|typescript)$/.test(block.language), line: block.line, name, bindings });
    return collect(exports);
  } finally {
    for (const key of added) Reflect.deleteProperty(globalThis, key);
  }
}

function collect(exports: Readonly<Record<string, unknown>>): BlockEnd {
  const outputs: Record<string, Json> = {};
  const undefinedOutputs: string[] = [];
  for (const name of Object.keys(exports)) {
    if (exports[name] === undefined) {
      undefinedOutputs.push(name);
      continue;
    }
    const checked = checkData(exports[name]);
    if (checked.kind === 'not-data') return { kind: 'output-not-data', name, why: checked.why };
    outputs[name] = checked.value;
  }
  return { kind: 'returned', outputs, undefinedOutputs };
}

/** An error as the parent tells it: with frames of the document and what it imports, without ours and Node's. */
function failure(error: unknown): BlockEnd {
  const { message, code } = describe(error);
  const lines = stackOf(error);
  const name = settings?.name ?? '';
  const at = lines.map((line) => line.split(`${name}:`)[1]).find((rest) => rest !== undefined && /^\d/.test(rest));
  const causes: string[] = [];
  for (let cause = causeOf(error); cause !== undefined && causes.length < 5; cause = causeOf(cause)) causes.push(`cause: ${describe(cause).message}`);
  const line = at === undefined ? undefined : Number.parseInt(at, 10);
  return { kind: 'failed', message, stack: [...lines, ...causes].join('\n'), ...(code === undefined ? {} : { code }), ...(line === undefined ? {} : { line }) };
}

function describe(error: unknown): { readonly message: string; readonly code?: string } {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : `threw ${String(error)}` };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error.message === '' ? error.name : error.message, ...(code === undefined ? {} : { code }) };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [describe(error).message];
  const own = settings?.own ?? '';
  return error.stack.split('\n').filter((line) => !/^\s+at .*\(?node:/.test(line) && !(/^\s+at /.test(line) && own !== '' && line.includes(own)));
}

async function run(block: BlockText): Promise<void> {
  if (settings === undefined) throw new Error('a block arrived before the settings');
  const given = settings;
  let interrupt: (end: BlockEnd) => void = () => undefined;
  const interrupted = new Promise<{ end: BlockEnd; isSpent: true }>((resolve) => {
    interrupt = (end) => resolve({ end, isSpent: true });
  });
  const running: Running = { block, interrupt };
  current = running;
  lastMode = block.posture.mode;
  const evaluated = blocks.run(running, async (): Promise<{ end: BlockEnd; isSpent: boolean }> => {
    try {
      const end = await evaluate(await (session ??= open(given)), given, block);
      return { end: running.heldBack === undefined ? end : endOfHeldBack(running.heldBack), isSpent: false };
    } catch (error) {
      return { end: running.heldBack === undefined ? failure(error) : endOfHeldBack(running.heldBack), isSpent: false };
    }
  });
  const { end, isSpent } = await Promise.race([evaluated, interrupted]);
  current = undefined;
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  tell({ kind: 'ended', end, isSpent });
}

/** Waits until everything written before has left the process. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** Makes writes to a pipe wait for the reader, so that the last words of a block that exits are not lost. */
function writeAtOnce(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as NodeJS.WriteStream & { readonly _handle?: { setBlocking?(on: boolean): void } };
  handle?.setBlocking?.(true);
}

/** An error that nobody caught ends the block that runs; what it left behind is not known, so the process is spent. */
function onStray(error: unknown): void {
  if (current === undefined) process.stderr.write(`${stackOf(error).join('\n')}\n`);
  else current.interrupt(failure(error));
}

writeAtOnce(process.stdout);
writeAtOnce(process.stderr);
process.on('uncaughtException', onStray);
process.on('unhandledRejection', onStray);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToChild) => {
  if (message.kind === 'start') settings = message;
  else if (message.kind === 'run') void run(message.block);
  else {
    const question = questions.get(message.id);
    questions.delete(message.id);
    if (message.kind === 'answered') question?.resolve(message.value);
    else question?.reject(new Error(message.message));
  }
});

// The shell session of a run: one persistent bash, every block a zx process of it, its state kept after each block that is
// done.
// It must not decide what a failure means for a step, and must not write a secret to disk.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cannotBegin, checkedValue, defaultGraceMs, endedAs, folderObstacle, readOutputs, type ShellBlock, type ShellResult, type ShellSession, type ShellSessionOptions, type StateFile } from './shell-block.ts';
import { createBashHome, startBash, type BashHome, type BashProcess, type Exit } from './bash-process.ts';
import { parseDeclarations, type Declaration } from './declaration.ts';
import { launchPlainly, type Launch } from './launch.ts';
import { endGroup, hasMembers, watchLimits, type Stop } from './process-group.ts';
import { askFunctions, askHidden, assign, changeFolder, closeBlock, leave, letGo } from './shell-loop.ts';
import { fromBytes, isBashsOwn, parseSnapshot, readState, restored, restoreText, takeSnapshot, toBytes, withoutSecrets, type FunctionText, type ShellState, type Snapshot, type Told } from './shell-state.ts';
import { writeWhole } from './state-file.ts';
import { throughZx, type Streams } from './zx-process.ts';

export type { ShellBlock, ShellResult, ShellSession, ShellSessionOptions } from './shell-block.ts';

/**
 * Makes a shell session. Bash starts with the first block.
 * @throws StateFileError where `restore` is not a state file.
 */
export function createShellSession(options: ShellSessionOptions): ShellSession {
  const snapshot = options.restore === undefined ? undefined : parseSnapshot(readFileSync(options.restore, 'utf8'), options.restore);
  return new Session(options, snapshot, new Map(), false);
}

/** A bash together with what it was when it started. */
interface Live {
  readonly bash: BashProcess;
  readonly home: BashHome;
  readonly fresh: ShellState;
  cwd: string;
  /** The functions that it tells the text of, and that text. */
  functionNames: readonly string[];
  functionText: string;
  told: Told;
}

/** The state that the session was left in by its last block. */
interface Kept {
  /** What bash told; undefined where it told nothing. */
  readonly state: ShellState | undefined;
  readonly snapshot: Snapshot;
  readonly omitted: readonly string[];
  /** As it stands in a file. */
  readonly text: string;
  file?: StateFile;
}

/** One block in the hands of a bash. */
interface Turn {
  readonly live: Live;
  /** Commands before the block. */
  readonly before: readonly string[];
  /** The whole text to evaluate. */
  readonly text: string;
  readonly streams: Streams;
  /** Resolves when the group has ended, where a limit was reached. */
  stopped(): Promise<void> | undefined;
}

/** How long an idle bash may take to end when it is hung up. Milliseconds. */
const hangUpMs = 100;

/** How the exchange over one block went. */
interface Outcome extends Exit {
  readonly state?: ShellState;
  readonly functions?: readonly FunctionText[];
}

class Session implements ShellSession {
  #options: ShellSessionOptions;
  readonly #isCopy: boolean;
  /** Assignments that no kept state holds yet; shared with copies, so that what is handed over once is never lost. */
  readonly #owed: Map<string, string | null>;
  readonly #groups = new Set<number>();
  #snapshot: Snapshot | undefined;
  #home: BashHome | undefined;
  #live: Live | undefined;
  #kept: Kept | undefined;
  #variables: ReadonlyMap<string, Declaration> = new Map();
  #isBusy = false;

  constructor(options: ShellSessionOptions, snapshot: Snapshot | undefined, owed: Map<string, string | null>, isCopy: boolean) {
    this.#options = options;
    this.#snapshot = snapshot;
    this.#owed = owed;
    this.#isCopy = isCopy;
  }

  get pid(): number | undefined {
    return this.#live?.bash.pid;
  }

  get launch(): Launch {
    return this.#options.launch ?? launchPlainly;
  }

  get folder(): string {
    return fromBytes(this.#cwd());
  }

  enter(folder: string): void {
    if (this.#snapshot === undefined) this.#options = { ...this.#options, cwd: folder };
    else this.#snapshot = { ...this.#snapshot, cwd: toBytes(folder) };
  }

  fork(): ShellSession {
    return new Session(this.#options, this.#snapshot, this.#owed, true);
  }

  hand({ variables, unset = [] }: Pick<ShellBlock, 'variables' | 'unset'>): void {
    for (const name of unset) this.#owed.set(name, null);
    for (const [name, value] of Object.entries(variables)) this.#owed.set(name, checkedValue(name, value));
  }

  adopt(group: number): void {
    if (hasMembers(group)) this.#groups.add(group);
  }

  async environment(): Promise<{ cwd: string; env: Record<string, string> }> {
    await this.#start();
    const env: Record<string, string> = {};
    for (const { name, flags, value } of this.#variables.values()) if (flags.includes('x') && value !== undefined) env[name] = fromBytes(value);
    for (const [name, value] of this.#owed) {
      if (value === null) delete env[name];
      else env[name] = value;
    }
    return { cwd: fromBytes(this.#cwd()), env };
  }

  async run(block: ShellBlock, stateFile?: string): Promise<ShellResult> {
    if (this.#isBusy) throw new Error('a shell session runs one block at a time');
    this.#isBusy = true;
    try {
      return await this.#run(block, stateFile);
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    const live = this.#live;
    this.#live = undefined;
    live?.bash.hangUp();
    // it ends at once unless something holds it; then its group is ended
    await live?.bash.orEnd(pause(hangUpMs, undefined, { ref: false }));
    if (live !== undefined) this.#remember(live.bash);
    await Promise.all([...this.#groups].map((group) => endGroup(group, this.#grace())));
    this.#home?.remove();
    this.#home = undefined;
  }

  async #run(block: ShellBlock, stateFile: string | undefined): Promise<ShellResult> {
    this.hand(block);
    if (block.signal?.aborted === true) return endedAs('aborted', { code: null, signal: null });
    const live = await this.#start();
    if (live === undefined) {
      block.onOutput('stderr', Buffer.from(`${this.#options.name}: bash did not start: is it on PATH?\n`));
      return endedAs('exited', { code: 127, signal: null });
    }
    const obstacle = folderObstacle(block.cwd === undefined ? Buffer.from(this.#cwd(), 'latin1') : resolve(this.folder, block.cwd), block, this.#options.name);
    if (obstacle !== undefined) {
      block.onOutput('stderr', Buffer.from(`${obstacle}\n`));
      return endedAs('exited', { code: cannotBegin, signal: null });
    }
    const assignments = assign(block.line, this.#due());
    const before = [...(live.cwd === this.#cwd() ? [] : [changeFolder(this.#cwd())]), ...(assignments === '' ? [] : [toBytes(assignments)])];
    let stop: Stop | undefined;
    let stopped: Promise<void> | undefined;
    const limits = watchLimits(block, (why) => {
      stop = why;
      stopped = endGroup(live.bash.pid ?? 0, this.#grace());
    });
    const outcome = await throughZx(block, (text, streams) => this.#exchange({ live, before, text, streams, stopped: () => stopped }));
    limits.release();
    live.home.stdout.listen(undefined);
    live.home.stderr.listen(undefined);
    await stopped;
    if (stop !== undefined) this.#forget(live);
    if (stop !== undefined) return endedAs(stop, { code: null, signal: outcome.signal ?? 'SIGTERM' });
    if (outcome.signal !== null) return endedAs('killed', outcome);
    return outcome.code === 0 ? this.#done(live, block, outcome, stateFile) : endedAs('exited', outcome);
  }

  /** Runs the code in bash, and settles how it ended: by coming to its end, by `exit`, or by dying. */
  async #exchange({ live, before, text, streams, stopped }: Turn): Promise<Outcome> {
    const { bash, home } = live;
    home.stdout.listen(streams.stdout);
    home.stderr.listen(streams.stderr);
    bash.send(...before, toBytes(text), closeBlock);
    const fields = await bash.answer();
    const outcome = fields === undefined ? undefined : await this.#collect(live, (live.told = readState(fields, live.told)).state);
    const isLeaving = outcome?.state?.isLeaving === true;
    if (outcome !== undefined && !isLeaving && outcome.state?.exitTrap === '') {
      await bash.orEnd(Promise.all([home.stdout.mark(), home.stderr.mark()]));
      live.cwd = outcome.state.cwd;
      if (outcome.code !== 0) this.#forget(live);
      return outcome;
    }
    if (outcome !== undefined) bash.send(isLeaving ? letGo : leave(outcome.code ?? 0));
    const exit = await bash.ended;
    await stopped();
    await Promise.all([home.stdout.cut(), home.stderr.cut()]);
    this.#forget(live);
    return { ...outcome, ...exit };
  }

  /** Completes a state by what needs a second question. */
  async #collect(live: Live, state: ShellState): Promise<Outcome> {
    const { bash } = live;
    const functions = state.status === 0 ? await this.#functions(live, state) : [];
    const outcome = { code: state.status, signal: null, functions };
    if (state.callers.length === 0 || state.status !== 0) return { ...outcome, state };
    // `exit` inside of a function: its local variables hide the session's own
    const names = [...state.variables.values()].filter(({ flags }) => !flags.includes('r')).map(({ name }) => name);
    bash.send(askHidden(names));
    const [hidden = ''] = (await bash.answer()) ?? [];
    const variables = new Map(state.variables);
    for (const [name, declaration] of parseDeclarations(hidden)) if (!isBashsOwn(name)) variables.set(name, declaration);
    return { ...outcome, state: { ...state, variables } };
  }

  /** The functions with their lines; asked for only when one has changed. */
  async #functions(live: Live, state: ShellState): Promise<readonly FunctionText[]> {
    const { bash } = live;
    const known = this.#snapshot?.functions ?? [];
    const names = [...state.functionNames.keys()];
    if (state.functionText === live.functionText && names.join(' ') === live.functionNames.join(' ')) return known;
    if (names.length === 0) return [];
    bash.send(askFunctions(names));
    const fields = (await bash.answer()) ?? [];
    live.functionNames = names;
    live.functionText = names.map((_, index) => fields[2 * index + 1] ?? '').join('');
    return [...state.functionNames].map(([name, isExported], index): FunctionText => {
      const text = fields[2 * index + 1] ?? '';
      const told = Number(fields[2 * index]?.slice(name.length).trim().split(' ')[0]);
      const before = known.find((one) => one.name === name && one.text === text);
      return { name, text, isExported, line: before?.line ?? (Number.isSafeInteger(told) && told > 0 ? told : undefined) };
    });
  }

  /** Keeps the state of a block that is done. */
  #done(live: Live, block: ShellBlock, { state, functions = [] }: Outcome, stateFile: string | undefined): ShellResult {
    const kept = this.#keep(live, block, state, functions);
    if (state !== undefined) {
      this.#variables = state.variables;
      if (!this.#isCopy) this.#owed.clear();
    }
    this.#snapshot = kept.snapshot;
    this.#kept = kept;
    // a state that a file holds already is not written again: most blocks change nothing, and to be on disk takes its time
    if (stateFile !== undefined && !(kept.file !== undefined && existsSync(kept.file.path))) kept.file = writeWhole(stateFile, kept.text);
    return { ...endedAs('exited', { code: 0, signal: null }), ...readOutputs(block.publishes, (name) => state?.variables.get(name)), snapshot: stateFile === undefined ? undefined : kept.file, omitted: kept.omitted };
  }

  /** The state to go on from: what it was where the block has changed nothing. */
  #keep(live: Live, { cwd }: ShellBlock, state: ShellState | undefined, functions: readonly FunctionText[]): Kept {
    const last = this.#kept;
    if (last !== undefined && last.state === state && last.snapshot === this.#snapshot && cwd === undefined) return last;
    // a block that replaced bash (`exec`) or got around `exit` has told no state: the one before it stays
    const snapshot = state === undefined ? (this.#snapshot ?? this.#firstSnapshot(live)) : takeSnapshot({ ...state, cwd: cwd === undefined ? state.cwd : this.#cwd() }, live.fresh, functions);
    const shown = withoutSecrets(snapshot, (name, text) => this.#isSecret(name, text));
    const text = JSON.stringify(shown);
    return { state: cwd === undefined ? state : undefined, snapshot, omitted: shown.omitted, text, ...(last?.text === text && last.file !== undefined ? { file: last.file } : {}) };
  }

  async #start(): Promise<Live | undefined> {
    if (this.#live !== undefined) return this.#live;
    const home = (this.#home ??= createBashHome(this.#options.name));
    const bash = startBash(home, this.#options.env, this.launch);
    if (bash.pid !== undefined) this.#options.onGroup?.(bash.pid);
    const fields = await bash.answer();
    if (fields === undefined) return undefined;
    const told = readState(fields);
    const fresh = told.state;
    const live: Live = { bash, home, fresh, told, cwd: this.#cwd(), functionNames: [], functionText: '' };
    const snapshot = this.#snapshot ?? this.#firstSnapshot(live);
    bash.send(restoreText(snapshot));
    this.#variables = restored(fresh, snapshot);
    this.#live = live;
    return live;
  }

  #firstSnapshot(live: Live): Snapshot {
    return takeSnapshot({ ...live.fresh, cwd: toBytes(this.#options.cwd) }, live.fresh, []);
  }

  #cwd(): string {
    return this.#snapshot?.cwd ?? toBytes(this.#options.cwd);
  }

  #grace(): number {
    return this.#options.graceMs ?? defaultGraceMs;
  }

  #isSecret(name: string, text: string): boolean {
    return this.#options.secrets?.has(name) === true || this.#options.holdsSecret?.(text) === true;
  }

  /** What has to be assigned or unset: what bash does not hold already. A readonly variable with the right value is left alone. */
  #due(): Map<string, string | null> {
    const due = new Map<string, string | null>();
    for (const [name, value] of this.#owed) {
      const now = this.#variables.get(name);
      const isSame = value === null ? now === undefined : now !== undefined && /^r?x$/.test([...now.flags].sort().join('')) && now.value === toBytes(value);
      if (!isSame) due.set(name, value);
    }
    return due;
  }

  /** The next block gets a fresh bash; what this one left running goes on until the session is closed. */
  #forget(live: Live): void {
    if (this.#live === live) this.#live = undefined;
    live.bash.hangUp();
    this.#remember(live.bash);
  }

  #remember({ pid }: BashProcess): void {
    if (pid !== undefined) this.adopt(pid);
  }
}

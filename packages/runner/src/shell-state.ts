// What a shell session consists of, as data: read from bash, kept as the difference to a fresh bash, written to a state file,
// turned back into bash text. Variables that hold a secret stay in memory; in the file they are only names in `omitted`.
import { atLine, changeFolder, ownNames, quoteWord } from './shell-loop.ts';
import { parseDeclarations, type Declaration } from './declaration.ts';

/** A function with the document's line it was defined on, where that is known. */
export interface FunctionText {
  readonly name: string;
  readonly line: number | undefined;
  readonly text: string;
  readonly isExported: boolean;
}

/** Everything bash tells of itself after a block. Texts are bytes, one character each (latin1). */
export interface ShellState {
  readonly status: number;
  /** Whether bash waits inside its `exit`, and the functions that called it, innermost first. */
  readonly isLeaving: boolean;
  readonly callers: readonly string[];
  /** The block's EXIT trap as bash prints it; empty when there is none. */
  readonly exitTrap: string;
  readonly cwd: string;
  readonly umask: string;
  readonly shopt: readonly string[];
  readonly aliases: string;
  /** Names of functions and whether they are exported. */
  readonly functionNames: ReadonlyMap<string, boolean>;
  readonly functionText: string;
  readonly variables: ReadonlyMap<string, Declaration>;
}

/** The difference between a session and a fresh bash. The variables carry their secrets; `withoutSecrets` is for the disk. */
export interface Snapshot {
  readonly format: 1;
  readonly cwd: string;
  readonly umask?: string;
  readonly shopt: readonly string[];
  readonly aliases: string;
  readonly functions: readonly FunctionText[];
  readonly unset: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables and functions that were not written because they hold a secret. */
  readonly omitted: readonly string[];
}

/** Thrown where a state file is not one, or of a newer kind. */
class StateFileError extends Error {
  readonly code = 'bad-state-file';
  constructor(file: string, why: string) {
    super(`${file}: not a shell state this version can read: ${why}`);
    this.name = 'StateFileError';
  }
}

/** What bash told of itself, as it came and as it is read. */
export interface Told {
  readonly fields: readonly string[];
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** Those that are the session's, not bash's own. */
  readonly session: readonly Declaration[];
  readonly state: ShellState;
}

/**
 * Reads bash's answer to `__rb_state`: NUL-separated fields. Where it tells what it told before, but for variables of its own
 * that change by themselves, the state is the very same one.
 */
export function readState(told: readonly string[], before?: Told): Told {
  // options are told when they have changed
  const fields = told[6] === '' && before !== undefined ? told.with(6, before.fields[6] ?? '') : told;
  const declarations = parseDeclarations(fields[10] ?? '', before?.declarations);
  const session = [...declarations.values()].filter(({ name }) => !isBashsOwn(name));
  const isSame = before?.session.length === session.length && session.every((declaration, index) => declaration === before.session[index]);
  if (isSame && before.fields.every((field, index) => index === 10 || field === fields[index])) return { fields, declarations, session, state: before.state };
  return { fields, declarations, session, state: parseState(fields, session) };
}

function parseState(fields: readonly string[], session: readonly Declaration[]): ShellState {
  const field = (index: number): string => fields[index] ?? '';
  const names = field(8).split('\n').map((line) => /^declare -(\S+) (.+)$/s.exec(line)).filter((match) => match !== null && !ownNames.test(match[2] ?? ''));
  return {
    status: Number(field(0)),
    isLeaving: field(1) === '1',
    callers: field(2).split(' ').filter((name) => name !== '' && name !== 'main' && !ownNames.test(name)),
    exitTrap: field(4).trim(),
    cwd: field(3),
    umask: field(5).trim(),
    shopt: field(6).split('\n').filter((line) => line !== ''),
    aliases: field(7),
    functionNames: new Map(names.map((match) => [match?.[2] ?? '', (match?.[1] ?? '').includes('x')])),
    functionText: field(9),
    variables: new Map(session.map((declaration) => [declaration.name, declaration])),
  };
}

/** Variables that bash keeps for itself: they cannot or must not be set again. */
const bashsOwn = new Set(
  'BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_EXECUTION_STRING BASH_LINENO BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO PIPESTATUS PPID PWD RANDOM SECONDS SHELLOPTS SHLVL SRANDOM UID _'.split(' '),
);

/** Whether a variable is bash's or the loop's own, and no part of the state. */
export function isBashsOwn(name: string): boolean {
  return bashsOwn.has(name) || ownNames.test(name);
}

/** What differs from a fresh bash with the same environment. */
export function takeSnapshot(state: ShellState, fresh: ShellState, functions: readonly FunctionText[]): Snapshot {
  const changed = [...state.variables.values()].filter((variable) => fresh.variables.get(variable.name)?.text !== variable.text);
  const usual = new Set(fresh.shopt);
  return {
    format: 1,
    cwd: state.cwd,
    ...(state.umask === fresh.umask ? {} : { umask: state.umask }),
    shopt: state.shopt.filter((line) => !usual.has(line)),
    aliases: state.aliases,
    functions,
    unset: [...fresh.variables.keys()].filter((name) => !state.variables.has(name)),
    variables: Object.fromEntries(changed.map(({ name, text }) => [name, text])),
    omitted: [],
  };
}

/** What may be written to disk: without the variables and functions that hold a secret. */
export function withoutSecrets(snapshot: Snapshot, isSecret: (name: string, text: string) => boolean): Snapshot {
  const omitted: string[] = [];
  const variables: Record<string, string> = {};
  for (const [name, text] of Object.entries(snapshot.variables)) {
    const value = parseDeclarations(text).get(name)?.value ?? '';
    if (isSecret(name, fromBytes(value)) || isSecret(name, fromBytes(text))) omitted.push(name);
    else variables[name] = text;
  }
  const functions = snapshot.functions.filter(({ name, text }) => {
    const hides = isSecret(name, fromBytes(text));
    if (hides) omitted.push(name);
    return !hides;
  });
  const aliases = isSecret('', fromBytes(snapshot.aliases)) ? '' : snapshot.aliases;
  return { ...snapshot, variables, functions, aliases, omitted: [...new Set([...snapshot.omitted, ...omitted])] };
}

/** Reads a state file's text. @throws StateFileError */
export function parseSnapshot(text: string, file: string): Snapshot {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new StateFileError(file, 'not JSON');
  }
  if (typeof data !== 'object' || data === null || !('format' in data)) throw new StateFileError(file, 'no format');
  if (data.format !== 1) throw new StateFileError(file, `format ${String(data.format)}, expected 1`);
  const snapshot = data as Snapshot;
  const isWhole = typeof snapshot.cwd === 'string' && typeof snapshot.variables === 'object' && [snapshot.shopt, snapshot.functions, snapshot.unset, snapshot.omitted].every(Array.isArray);
  if (!isWhole) throw new StateFileError(file, 'parts are missing');
  return snapshot;
}

/**
 * Bash text that makes a fresh bash what the snapshot says. Options come before functions (they change how text is read),
 * variables before functions (a function may be called `declare`), aliases last (they would be expanded in the rest).
 */
export function restoreText(snapshot: Snapshot): string {
  const lines = [changeFolder(snapshot.cwd), ...snapshot.shopt];
  if (snapshot.umask !== undefined) lines.push(snapshot.umask);
  if (snapshot.unset.length > 0) lines.push(`builtin unset -v ${snapshot.unset.join(' ')}`);
  lines.push(...Object.values(snapshot.variables));
  for (const { name, line, text, isExported } of snapshot.functions) {
    // bash prints a function as name, bracket, body; most people write name and bracket on one line
    lines.push(line === undefined ? text : `${atLine(Math.max(1, line - 1))}${text}`);
    if (isExported) lines.push(`builtin export -f ${quoteWord(name)}`);
  }
  lines.push(snapshot.aliases);
  return lines.join('\n');
}

/** Decodes bytes for people and for JSON values. */
export function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** The bytes of a text, one character each, as the session keeps all text. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The variables of a fresh bash after the snapshot was restored. */
export function restored(fresh: ShellState, snapshot: Snapshot): Map<string, Declaration> {
  const variables = new Map(fresh.variables);
  for (const name of snapshot.unset) variables.delete(name);
  for (const [name, declaration] of parseDeclarations(Object.values(snapshot.variables).join('\n'))) variables.set(name, declaration);
  return variables;
}

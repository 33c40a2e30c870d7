// Which sort of thing a shell wants completed: told from the commands as they are declared, so that a new command or flag
// completes by itself. Looks at words only, never at the disk.
import type { Argument, Command, Option } from 'commander';

/** What is wanted for the last word. */
export interface Wanted {
  /** What the last word must begin with; for `--flag=value` only the value. */
  readonly typed: string;
  /** What stands before it in the same word, `--flag=` for example. */
  readonly lead: string;
  /** The command the words lead to. */
  readonly command: Command;
  /** The words for arguments, in order, without the last word. */
  readonly operands: ReadonlyMap<string, string>;
  readonly of:
    | { readonly kind: 'commands' }
    | { readonly kind: 'flags'; readonly options: readonly Option[] }
    | { readonly kind: 'value'; /** The name between the angle brackets. */ readonly name: string; readonly choices: readonly string[] | undefined; readonly isOption: boolean }
    | { readonly kind: 'nothing' };
}

interface Walk {
  command: Command;
  operands: string[];
  given: Option[];
  /** An option that waits for its value. */
  pending: Option | undefined;
  /** Everything behind `--` is an operand. */
  literal: boolean;
}

/** What is wanted for the last of the words behind `runbook`; without words, a command. */
export function findWanted(program: Command, words: readonly string[]): Wanted {
  const typed = words.at(-1) ?? '';
  const walk: Walk = { command: program, operands: [], given: [], pending: undefined, literal: false };
  for (const word of words.slice(0, -1)) step(walk, word);
  const { command } = walk;
  const operands = new Map(walk.operands.map((word, index) => [argumentAt(command, index)?.name() ?? String(index), word] as const));
  const base = { command, operands, typed, lead: '' };
  if (walk.pending !== undefined) return { ...base, of: valueOf(walk.pending) };
  if (!walk.literal && typed.startsWith('--') && typed.includes('=')) {
    const at = typed.indexOf('=') + 1;
    const option = findOption(command, typed.slice(0, at - 1));
    return { ...base, typed: typed.slice(at), lead: typed.slice(0, at), of: option === undefined || takesNothing(option) ? { kind: 'nothing' } : valueOf(option) };
  }
  if (!walk.literal && typed.startsWith('-')) return { ...base, of: { kind: 'flags', options: freeOptions(walk) } };
  if (command.commands.length > 0) return { ...base, of: walk.operands.length === 0 ? { kind: 'commands' } : { kind: 'nothing' } };
  const argument = argumentAt(command, walk.operands.length);
  return { ...base, of: argument === undefined ? { kind: 'nothing' } : { kind: 'value', name: argument.name(), choices: argument.argChoices, isOption: false } };
}

function step(walk: Walk, word: string): void {
  if (walk.pending !== undefined) {
    walk.pending = undefined;
    return;
  }
  if (walk.literal || !word.startsWith('-') || word === '-') {
    const inner = walk.operands.length === 0 ? walk.command.commands.find((one) => one.name() === word || one.aliases().includes(word)) : undefined;
    if (inner === undefined) walk.operands.push(word);
    else walk.command = inner;
    return;
  }
  if (word === '--') {
    walk.literal = true;
    return;
  }
  const option = findOption(walk.command, word.split('=')[0] ?? '');
  if (option === undefined) return;
  walk.given.push(option);
  if (option.required && !word.includes('=')) walk.pending = option;
}

function findOption(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.long === flag || option.short === flag);
}

const takesNothing = (option: Option): boolean => !option.required && !option.optional;

/** Options that may still be given; those with a parser collect and may be repeated. */
function freeOptions(walk: Walk): Option[] {
  const visible = walk.command.createHelp().visibleOptions(walk.command);
  return visible.filter((option) => option.long != null && (option.parseArg !== undefined || !walk.given.some((given) => given.long === option.long)));
}

function valueOf(option: Option): Wanted['of'] {
  return { kind: 'value', name: /[<[]([^>\]]*)[>\]]/.exec(option.flags)?.[1] ?? '', choices: option.argChoices, isOption: true };
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const known = command.registeredArguments;
  const last = known.at(-1);
  return known[index] ?? (last?.variadic === true ? last : undefined);
}

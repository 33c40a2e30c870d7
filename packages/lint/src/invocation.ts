// Which program a command starts, behind `sudo`, `env` and their like, and with which words.
import type { Command, Word } from 'unbash';

/** A program with its words. Words with expansions keep them as text. */
export interface Invocation {
  /** The last part of the program's path. */
  readonly name: string;
  /** The words behind the name. */
  readonly words: readonly string[];
  readonly nodes: readonly Word[];
}

/** Programs that start the one named behind them, with the options of theirs that take a word. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  sudo: ['-u', '-g', '-h', '-p', '-C', '-D', '-R', '-T', '--user', '--group'],
  doas: ['-u', '-C'],
  env: ['-u', '--unset', '-C', '--chdir', '-S'],
  command: [],
  builtin: [],
  exec: ['-a'],
  nohup: [],
  nice: ['-n', '--adjustment'],
  time: ['-f', '-o'],
  timeout: ['-k', '-s', '--kill-after', '--signal'],
  xargs: ['-I', '-n', '-P', '-L', '-d', '-E', '-s', '-a'],
};

/** Reads a command; undefined when it starts no program by a fixed name. */
export function readInvocation(command: Command): Invocation | undefined {
  if (command.name === undefined) return undefined;
  const nodes = [command.name, ...command.args.filter((word) => word.type === 'Word')];
  let at = 0;
  for (let turn = 0; turn < 5; turn += 1) {
    const name = baseName(nodes[at]);
    if (name === undefined) return undefined;
    const takesWord = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
    if (takesWord === undefined) return { name, words: nodes.slice(at + 1).map((word) => word.value), nodes: nodes.slice(at + 1) };
    at += 1;
    while (/^-|^\w+=/.test(nodes[at]?.value ?? '')) at += takesWord.includes(nodes[at]?.value ?? '') ? 2 : 1;
    if (name === 'timeout') at += 1;
  }
  return undefined;
}

function baseName(word: Word | undefined): string | undefined {
  const name = word?.value.split('/').at(-1);
  return name === undefined || name === '' || name.includes('$') ? undefined : name;
}

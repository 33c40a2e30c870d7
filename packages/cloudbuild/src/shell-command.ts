// Reads a shell script into plain commands, as far as that is certain. Anything it is not sure of (control flow,
// here-documents, command substitution) marks the script as complex; it never runs or guesses anything.

/** One word of a command. `literal` is absent when its value depends on something unknown. */
export interface ShellWord {
  readonly literal?: string;
  /** As written, for messages. */
  readonly text: string;
}

/** A simple command, keywords of control flow in front of it taken off. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** The operator between it and the command before; `then` stands for every other one. */
  readonly after: 'and' | 'or' | 'then';
}

/** What is known of a script. */
export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Why the script cannot be followed from top to bottom; absent when it can. */
  readonly complex?: string;
  /** Why parts of the script could not be read at all; absent when all of it was. */
  readonly unread?: string;
}

/** Words that stand in front of a command. */
const prefixes: ReadonlySet<string> = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '{', '!']);
/** Words that make a command of their own which runs nothing. */
const silent: ReadonlySet<string> = new Set(['fi', 'done', '}', 'for', '[[']);

/** Reads a script. `env` holds the variables that are certain; assignments in the script are followed. */
export function readShell(script: string, env: Readonly<Record<string, string>>): ShellScript {
  const variables = new Map(Object.entries(env));
  const commands: ShellCommand[] = [];
  let complex: string | undefined;
  const scanner = new Scanner(script);
  for (let raw = scanner.next(); raw !== undefined; raw = scanner.next()) {
    let at = 0;
    while (prefixes.has(raw.words[at]?.text ?? '')) at += 1;
    const first = raw.words[at]?.text ?? '';
    if (at > 0 || silent.has(first) || first.endsWith('()')) complex ??= `the script uses "${at > 0 ? (raw.words[0]?.text ?? '') : first}"`;
    if (silent.has(first) || first.endsWith('()')) {
      if (first === 'for') variables.delete(raw.words[at + 1]?.text ?? '');
      continue;
    }
    // Whether an assignment inside control flow happens is not known, so its name is unknown from there on.
    const certain = complex === undefined && raw.after === 'then';
    const words = takeAssignments(raw.words.slice(at), variables, certain);
    if (/^(?:export|readonly|declare|local)$/.test(words[0]?.text ?? '')) takeAssignments(words.slice(1), variables, certain);
    if (words.length > 0) commands.push({ words: words.map((word) => expand(word, variables)), after: raw.after });
  }
  complex ??= scanner.complex;
  return { commands, ...(complex === undefined ? {} : { complex }), ...(scanner.unread === undefined ? {} : { unread: scanner.unread }) };
}

interface Piece {
  readonly text: string;
  /** Variables inside are not expanded. */
  readonly quoted: boolean;
}

interface RawWord {
  readonly pieces: readonly Piece[];
  readonly text: string;
}

interface RawCommand {
  readonly words: readonly RawWord[];
  readonly after: ShellCommand['after'];
}

/** Cuts a script into commands and words. */
class Scanner {
  complex: string | undefined;
  unread: string | undefined;
  readonly #script: string;
  #at = 0;
  #after: ShellCommand['after'] = 'then';

  constructor(script: string) {
    this.#script = script.replace(/\\\r?\n/g, ' ');
  }

  next(): RawCommand | undefined {
    const words: RawWord[] = [];
    while (this.#at < this.#script.length) {
      const rest = this.#script.slice(this.#at);
      const blank = /^(?:[ \t\r]+|#[^\n]*)/.exec(rest);
      const end = /^(?:\|\||&&|;;|[;|\n]|&(?!>))/.exec(rest);
      if (blank !== null) {
        this.#at += blank[0].length;
      } else if (end !== null) {
        this.#at += end[0].length;
        const after = this.#after;
        // A line end behind && or || does not end the list.
        if (words.length > 0) this.#after = end[0] === '||' ? 'or' : end[0] === '&&' ? 'and' : 'then';
        if (words.length > 0) return { words, after };
      } else if (/^(?:\d*[<>]|&>)/.test(rest)) {
        this.#redirect(rest);
      } else {
        words.push(this.#word());
      }
    }
    return words.length > 0 ? { words, after: this.#after } : undefined;
  }

  #redirect(rest: string): void {
    const operator = /^(?:&>>?|\d*(?:<<<|<<-?|>>|>\||[<>]&\d?-?|<>|[<>]))/.exec(rest)?.[0] ?? '<';
    if (/^\d*<<-?$/.test(operator)) this.complex ??= 'the script holds a here-document';
    if (/^[<>]\(/.test(rest)) this.unread ??= 'the script uses process substitution';
    this.#at += operator.length;
    this.#at += /^[ \t]*/.exec(this.#script.slice(this.#at))?.[0].length ?? 0;
    if (!/[<>]&\d?-?$/.test(operator)) this.#word();
  }

  #word(): RawWord {
    const start = this.#at;
    const pieces: Piece[] = [];
    while (this.#at < this.#script.length) {
      const rest = this.#script.slice(this.#at);
      const single = /^'([^']*)'/.exec(rest);
      const double = /^"((?:\\.|[^"\\])*)"/s.exec(rest);
      const plain = /^(?:\$\([^()]*\)|\\.|[^\s'"|&;<>\\])+/s.exec(rest);
      if (single !== null) pieces.push({ text: single[1] ?? '', quoted: true });
      else if (double !== null) pieces.push({ text: double[1] ?? '', quoted: false });
      else if (plain !== null) pieces.push({ text: plain[0], quoted: false });
      else break;
      this.#at += (single ?? double ?? plain)?.[0].length ?? 1;
    }
    if (this.#at === start) {
      this.unread ??= 'the script has a quote or a redirection that is not complete';
      this.#at = this.#script.length;
    }
    return { pieces, text: this.#script.slice(start, this.#at) };
  }
}

function expand(word: RawWord, variables: ReadonlyMap<string, string>): ShellWord {
  let literal: string | undefined = '';
  for (const { text, quoted } of word.pieces) {
    const value = quoted ? text : expandText(text, variables);
    literal = value === undefined || literal === undefined ? undefined : literal + value;
  }
  return literal === undefined ? { text: word.text } : { literal, text: word.text };
}

function expandText(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  let unknown = false;
  const value = text.replace(/\\(.)|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)|[$`]./gs, (whole, escaped: string | undefined, braced: string | undefined, bare: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const found = variables.get(braced ?? bare ?? '');
    if (found === undefined) unknown = true;
    return found ?? whole;
  });
  return unknown ? undefined : value;
}

/** Takes `NAME=value` words from the front and remembers them; an unknown value makes the name unknown. */
function takeAssignments(words: readonly RawWord[], variables: Map<string, string>, certain: boolean): readonly RawWord[] {
  let count = 0;
  for (const word of words) {
    const name = /^([A-Za-z_]\w*)\+?=/.exec(word.text)?.[1];
    if (name === undefined) break;
    const { literal } = expand(word, variables);
    if (!certain || literal === undefined || word.text.startsWith(`${name}+=`)) variables.delete(name);
    else variables.set(name, literal.slice(name.length + 1));
    count += 1;
  }
  return words.slice(count);
}

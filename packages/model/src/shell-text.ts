// What a shell block says of names: which it exports, assigns and refers to. A scanner of words and quotes, not a parser of
// bash (package lint has that); it must never take a comment, a quoted text or a here-document for a command.

/** A name at an offset of the source. */
export interface NameUse {
  readonly name: string;
  readonly offset: number;
}

/** The names of a shell block. */
export interface ShellNames {
  /** `export X=…`, `export X Y` in the block's own shell: not in `$(…)`, not in a subshell, not `export -n`. */
  readonly exports: readonly NameUse[];
  /**
   * `$x`, `${x…}`, also in double quotes, here-documents and arithmetic; not where the block has surely given the name a value
   * itself: by an assignment that hangs on no condition, by `for`, `read` or `local`.
   */
  readonly uses: readonly NameUse[];
  readonly assigns: ReadonlySet<string>;
  /** Start and end offsets of comments. */
  readonly comments: readonly (readonly [number, number])[];
}

const prefixWords: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', 'time', 'function', 'command', 'builtin']);
const assigners: ReadonlySet<string> = new Set(['read', 'local', 'declare', 'typeset', 'readonly', 'mapfile', 'readarray']);
const openers: ReadonlySet<string> = new Set(['if', 'while', 'until', 'for', 'select', 'case', '{']);
const closers: ReadonlySet<string> = new Set(['fi', 'done', 'esac', '}']);
const deepest = 100;

/** Reads the names of a shell block. Never throws; time is linear in the length of the source. */
export function readShellNames(source: string): ShellNames {
  const scanner = new ShellScanner(source, 0);
  scanner.commands('', false);
  return { exports: scanner.exports, uses: scanner.uses, assigns: scanner.assigns, comments: scanner.comments };
}

interface HereDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly tabs: boolean;
}

interface ShellWord {
  readonly start: number;
  /** The text up to the first expansion, quotes removed. */
  readonly literal: string;
  readonly quoted: boolean;
}

/** What is known of the command that is being read. */
interface CommandState {
  first: boolean;
  /** The command that takes names: `export`, `read`, …, or `loop`. */
  mode: string;
  cases: number;
  redirect: boolean;
  /** Whether the command may not run, or runs in a shell of its own. */
  guarded: boolean;
  /** How many `if`, `for`, `case`, `{` are open. */
  compound: number;
  /** Names assigned before the first word. */
  assigned: string[];
}

class ShellScanner implements ShellNames {
  readonly exports: NameUse[] = [];
  readonly uses: NameUse[] = [];
  readonly assigns = new Set<string>();
  /** Names that the block has given a value itself; those of `local` until its function ends. */
  #settled = new Set<string>();
  #locals: { name: string; compound: number }[] = [];
  readonly comments: [number, number][] = [];
  readonly #text: string;
  readonly #base: number;
  #at = 0;
  #depth = 0;
  #pending: HereDocument[] = [];

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

  /** Reads commands up to the closing sign. */
  commands(stop: '' | ')' | '`', nested: boolean): void {
    this.#depth += 1;
    const state: CommandState = { first: true, mode: '', cases: 0, redirect: false, guarded: nested, compound: 0, assigned: [] };
    const begin = (guarded: boolean): void => {
      // Assignments before a command hold for that command only.
      if (state.first && !state.guarded && state.compound === 0) for (const name of state.assigned) this.#settle(name, undefined);
      Object.assign(state, { first: true, mode: '', guarded: nested || guarded, assigned: [] });
    };
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      const next = this.#text[this.#at + 1];
      if (c === stop && (c !== ')' || state.cases === 0)) break;
      if (c === '\n') {
        this.#at += 1;
        this.#hereDocuments();
        begin(false);
      } else if (c === ' ' || c === '\t') this.#at += 1;
      else if (c === '\\' && next === '\n') this.#at += 2;
      else if (c === '#') this.#comment();
      else if (c === '<' || c === '>') state.redirect = this.#redirection(c);
      else if (c === '(') {
        if (next === '(') this.#arithmetic(2);
        else this.#group();
        begin(state.guarded);
      } else if (c === ')' || c === ';' || c === '|' || (c === '&' && next !== '>')) {
        begin(c === '|' || (c === '&' && (next === '&' || /[&|]/.test(this.#text[this.#at - 1] ?? ''))));
        this.#at += 1;
      } else if (c === '&') this.#at += 1;
      else {
        const before = this.#at;
        const word = this.#word();
        if (this.#at === before) this.#at += 1;
        if (state.redirect) state.redirect = false;
        else this.#judge(word, state, nested);
      }
    }
    begin(false);
    this.#at += stop === '' ? 0 : 1;
    this.#depth -= 1;
  }

  /** From here on a name has the value that the block gave it. */
  #settle(name: string, local: number | undefined): void {
    if (this.#settled.has(name)) return;
    this.#settled.add(name);
    if (local !== undefined) this.#locals.push({ name, compound: local });
  }

  #leaveCompound(state: CommandState): void {
    state.compound = Math.max(0, state.compound - 1);
    while ((this.#locals.at(-1)?.compound ?? -1) > state.compound) this.#settled.delete(this.#locals.pop()?.name ?? '');
  }

  /** Decides what a word means in its command. */
  #judge(word: ShellWord, state: CommandState, nested: boolean): void {
    const assignment = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=/.exec(word.literal)?.[1];
    const name = assignment ?? /^([A-Za-z_]\w*)$/.exec(word.literal)?.[1];
    if (state.first) {
      // The name behind `function` is no command.
      if (state.mode === 'function') {
        state.mode = '';
        return;
      }
      if (assignment !== undefined) {
        this.assigns.add(assignment);
        // `x+=…` keeps what the name held before.
        if (!word.literal.includes('+=')) state.assigned.push(assignment);
        return;
      }
      if (!word.quoted && openers.has(word.literal)) state.compound += 1;
      if (!word.quoted && closers.has(word.literal)) this.#leaveCompound(state);
      if (!word.quoted && word.literal === 'function') state.mode = 'function';
      if (word.quoted || !prefixWords.has(word.literal)) {
        state.first = false;
        if (word.quoted) return;
        if (word.literal === 'case') state.cases += 1;
        if (word.literal === 'esac' && state.cases > 0) state.cases -= 1;
        state.mode = word.literal === 'export' || assigners.has(word.literal) ? word.literal : /^(?:for|select)$/.test(word.literal) ? 'loop' : '';
      }
    } else if (state.mode === 'export' && word.literal.startsWith('-')) {
      if (/[nfp]/.test(word.literal)) state.mode = '';
    } else if (state.mode !== '' && name !== undefined) {
      if (assignment !== undefined || state.mode !== 'export') {
        this.assigns.add(name);
        const scoped = /^(?:local|declare|typeset)$/.test(state.mode);
        const settles = state.mode === 'export' ? !state.guarded && state.compound === 0 : !nested;
        if (settles) this.#settle(name, scoped ? state.compound : undefined);
      }
      if (state.mode === 'loop') state.mode = '';
      if (state.mode === 'export' && !nested) this.exports.push({ name, offset: this.#base + word.start });
    }
  }

  #word(): ShellWord {
    const start = this.#at;
    let literal = '';
    let open = true;
    let quoted = false;
    const expand = (): void => {
      open = false;
      this.#expansion(false);
    };
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      if (/[ \t\n;&|<>()]/.test(c)) {
        if (c === '(' && /^[A-Za-z_]\w*\+?=$/.test(literal) && open) {
          this.#group();
          continue;
        }
        break;
      }
      if (c === '$') expand();
      else if (c === '`') {
        // A closing backquote ends the word too; an opening one starts a substitution.
        if (this.#inBackquotes > 0) break;
        expand();
      } else if (c === "'" || c === '"') {
        quoted = true;
        const text = c === "'" ? this.#single() : this.#double();
        if (open) literal += text.literal;
        if (!text.whole) open = false;
      } else {
        if (c === '\\') {
          quoted = true;
          this.#at += 1;
        }
        if (open) literal += this.#text[this.#at] ?? '';
        this.#at += 1;
      }
    }
    return { start, literal, quoted };
  }

  #inBackquotes = 0;

  #single(): { literal: string; whole: boolean } {
    const close = this.#text.indexOf("'", this.#at + 1);
    const end = close === -1 ? this.#text.length : close;
    const literal = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return { literal, whole: true };
  }

  #double(): { literal: string; whole: boolean } {
    this.#at += 1;
    let literal = '';
    let whole = true;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      const c = this.#text[this.#at] ?? '';
      if (c === '$' || (c === '`' && this.#inBackquotes === 0)) {
        whole = false;
        this.#expansion(true);
        continue;
      }
      if (c === '\\') this.#at += 1;
      if (whole) literal += this.#text[this.#at] ?? '';
      this.#at += 1;
    }
    this.#at += 1;
    return { literal, whole };
  }

  /** `$…` or a backquote, at the present character. */
  #expansion(inQuotes: boolean): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (this.#depth >= deepest) this.#at += 1;
    else if (this.#text[this.#at] === '`') {
      this.#at += 1;
      this.#inBackquotes += 1;
      this.commands('`', true);
      this.#inBackquotes -= 1;
    } else if (next === '(') {
      if (this.#text[this.#at + 2] === '(') this.#arithmetic(3);
      else {
        this.#at += 2;
        this.commands(')', true);
      }
    } else if (next === '{') this.#braces(inQuotes);
    else if (next === "'" && !inQuotes) this.#escapedText();
    else this.#plainName();
  }

  #plainName(): void {
    this.#at += 1;
    const start = this.#at;
    if (!/[A-Za-z_]/.test(this.#text[start] ?? '')) return;
    while (/\w/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    const name = this.#text.slice(start, this.#at);
    if (!this.#settled.has(name)) this.uses.push({ name, offset: this.#base + start });
  }

  #braces(inQuotes: boolean): void {
    this.#depth += 1;
    this.#at += 2;
    if (/[#!]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    this.#at -= 1;
    this.#plainName();
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}') {
      const c = this.#text[this.#at] ?? '';
      if (c === '\\') this.#at += 2;
      else if (c === '$' || (c === '`' && this.#inBackquotes === 0)) this.#expansion(inQuotes);
      else if (c === '"' && !inQuotes) this.#double();
      else if (c === "'" && !inQuotes) this.#single();
      else this.#at += 1;
    }
    this.#at += 1;
    this.#depth -= 1;
  }

  /** `$'…'`, in which a backslash escapes the quote. */
  #escapedText(): void {
    this.#at += 2;
    while (this.#at < this.#text.length && this.#text[this.#at] !== "'") this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
  }

  /** `((…))` or `$((…))`: bare names are variables there. */
  #arithmetic(opening: number): void {
    this.#depth += 1;
    this.#at += opening;
    let parentheses = 2;
    while (this.#at < this.#text.length && parentheses > 0) {
      const c = this.#text[this.#at] ?? '';
      if (c === '$' || (c === '`' && this.#inBackquotes === 0)) this.#expansion(true);
      else if (/[A-Za-z_]/.test(c)) {
        this.#at -= 1;
        this.#plainName();
      } else if (/\d/.test(c)) while (/\w/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      else {
        if (c === '(') parentheses += 1;
        if (c === ')') parentheses -= 1;
        this.#at += 1;
      }
    }
    this.#depth -= 1;
  }

  #group(): void {
    this.#at += 1;
    if (this.#depth < deepest) this.commands(')', true);
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    const stop = end === -1 ? this.#text.length : end;
    this.comments.push([this.#base + this.#at, this.#base + stop]);
    this.#at = stop;
  }

  /** Reads a redirection sign; true when the next word is its target. */
  #redirection(c: string): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest === '<<<') {
      this.#at += 3;
      return true;
    }
    if (rest.startsWith('<<')) {
      this.#at += rest === '<<-' ? 3 : 2;
      while (/[ \t]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      const start = this.#at;
      const word = this.#word();
      if (word.literal !== '') this.#pending.push({ delimiter: word.literal, quoted: /['"\\]/.test(this.#text.slice(start, this.#at)), tabs: rest === '<<-' });
      return false;
    }
    if (this.#text[this.#at + 1] === '(') {
      this.#at += 1;
      this.#group();
      return false;
    }
    this.#at += 1;
    while (/[<>&|]/.test(this.#text[this.#at] ?? '') && c !== '') this.#at += 1;
    return true;
  }

  /** Behind a line end: skips the bodies of here-documents, and reads the expansions of those that expand. */
  #hereDocuments(): void {
    for (const pending of this.#pending.splice(0)) {
      const start = this.#at;
      let end = start;
      while (end < this.#text.length) {
        const lineEnd = this.#text.indexOf('\n', end);
        const stop = lineEnd === -1 ? this.#text.length : lineEnd;
        const line = this.#text.slice(end, stop);
        if ((pending.tabs ? line.replace(/^\t+/, '') : line) === pending.delimiter) break;
        end = stop + 1;
      }
      if (!pending.quoted && this.#depth < deepest) this.#body(this.#text.slice(start, end), start);
      const close = this.#text.indexOf('\n', end);
      this.#at = close === -1 ? this.#text.length : close + 1;
    }
  }

  #body(text: string, start: number): void {
    const inner = new ShellScanner(text, this.#base + start);
    inner.#depth = this.#depth + 1;
    inner.#settled = this.#settled;
    while (inner.#at < text.length) {
      const c = text[inner.#at];
      if (c === '\\') inner.#at += 2;
      else if (c === '$' || c === '`') inner.#expansion(true);
      else inner.#at += 1;
    }
    this.uses.push(...inner.uses);
  }
}

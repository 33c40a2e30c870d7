// What a runbook says, as data. Nothing here knows of a run.
import type { Effect } from '@runbook/access';
import type { Expectation } from './expectation.ts';

/** Any JSON value. Inputs and outputs are nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The types an input may have. (DESIGN §3.) */
export type InputType = 'string' | 'number' | 'boolean' | 'choice' | 'list' | 'secret';

/** One declared input of a runbook. */
export interface InputDeclaration {
  readonly name: string;
  readonly type: InputType;
  readonly description?: string;
  /** The value when none is given. Never present on a secret. */
  readonly default?: Json;
  /** Stands in where nothing is written: in `plan`, `--dry-run` and `--rehearse`, when no value is given. Never in a live run. */
  readonly example?: Json;
  /** True when a live run cannot start without a value. */
  readonly required: boolean;
  /** For strings, and for each item of a list: a JavaScript regular expression the whole value must match. */
  readonly pattern?: string;
  /** For `choice`, and for each item of a list. */
  readonly choices?: readonly string[];
  /** The environment variable a value is taken from when none is given. The only source of a secret besides a prompt and a file. */
  readonly env?: string;
  /** 1-based place in the front matter. */
  readonly line: number;
  readonly column: number;
}

/** What runs a step. */
export type StepKind = 'shell' | 'script' | 'manual' | 'file' | 'include';

/** A wait: try every `pollMs` until met, for `timeoutMs` at most. Milliseconds. */
export interface Gate {
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs?: number;
}

/** A block that runs, or a manual item. */
export interface Step {
  /** The `name`, or a name made of heading path and content hash. */
  readonly id: string;
  /** Whether the author named it. */
  readonly named: boolean;
  readonly kind: StepKind;
  /** The language as written, lower case; empty for manual items. */
  readonly language: string;
  readonly effect: Effect;
  /** Whether the author declared the effect. */
  readonly effectDeclared: boolean;
  /** Texts of the headings above, outermost first. */
  readonly heading: readonly string[];
  /** 1-based place of the fence or list item. */
  readonly line: number;
  readonly column: number;
  /** 1-based line of the first line of code in the document. */
  readonly codeLine: number;
  /** The code with LF line endings, container prefixes removed; the text of a manual item. */
  readonly source: string;
  /** SHA-256 (hex) of kind, language and source. */
  readonly hash: string;
  /** The attributes as written, after unquoting. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The step whose doing this one verifies. */
  readonly verifies?: string;
  /** Exit codes of a verifier that mean "not done"; default 1. */
  readonly absent: readonly number[];
  /** The step this one undoes. */
  readonly undoes?: string;
  /** Runs by itself when the run failed, timed out or was cancelled. */
  readonly onFailure: boolean;
  /** How many further attempts a failing step gets. */
  readonly retry: number;
  readonly timeoutMs?: number;
  readonly gate?: Gate;
  /** Source of the `if` expression. */
  readonly condition?: string;
  readonly needs: readonly string[];
  readonly background: boolean;
  readonly ready?: string;
  readonly interactive: boolean;
  readonly cwd?: string;
  readonly interpreter?: string;
  readonly session: 'shared' | 'none';
  readonly tags: readonly string[];
  readonly excludeFromRunAll: boolean;
  /** How many distinct verified people must tick a manual step; 1 unless said. */
  readonly approvers: number;
  /** For `file` steps: the path below the work folder. */
  readonly path?: string;
  /** For `include` steps: the other runbook, as linked. */
  readonly target?: string;
  /** What a data block with `expect` says of this step's output. */
  readonly expectation?: Expectation;
  /** Names this step publishes (`export` in its own text). */
  readonly publishes: readonly string[];
  /** Declared inputs, and outputs of other steps, that the source refers to, in the order of first use. */
  readonly uses: readonly string[];
}

/** A fenced block that does not run. */
export interface DataBlock {
  readonly language: string;
  readonly line: number;
  readonly column: number;
  readonly codeLine: number;
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A parsed document. */
export interface Runbook {
  readonly file: string;
  /** The document as it was read, without a byte order mark. */
  readonly text: string;
  /** SHA-256 (hex) of `text`. */
  readonly hash: string;
  readonly title: string;
  /** Version requirement of the front matter, for example `runbook >= 0.1`. */
  readonly requires?: string;
  /** Template of the release lock, for example `{project}-{version}`. */
  readonly lock?: string;
  /** Where shell sessions begin, from the document's folder; the run's work folder without it. */
  readonly cwd?: string;
  readonly inputs: readonly InputDeclaration[];
  readonly steps: readonly Step[];
  readonly data: readonly DataBlock[];
}

// What the script session and its child process say to each other. Plain JSON over Node's channel; only the word before a
// write goes over a pipe of its own, where the child waits for the answer before the call may leave.
import type { Call, Effect, Mode, WriteRecord } from '@runbook/access';
import type { Json } from '@runbook/model';

/** How the child is started. */
export interface ChildSettings {
  readonly kind: 'start';
  /** URL of the module that exports `createToolkit`. */
  readonly toolkitModule: string;
  /** Absolute path of the document: imports start in its folder. */
  readonly file: string;
  /** The document as stacks name it. */
  readonly name: string;
  /** URL of the folder whose frames are ours and left out of stacks. */
  readonly own: string;
  readonly env: Readonly<Record<string, string>>;
  readonly init: Json;
}

/** The part of a block that can be sent. */
export interface BlockText {
  readonly code: string;
  /** `ts` and `typescript` are stripped of types; everything else is JavaScript. */
  readonly language: string;
  /** 1-based line of the first code line in the document. */
  readonly line: number;
  /** Inputs and earlier outputs in scope. */
  readonly values: Readonly<Record<string, Json>>;
  /** Secret inputs that the block names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly posture: { readonly mode: Mode; readonly effect: Effect };
  readonly step: string;
  /** The run's clock at the start of the block. Milliseconds since 1970. */
  readonly now: number;
}

/** Parent to child. */
export type ToChild =
  | ChildSettings
  | { readonly kind: 'run'; readonly block: BlockText }
  | { readonly kind: 'answered'; readonly id: number; readonly value: Json }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string };

/** How a block ended as far as the child can tell. */
export type BlockEnd =
  | {
      readonly kind: 'returned';
      readonly outputs: Readonly<Record<string, Json>>;
      /** Exports that are `undefined`: a gate that is not met yet. */
      readonly undefinedOutputs: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** The message and the frames of the document and of what it imports. */
      readonly stack: string;
      /** The error's own `code`, when it is a string. */
      readonly code?: string;
      /** 1-based line of the document. */
      readonly line?: number;
    }
  | { readonly kind: 'withheld'; readonly call: Call }
  | { readonly kind: 'output-not-data'; readonly name: string; readonly why: string };

/** Child to parent. */
export type ToParent =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'asked'; readonly id: number; readonly ask: string; readonly data: Json }
  /** `isSpent`: code of the block may still be running, so that this process must not get another. */
  | { readonly kind: 'ended'; readonly end: BlockEnd; readonly isSpent: boolean };

/** The line before a write, on the pipe; the child waits for one byte in return. */
export type WriteLine = WriteRecord;

/** File descriptor of that pipe in the child. */
export const writePipe = 3;

/** The byte that lets a write go; any other refuses it. */
export const goByte = 0x79;

// How a declared command meets its code: what `program.ts` and its parts share.

/** Turns what a command does into an action whose exit code becomes that of the process. */
export type Does = (action: (...args: never[]) => number | Promise<number>) => (...args: unknown[]) => Promise<void>;

/** Gathers the values of a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

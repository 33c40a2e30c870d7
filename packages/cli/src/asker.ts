// Questions one after another at a terminal. Lines that are typed or pasted ahead of a question are kept for it, which
// `question` of node:readline does not do.
import { createInterface } from 'node:readline';

/** Somebody who can be asked. */
export interface Asker {
  /** The answer, trimmed; undefined when the person has left (Ctrl-C or Ctrl-D). */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** The person behind two streams. Close it, or the process stays. */
export function createAsker(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asker {
  const line = createInterface({ input, output });
  const lines: string[] = [];
  let isOver = false;
  let wake: (() => void) | undefined;
  line.on('line', (text) => {
    lines.push(text);
    wake?.();
  });
  line.on('close', () => {
    isOver = true;
    wake?.();
  });
  line.on('SIGINT', () => line.close());
  return {
    async ask(question) {
      if (isOver && lines.length === 0) return undefined;
      if (isOver) output.write(question);
      else {
        line.setPrompt(question);
        line.prompt();
      }
      if (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return lines.shift()?.trim();
    },
    close: () => line.close(),
  };
}

// What a step with an expected output (a data block with `expect=STEP`) printed, as far as it has to be compared. (DESIGN §3.)
import { matchExpectation, type PlanStep } from '@runbook/model';

/** More output than this is not compared: what a document can show is short. Bytes. */
const mostBytes = 1024 * 1024;

/** Collects the standard output of one attempt; keeps nothing where the document expects nothing. */
export interface OutputCapture {
  take(stream: 'stdout' | 'stderr', chunk: Buffer | string): void;
  /**
   * Compares once the attempt has ended by itself.
   * @returns the lines of the difference, unredacted, or undefined where everything fits.
   */
  differenceAt(exitCode: number): string | undefined;
}

/** Starts to collect for a step. */
export function captureOutput({ expectation }: PlanStep): OutputCapture | undefined {
  if (expectation === undefined) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    take(stream, chunk) {
      if (stream === 'stderr') return;
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size <= mostBytes) chunks.push(bytes);
    },
    differenceAt(exitCode) {
      if (size > mostBytes) return `the output has ${size} bytes; up to ${mostBytes} are compared`;
      const match = matchExpectation(expectation, { stdout: Buffer.concat(chunks).toString('utf8'), exitCode });
      return match.ok ? undefined : match.diff;
    },
  };
}

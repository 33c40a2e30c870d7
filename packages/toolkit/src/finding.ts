// What a preflight found: four-valued, with evidence and a cure. "Unknown" is never shown as pass.

/** How one check of a preflight came out. */
export type FindingState = 'pass' | 'warn' | 'fail' | 'unknown';

/** One check of a preflight. */
export interface Finding {
  /** What was checked, in a few words. */
  readonly check: string;
  readonly state: FindingState;
  /** What was seen. */
  readonly evidence: string;
  /** What to do, where there is something to do. */
  readonly fix?: string;
}

/** Thrown by `insist` when a check failed. */
export class PreflightError extends Error {
  readonly code = 'preflight-failed';
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    const failed = findings.filter((finding) => finding.state === 'fail');
    super(`preflight failed: ${failed.map(({ check, evidence, fix }) => `${check}: ${fix === undefined ? evidence : `${evidence.replace(/\.$/, '')}. ${fix}`}`).join('; ')}`);
    this.name = 'PreflightError';
    this.findings = findings;
  }
}

/** One line a finding, widest first column, for logs. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings
    .map((finding) => `${finding.state.padEnd(8)}${finding.check}: ${finding.evidence}${finding.fix === undefined || finding.state === 'pass' ? '' : `\n        -> ${finding.fix}`}`)
    .join('\n');
}

/** The finding of a check that could not be made. */
export function unknownFinding(check: string, error: unknown): Finding {
  return { check, state: 'unknown', evidence: error instanceof Error ? error.message : String(error) };
}

/** Makes a finding; a failing or warning one says what to do. */
export function finding(check: string, state: FindingState, evidence: string, fix?: string): Finding {
  return { check, state, evidence, ...(fix === undefined ? {} : { fix }) };
}

/** A check that could not be made to its end is unknown, whatever came in between. */
export async function attempt(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [unknownFinding(check, error)];
  }
}

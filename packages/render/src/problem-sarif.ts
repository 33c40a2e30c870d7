// Problems as SARIF 2.1.0, the format that code scanning reads. Pure; the rules are handed in.
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)
import type { Problem, Severity } from '@runbook/problem';

/** What is known of a code: a row of `docs/errors.md`. */
export interface ProblemRule {
  readonly code: string;
  readonly severity: Severity;
  readonly meaning: string;
  readonly cure: string;
}

/**
 * Reads the rows of `docs/errors.md`: `| code | meaning | cure |`, where a meaning that begins with "Warning." is one. A code
 * that other files use too has its first row from documents, which is the one that is given.
 */
export function parseProblemRules(page: string): ProblemRule[] {
  const rules = new Map<string, ProblemRule>();
  for (const line of page.split(/\r?\n/)) {
    const [, code, meaning = '', cure = ''] = /^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
    if (code === undefined || rules.has(code)) continue;
    const isWarning = meaning.startsWith('Warning.');
    rules.set(code, { code, severity: isWarning ? 'warning' : 'error', meaning: isWarning ? meaning.slice('Warning.'.length).trim() : meaning.trim(), cure: cure.trim() });
  }
  return [...rules.values()];
}

/** Who found the problems, and by which rules. */
export interface SarifTool {
  readonly version: string;
  readonly rules: readonly ProblemRule[];
}

/** The problems as one SARIF log. Paths are relative to the folder the command ran in, as they were given. */
export function renderSarif(problems: readonly Problem[], { version, rules }: SarifTool): string {
  const used = new Set(problems.map((problem) => problem.code));
  const known = rules.filter((rule) => used.has(rule.code));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'runbook', semanticVersion: version, rules: known.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => describeResult(problem, known.findIndex((rule) => rule.code === problem.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describeRule(rule: ProblemRule): object {
  return { id: rule.code, shortDescription: { text: plainText(rule.meaning) }, help: { text: plainText(rule.cure), markdown: rule.cure }, defaultConfiguration: { level: rule.severity } };
}

function describeResult({ code, severity, message, hint, detail, file, line, column }: Problem, ruleIndex: number): object {
  const text = [message, hint, detail ?? ''].filter((part) => part !== '').map((part) => (/[.!?)]$/.test(part) || part === detail ? part : `${part}.`)).join('\n');
  return {
    ruleId: code,
    ...(ruleIndex === -1 ? {} : { ruleIndex }),
    level: severity,
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: fileUri(file) }, region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) } } }],
  };
}

/** A relative path as a relative URI, an absolute one as `file:`. */
function fileUri(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/').map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')));
  const uri = parts.join('/').replace(/^(?:\.\/)+/, '');
  return uri.startsWith('/') ? `file://${uri}` : uri;
}

function plainText(markdown: string): string {
  return markdown.replaceAll('`', '');
}

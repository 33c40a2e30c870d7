// `runbook check PATH…`: everything that is wrong with documents, what they quote and what they link to. It executes nothing of
// a document, and writes only where --fix says so, only the blocks that it names.
import { createWriteLock } from '@runbook/access';
import { createHttp, AddressError, type Http } from '@runbook/http';
import { lintRunbook } from '@runbook/lint';
import { linkIncludes, parseRunbook } from '@runbook/model';
import { homeOf } from '@runbook/runner';
import type { Problem } from '@runbook/problem';
import { unmetRequirement } from '../document.ts';
import { loadFromDisk } from '../included.ts';
import { say } from '../console.ts';
import { UsageError } from '../exit.ts';
import { readProblemFormat, showProblems } from '../problem-output.ts';
import { version } from '../version.ts';
import { askBash } from '../check/bash-arbiter.ts';
import { readDocuments, type GivenDocument } from '../check/document-set.ts';
import { refreshDocument } from '../check/file-refresh.ts';
import { createLinkJudge, type LinkJudge, type WebLink } from '../check/link-check.ts';
import { createMachineJudge } from '../check/machine-check.ts';
import { askShellcheck } from '../check/shellcheck.ts';
import { createSourceJudge, type SourceJudge, type SourceVerdict } from '../check/source-check.ts';
import { checkWebLinks } from '../check/web-link-check.ts';

/** The flags of `runbook check`. */
export interface CheckFlags {
  readonly json?: boolean;
  readonly format?: string;
  readonly fix?: boolean;
  readonly offline?: boolean;
  readonly links?: boolean;
  readonly env?: boolean;
}

/** Checks documents; 2 when one of them has an error. */
export async function check(paths: readonly string[], flags: CheckFlags): Promise<number> {
  const format = readProblemFormat(flags);
  if (flags.offline === true && flags.links === true) throw new UsageError('--links asks the web, --offline forbids it: say one of them.');
  if (flags.fix === true && paths.includes('-')) throw new UsageError('--fix needs files; standard input cannot be written.');
  const documents = readDocuments(paths);
  const http = openHttp();
  const judges: Judges = {
    sources: createSourceJudge(flags.offline === true ? undefined : http, process.cwd()),
    links: createLinkJudge(process.cwd()),
    ...(flags.env === true ? { machine: createMachineJudge(process.env['PATH'] ?? '') } : {}),
  };
  const verdicts: Verdict[] = [];
  for (const document of documents) verdicts.push(await checkOne(document, judges, flags.fix === true));
  const web = flags.links === true ? await checkWeb(http, verdicts) : [];
  const skipped = verdicts.reduce((sum, verdict) => sum + verdict.skipped, 0);
  if (skipped > 0) say(`${skipped} ${skipped === 1 ? 'block was' : 'blocks were'} not compared with what ${skipped === 1 ? 'it quotes' : 'they quote'}: --offline.`);
  const problems = verdicts.flatMap((verdict) => inOrder([...verdict.problems, ...web.filter(({ file }) => file === verdict.name)]));
  return showProblems(format, problems, new Map(verdicts.map(({ name, text }) => [name, text])));
}

/** The door to the network, opened when the first thing is asked for. It lets nothing but reads out. */
function openHttp(): () => Http {
  let http: Http | undefined;
  return () => {
    try {
      const lock = createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined);
      http ??= createHttp({ lock, env: process.env, userAgent: `runbook/${version}` });
      return http;
    } catch (cause) {
      if (cause instanceof AddressError) throw new UsageError(cause.message, undefined, { cause });
      throw cause;
    }
  };
}

interface Judges {
  readonly sources: SourceJudge;
  readonly links: LinkJudge;
  readonly machine?: (runbook: ReturnType<typeof parseRunbook>['runbook']) => Problem[];
}

interface Verdict {
  readonly name: string;
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly web: readonly WebLink[];
  readonly skipped: number;
}

async function checkOne(document: GivenDocument, judges: Judges, fixes: boolean): Promise<Verdict> {
  const first = await judgeText(document, document.text, judges);
  if (!fixes) return first.verdict;
  const refreshed = refreshDocument(document, first.sources.refreshes);
  for (const note of refreshed.notes) say(note);
  return refreshed.text === undefined ? first.verdict : (await judgeText(document, refreshed.text, judges)).verdict;
}

async function judgeText({ name, path }: GivenDocument, text: string, judges: Judges): Promise<{ readonly verdict: Verdict; readonly sources: SourceVerdict }> {
  const { runbook, problems } = parseRunbook(text, name);
  const asked = askShellcheck(runbook);
  const bash = askBash(runbook);
  const sources = await judges.sources(runbook, path);
  // What is nested too deep is not read for links either: it takes too long.
  const links = problems.some(({ code }) => code === 'nesting-too-deep') ? { problems: [], web: [] } : judges.links.judge(runbook.text, name, path);
  const linted = lintRunbook(runbook);
  const shell = [...linted, ...(await bash.problems(linted))];
  // what is wrong inside of an included document is told of that document, when it is checked
  const included = path === undefined ? [] : linkIncludes(runbook, loadFromDisk(homeOf(path, process.cwd()))).problems.filter(({ file }) => file === name);
  const isBroken = shell.some(({ code }) => code === 'shell-syntax');
  if (isBroken) await asked.cancel();
  const all = [...problems, ...unmetRequirement(runbook), ...included, ...shell, ...(isBroken ? [] : await asked.problems()), ...sources.problems, ...links.problems, ...(judges.machine?.(runbook) ?? [])];
  return { verdict: { name, text, problems: all, web: links.web, skipped: sources.skipped }, sources };
}

async function checkWeb(http: () => Http, verdicts: readonly Verdict[]): Promise<readonly Problem[]> {
  const links = verdicts.flatMap(({ web }) => web);
  if (links.length === 0) return [];
  const { problems, asked } = await checkWebLinks(http(), links);
  say(`${asked} ${asked === 1 ? 'address was' : 'addresses were'} asked for on the web.`);
  return problems;
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

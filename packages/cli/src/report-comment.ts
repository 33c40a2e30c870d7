// A report as a comment on an issue or pull request. It is shown before it is sent, a person says yes, and there is one comment a
// run: a hidden mark in its first line finds it again. Nobody else's comment is ever touched.
import { createWriteLock, safeText } from '@runbook/access';
import { createGithub, type Comment, type Github } from '@runbook/github';
import { AddressError, createHttp, OutsideError } from '@runbook/http';
import { fitReportMarkdown } from '@runbook/render';
import { print, say } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';
import { githubLogin } from './github-login.ts';
import { hasTerminal, terminalPeople } from './people.ts';
import type { Telling } from './report-file.ts';
import { connectWorld } from './world-link.ts';

/** An issue or pull request. */
export interface Thread {
  /** `owner/name`. */
  readonly repo: string;
  readonly number: number;
}

/** The longest comment that GitHub takes. Characters. */
const longestBody = 65_536;

/** Reads `owner/repo#12`, or the address of a thread on GitHub. @throws UsageError */
export function parseThread(text: string): Thread {
  const [, repo, number] = /^([\w.-]+\/[\w.-]+)#([1-9]\d{0,9})$/.exec(text) ?? /^https:\/\/github\.com\/([\w.-]+\/[\w.-]+)\/(?:issues|pull)\/([1-9]\d{0,9})(?:[/?#].*)?$/.exec(text) ?? [];
  if (repo === undefined || number === undefined) throw new UsageError(`--comment ${text}: expected OWNER/REPO#NUMBER, such as kubernetes/k8s.io#1234.`);
  return { repo, number: Number(number) };
}

/** Puts a report on a thread, or brings the comment that is there up to date. The address of the comment goes to stdout. */
export async function commentOn(thread: Thread, telling: Telling, { yes, json }: { readonly yes: boolean; readonly json: boolean }): Promise<number> {
  const address = process.env['RUNBOOK_WORLD'] ?? '';
  const env = address === '' ? process.env : (await connectWorld(address, 0)).env;
  const { githubToken: token, githubApp: app } = githubLogin(env);
  if (token === undefined && app === undefined) throw new UsageError('--comment needs a token that may comment there, in GITHUB_TOKEN or GH_TOKEN, or the login of a GitHub App.');
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined);
  const github = createGithub({ http: createHttp({ lock, env, redactor: telling.redactor }), env, ...(token === undefined ? {} : { token }), ...(app === undefined ? {} : { app }) });
  try {
    const body = bodyOf(telling);
    const earlier = await findEarlier(github, thread, markOf(telling));
    if (earlier !== undefined && sameText(earlier.body, body)) return done(earlier, 'unchanged', json);
    if (!(await isConfirmed(thread, { body, earlier, yes, isWorld: address !== '' }))) return exitCodes.waiting;
    if (earlier === undefined) return done(await github.comment(thread.repo, thread.number, body), 'created', json);
    return done(await github.updateComment(thread.repo, earlier.id, body), 'updated', json);
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof AddressError)) throw error;
    throw new UsageError(`The report was not put on ${thread.repo}#${thread.number}: ${telling.redactor.redact(safeText(error.message))}`, exitCodes.failed, { cause: error });
  }
}

function markOf({ folder }: Telling): string {
  return `<!-- runbook report of ${folder.id} -->`;
}

function bodyOf(telling: Telling): string {
  const mark = markOf(telling);
  const text = fitReportMarkdown(telling.report, { most: longestBody - mark.length - 1, unit: 'characters' }, { plan: telling.plan });
  if (text === undefined) throw new Error('the first lines of a report must fit into a comment');
  return `${mark}\n${telling.redactor.redact(text)}`;
}

/** The newest comment with the mark in its first line that is ours: by the login of the token, or by a bot where an app's token names none. */
async function findEarlier(github: Github, { repo, number }: Thread, mark: string): Promise<Comment | undefined> {
  const login = await findLogin(github);
  const isOurs = ({ author }: Comment): boolean => (login === undefined ? author.endsWith('[bot]') : author.toLowerCase() === login.toLowerCase());
  return (await github.listComments(repo, number)).findLast((comment) => comment.body.startsWith(mark) && isOurs(comment));
}

async function findLogin(github: Github): Promise<string | undefined> {
  try {
    return (await github.viewer()).login;
  } catch (error) {
    // an app's token, such as that of a GitHub Actions job, stands for no user
    if (error instanceof OutsideError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

/** Forges end lines in their own way. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(one) === plain(other);
}

interface Proposal {
  readonly body: string;
  readonly earlier: Comment | undefined;
  readonly yes: boolean;
  readonly isWorld: boolean;
}

/** Shows what would be sent, and asks. */
async function isConfirmed({ repo, number }: Thread, { body, earlier, yes, isWorld }: Proposal): Promise<boolean> {
  say(safeText(body));
  const what = earlier === undefined ? `a new comment on ${repo}#${number}` : `in place of ${earlier.url}`;
  say(`This goes to GitHub${isWorld ? ' of the rehearsal world' : ''}, for everybody who may read it there, as ${what} (${body.length} characters).`);
  if (yes) return true;
  if (!hasTerminal()) {
    say('Nobody is here to confirm it. Look at it, then call it in a terminal or with --yes.');
    return false;
  }
  return (await terminalPeople({ suspend: () => undefined, resume: () => undefined }).confirm('Send it?')) === true;
}

function done({ url, id }: Comment, did: 'created' | 'updated' | 'unchanged', json: boolean): number {
  if (did === 'unchanged') say('The comment says this already.');
  print(json ? JSON.stringify({ comment: { id, url, did } }, null, 2) : safeText(url));
  return exitCodes.done;
}

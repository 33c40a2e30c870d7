// The commands that Prow reads in comments and reviews: lgtm, approve, hold, test, retest. They become labels and runs
// (PROW:pkg/plugins/*, domain facts §4.8). Who may approve is said by OWNERS files and by the world's approvers.
import { parse } from 'yaml';
import { compileBranchRegex } from '@runbook/prow-config';
import type { Job } from '@runbook/prow-config';
import type { CommentEvent, PullEvent, PullRequest, ReviewEvent, Services } from '../services.ts';
import { isOver } from './run.ts';
import { latestRuns, robot } from './report.ts';
import type { Scheduler } from './scheduler.ts';
import { changedFilesOf, isUpstream, presubmitsOf, startPresubmit } from './trigger.ts';

/** Registers the plugins' listeners. */
export function installCommands(services: Services, scheduler: Scheduler): void {
  const { core, github } = services;
  core.listen('pull-opened', async (event: PullEvent) => {
    const pull = github.pull(event.repo, event.number);
    if (pull === undefined || !isUpstream(services, event.repo)) return;
    const isStrange = core.fault('ok-to-test');
    await github.addLabels(event.repo, event.number, [core.fault('cla-missing') ? 'cncf-cla: no' : 'cncf-cla: yes', ...(isStrange ? ['needs-ok-to-test'] : []), ...(pull.draft || /^\W?WIP\b/i.test(pull.title) ? ['do-not-merge/work-in-progress'] : [])]);
    await obey(services, scheduler, pull, pull.author, pull.body);
    if (isStrange) core.schedule(20 * 60_000, 'person-lets-test', event);
    if (await mayApprove(services, pull, pull.author, 'owners')) await github.addLabels(event.repo, event.number, ['approved']);
  });
  core.on('person-lets-test', async ({ repo, number }: PullEvent) => {
    const member = core.config.people[0]?.login;
    if (member !== undefined && core.config.manual !== true) await github.comment(repo, number, member, '/ok-to-test');
  });
  core.listen('pull-synchronized', async ({ repo, number }: PullEvent) => {
    if (github.pull(repo, number)?.labels.includes('lgtm') !== true) return;
    await github.removeLabel(repo, number, 'lgtm');
    await github.comment(repo, number, robot, 'New changes are detected. LGTM label has been removed.');
  });
  core.listen('comment-created', async ({ repo, number, author, body }: CommentEvent) => {
    const pull = github.pull(repo, number);
    if (pull?.state === 'open' && author !== robot && isUpstream(services, repo)) await obey(services, scheduler, pull, author, body);
  });
  core.listen('review-submitted', async ({ repo, number, author, state, ...rest }: ReviewEvent & { readonly body?: string }) => {
    const pull = github.pull(repo, number);
    if (pull?.state !== 'open' || !isUpstream(services, repo)) return;
    if (state === 'APPROVED') await lgtm(services, pull, author);
    if (state === 'CHANGES_REQUESTED' && pull.labels.includes('lgtm')) await github.removeLabel(repo, number, 'lgtm');
    await obey(services, scheduler, pull, author, rest.body ?? '');
  });
}

async function obey(services: Services, scheduler: Scheduler, pull: PullRequest, author: string, body: string): Promise<void> {
  const { github } = services;
  const text = body.replaceAll('\r\n', '\n');
  const says = (pattern: RegExp): boolean => pattern.test(text);
  const drop = async (label: string): Promise<void> => {
    if (github.pull(pull.repo, pull.number)?.labels.includes(label) === true) await github.removeLabel(pull.repo, pull.number, label);
  };
  if (says(/^\/ok-to-test\s*$/im) && author !== pull.author && pull.labels.includes('needs-ok-to-test')) {
    await drop('needs-ok-to-test');
    await github.addLabels(pull.repo, pull.number, ['ok-to-test']);
    services.core.schedule(services.core.config.pace.trigger * 1000, 'prow-pull', { repo: pull.repo, number: pull.number } satisfies PullEvent);
  }
  if (says(/^\/lgtm(?: no-issue)?\s*$/im)) await lgtm(services, pull, author);
  if (says(/^\/(remove-lgtm|lgtm cancel)\s*$/im)) await drop('lgtm');
  if (says(/^\/approve[\t ]*(no-issue)?[\t ]*$/im)) await approve(services, pull, author);
  if (says(/^\/(remove-approve|approve[\t ]+cancel)[\t ]*$/im)) await drop('approved');
  if (says(/^\/(remove-hold|hold\s+cancel|unhold)(\s.*)?$/im)) await drop('do-not-merge/hold');
  else if (says(/^\/hold(\s.*)?$/im)) await github.addLabels(pull.repo, pull.number, ['do-not-merge/hold']);
  await startAsked(services, scheduler, pull, text);
}

async function lgtm(services: Services, pull: PullRequest, author: string): Promise<void> {
  if (author === pull.author) await services.github.comment(pull.repo, pull.number, robot, `@${author}: you cannot LGTM your own PR.`);
  else await services.github.addLabels(pull.repo, pull.number, ['lgtm']);
}

async function approve(services: Services, pull: PullRequest, author: string): Promise<void> {
  const allowed = await mayApprove(services, pull, author, 'owners or world');
  if (allowed) await services.github.addLabels(pull.repo, pull.number, ['approved']);
  const word = allowed ? 'APPROVED' : 'NOT APPROVED';
  await services.github.comment(pull.repo, pull.number, robot, `[APPROVALNOTIFIER] This PR is **${word}**\n\n${allowed ? `This pull-request has been approved by: *${author}*` : `@${author} is no approver of the files of this PR.`}\n<!-- META={"approvers":[${allowed ? JSON.stringify(author) : ''}]} -->`);
}

/** An approver in the nearest OWNERS of every changed file; or, where the world may decide too, one of its approvers other than the author. */
async function mayApprove(services: Services, pull: PullRequest, login: string, by: 'owners' | 'owners or world'): Promise<boolean> {
  const person = services.core.config.people.find((other) => other.login === login);
  if (by === 'owners or world' && person?.role === 'approver') return true;
  const files = await changedFilesOf(services, pull);
  if (files.length === 0) return false;
  for (const file of files) if (!(await approversOf(services, pull, file)).includes(login)) return false;
  return true;
}

async function approversOf(services: Services, pull: PullRequest, file: string): Promise<readonly string[]> {
  for (let folder = file; folder !== ''; ) {
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    const text = await services.git.readFile(pull.repo, `refs/heads/${pull.baseRef}`, folder === '' ? 'OWNERS' : `${folder}/OWNERS`);
    if (text !== undefined) return approversIn(text);
  }
  return [];
}

function approversIn(text: string): readonly string[] {
  try {
    const value: unknown = parse(text);
    const approvers: unknown = typeof value === 'object' && value !== null && 'approvers' in value ? value.approvers : undefined;
    return Array.isArray(approvers) ? approvers.filter((login) => typeof login === 'string') : [];
  } catch {
    return []; // an OWNERS file that is no YAML gives nobody rights
  }
}

async function startAsked(services: Services, scheduler: Scheduler, pull: PullRequest, text: string): Promise<void> {
  const all = /^\/test all,?($|\s.*)/m.test(text);
  const again = /^\/retest\s*$/m.test(text);
  const required = /^\/retest-required\s*$/m.test(text);
  if (!all && !again && !required && !/^\/test /m.test(text)) return;
  const latest = latestRuns(services, pull.repo, pull.number, pull.headSha);
  for (const job of await presubmitsOf(services, pull)) {
    const run = latest.find((other) => other.job === job.name);
    const failed = run !== undefined && isOver(run) && run.state !== 'success';
    const asked = all || isAskedFor(job, text) || (failed && (again || (required && !job.optional)));
    if (!asked) continue;
    if (run !== undefined && !isOver(run)) await scheduler.abort(run, 'Aborted by trigger plugin.');
    await startPresubmit(services, scheduler, job, pull);
  }
}

function isAskedFor(job: Job, text: string): boolean {
  const usual = new RegExp(`^/test( | .* )${job.name.replace(/[.\\]/g, '\\$&')},?($|\\s.*)`, 'm');
  const regex = job.trigger === undefined ? usual : (compileBranchRegex(job.trigger).regex ?? usual);
  return regex.test(text);
}

// The people of the world: once a pull request is green they look at it, each after their own time, and say lgtm or approve.
// They never look at their own pull requests, and do nothing at all when the rehearsing person plays them.
import type { PullEvent, PullRequest, Services, StatusEvent } from './services.ts';
import { isUpstream } from './prow/trigger.ts';
import { unmetContexts } from './tide.ts';

/** One look of one person at one commit. */
interface Look {
  readonly repo: string;
  readonly number: number;
  readonly sha: string;
  readonly login: string;
}

/** Registers the people's listeners. */
export function installPeople(services: Services): void {
  const { core, github } = services;
  if (core.config.manual === true) return;
  const planned = core.state<{ readonly looks: string[] }>('people', () => ({ looks: [] }));
  const notice = async (pull: PullRequest): Promise<void> => {
    if (pull.state !== 'open' || pull.draft || !isUpstream(services, pull.repo) || (await unmetContexts(services, pull)).length > 0) return;
    for (const person of core.config.people) {
      const key = `${pull.repo}#${pull.number} ${pull.headSha} ${person.login}`;
      if (person.login === pull.author || planned.looks.includes(key)) continue;
      planned.looks.push(key);
      core.schedule(person.paceMinutes * 60_000, 'person-looks', { repo: pull.repo, number: pull.number, sha: pull.headSha, login: person.login } satisfies Look);
    }
  };
  core.listen('pull-opened', async ({ repo, number }: PullEvent) => {
    // A repository with presubmits is noticed when they are green; the trigger has not yet told which run.
    const pull = github.pull(repo, number);
    if (pull !== undefined) await notice(pull);
  });
  core.listen('status-created', async ({ repo, sha, status }: StatusEvent) => {
    if (status.state !== 'success' || status.context === 'tide') return;
    for (const pull of github.pulls(repo)) if (pull.headSha === sha) await notice(pull);
  });
  core.on('person-looks', (look: Look) => act(services, look));
  core.on('person-lets-go', async ({ repo, number, login }: Look) => github.comment(repo, number, login, '/hold cancel'));
}

/** How long the fault on-hold holds. Milliseconds. */
const sixHours = 6 * 3_600_000;

async function act(services: Services, look: Look): Promise<void> {
  const { core, github } = services;
  if (core.fault('nobody-reviews')) return;
  const pull = github.pull(look.repo, look.number);
  const person = core.config.people.find((other) => other.login === look.login);
  if (pull?.state !== 'open' || pull.headSha !== look.sha || person === undefined || (await unmetContexts(services, pull)).length > 0) return;
  if (core.fault('closed')) return github.close(look.repo, look.number);
  const someoneElseReviews = core.config.people.some((other) => other.role === 'reviewer' && other.login !== pull.author);
  const words = [
    ...(person.role === 'reviewer' || !someoneElseReviews ? (pull.labels.includes('lgtm') ? [] : ['/lgtm']) : []),
    ...(person.role === 'approver' && !pull.labels.includes('approved') ? ['/approve'] : []),
  ];
  const held = core.state<{ readonly pulls: string[] }>('holds', () => ({ pulls: [] }));
  if (core.fault('on-hold') && !held.pulls.includes(`${look.repo}#${look.number}`)) {
    held.pulls.push(`${look.repo}#${look.number}`);
    words.push('/hold');
    core.schedule(sixHours, 'person-lets-go', look);
  }
  if (words.length > 0) await github.comment(look.repo, look.number, look.login, words.join('\n'));
}

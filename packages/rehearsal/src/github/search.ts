// Search of issues and pull requests: the qualifiers that a release asks for, and plain words in title and body.
// A qualifier the world does not know is refused, since ignoring one would find too much.
import type { Hono } from 'hono';
import { pageOf, placesOf, refusal } from './hub.ts';
import type { Hub } from './hub.ts';
import type { ThreadRecord } from './record.ts';
import { issueShape } from './thread-shape.ts';

type Test = (thread: ThreadRecord, repo: string) => boolean;

/** `/search/issues`. */
export function addSearchRoutes(app: Hono, hub: Hub): void {
  app.get('/search/issues', (c) => {
    const query = c.req.query('q') ?? '';
    if (query.trim() === '') throw refusal(422, 'Validation Failed', [{ resource: 'Search', field: 'q', code: 'missing' }]);
    const tests = parseQuery(query);
    const places = placesOf(hub, c);
    const found = hub.github.git.repos().flatMap((repo) =>
      Object.values(hub.github.repo(repo).threads)
        .filter((thread) => tests.every((test) => test(thread, repo)))
        .map((thread) => ({ thread, repo })),
    );
    const sort = c.req.query('sort') === 'updated' ? 'updatedAt' : 'createdAt';
    found.sort((a, b) => b.thread[sort] - a.thread[sort] || b.thread.number - a.thread.number);
    if (c.req.query('order') === 'asc') found.reverse();
    const items = pageOf(hub, c, found).map(({ thread, repo }) => ({ ...issueShape({ hub, places, repo }, thread), score: 1 }));
    return c.json({ total_count: found.length, incomplete_results: false, search_type: 'lexical', items });
  });
}

/** Words, "quoted phrases", `key:value` and `-key:value`. */
function parseQuery(query: string): readonly Test[] {
  const tokens = query.match(/-?[\w-]+:"[^"]*"|"[^"]*"|\S+/g) ?? [];
  return tokens.map((token) => {
    const [, minus, key, quoted, plain] = /^(-?)([a-z-]+):(?:"([^"]*)"|(.+))$/.exec(token) ?? [];
    if (key === undefined) return wordTest(token.replace(/^"|"$/g, ''));
    const test = qualifier(key, quoted ?? plain ?? '');
    return minus === '-' ? (thread, repo) => !test(thread, repo) : test;
  });
}

function wordTest(word: string): Test {
  const wanted = word.toLowerCase();
  return (thread) => `${thread.title}\n${thread.body}`.toLowerCase().includes(wanted);
}

function qualifier(key: string, value: string): Test {
  switch (`${key}:${value}`) {
    case 'is:pr':
    case 'type:pr':
      return (thread) => thread.pull !== undefined;
    case 'is:issue':
    case 'type:issue':
      return (thread) => thread.pull === undefined;
    case 'is:open':
    case 'state:open':
      return (thread) => thread.state === 'open';
    case 'is:closed':
    case 'state:closed':
      return (thread) => thread.state === 'closed';
    case 'is:merged':
      return (thread) => thread.pull?.merge !== undefined;
    case 'is:unmerged':
      return (thread) => thread.pull !== undefined && thread.pull.merge === undefined;
    case 'in:title':
    case 'in:body':
      return () => true; // words are looked for in both
    default:
      return valueQualifier(key, value);
  }
}

function valueQualifier(key: string, value: string): Test {
  switch (key) {
    case 'repo':
      return (_, repo) => repo.toLowerCase() === value.toLowerCase();
    case 'org':
    case 'user':
      return (_, repo) => repo.startsWith(`${value}/`);
    case 'author':
      return (thread) => thread.author === value;
    case 'head':
      return (thread) => thread.pull?.headRef.startsWith(value) === true;
    case 'base':
      return (thread) => thread.pull?.baseRef === value;
    case 'label':
      return (thread) => thread.labels.includes(value);
    default:
      throw refusal(422, `The rehearsal world does not search by ${key}:${value}`);
  }
}

import { describe, expect, test } from 'vitest';
import { weighApprovals, type Person, type Signal } from './index.ts';

const github = 'https://api.github.com';
const user = (uid: number, name: string, host = 'laptop'): Person['user'] & object => ({ uid, name, host });
const os = (uid: number, name: string, host?: string): Person => ({ name, verified: 'os', user: user(uid, name, host) });
const login = (name: string, more: Partial<Person> = {}): Person => ({ name, verified: 'forge', forge: github, ...more });
const claimed = (name: string): Person => ({ name, verified: 'none' });
const says = (by: Person, decision: 'approve' | 'decline' = 'approve', more: Partial<Signal> = {}): Signal => ({ at: 1, kind: 'signal', step: 'm', by, decision, hash: 'h', ...more });
const weigh = (approvers: number, ...signals: Signal[]) => weighApprovals(signals, { approvers, hash: 'h', forge: github });
const names = ({ counted }: ReturnType<typeof weigh>): string[] => counted.map((signal) => signal.by.name);

describe('several approvers', () => {
  test.each<[string, Person[], string[]]>([
    ['two logins', [login('anna'), login('bert')], ['anna', 'bert']],
    ['two logins of one account of a machine', [login('anna', { user: user(0, 'root') }), login('bert', { user: user(0, 'root') })], ['anna', 'bert']],
    ['two users of one machine', [os(1, 'anna'), os(2, 'bert')], ['anna', 'bert']],
    ['a login and another user of the machine', [login('anna', { user: user(1, 'a') }), os(2, 'bert')], ['anna', 'bert']],
    ['one login twice', [login('anna'), login('Anna')], ['Anna']],
    ['one user twice', [os(1, 'anna'), os(1, 'anna')], ['anna']],
    ['one user under two names', [os(1, 'anna'), os(1, 'bert')], ['anna']],
    ['one user with and without a token', [os(1, 'anna'), login('anna-k', { user: user(1, 'anna') })], ['anna-k']],
    ['users of two machines', [os(1, 'anna', 'a'), os(2, 'bert', 'b')], ['anna']],
    ['a login and a user of another machine', [login('anna', { user: user(1, 'a', 'a') }), os(2, 'bert', 'b')], ['anna']],
    ['an account that two logins share counts no third time', [os(0, 'root'), login('anna', { user: user(0, 'root') }), login('bert', { user: user(0, 'root') })], ['anna', 'bert']],
    ['names that nobody vouches for', [claimed('anna'), claimed('bert')], []],
    ['a login of another forge', [login('anna'), login('bert', { forge: 'http://127.0.0.1:8080' })], ['anna']],
    ['two people of the world', [{ name: 'rehearsal:a', verified: 'rehearsal' }, { name: 'rehearsal:b', verified: 'rehearsal' }], ['rehearsal:a', 'rehearsal:b']],
    ['one of the world twice', [{ name: 'rehearsal:a', verified: 'rehearsal' }, { name: 'rehearsal:a', verified: 'rehearsal' }], ['rehearsal:a']],
  ])('%s', (_, people, counted) => {
    const weighing = weigh(2, ...people.map((by) => says(by)));
    expect(names(weighing)).toEqual(counted);
    expect(weighing.missing).toBe(2 - counted.length);
  });

  test.each<[string, Person[], string[]]>([
    ['one of the world and a colleague of the same name', [{ name: 'anna', verified: 'rehearsal' }, login('anna')], ['anna', 'anna']],
    ['one of the world and a user of the same name', [os(1, 'anna'), { name: 'anna', verified: 'rehearsal' }], ['anna', 'anna']],
    ['a login and a user, where nobody knows the account of the login', [login('anna'), os(1, 'bert')], ['anna', 'bert']],
    ['a login and a user of its name, where nobody knows the account of the login', [login('anna'), os(1, 'anna')], ['anna']],
    ['two users without accounts', [{ name: 'anna', verified: 'os' }, { name: 'bert', verified: 'os' }], ['anna', 'bert']],
    ['a login on two machines', [login('anna', { user: user(1, 'a', 'a') }), login('anna', { user: user(1, 'a', 'b') })], ['anna']],
    ['a login under two accounts of a machine', [login('anna', { user: user(1, 'a') }), login('anna', { user: user(2, 'b') })], ['anna']],
  ])('%s', (_, people, counted) => expect(names(weigh(2, ...people.map((by) => says(by))))).toEqual(counted));

  test('a login of a run without a forge, and of an unknown one', () => {
    const why = (person: Person, forge?: string): string | undefined => weighApprovals([says(person)], { approvers: 2, hash: 'h', ...(forge === undefined ? {} : { forge }) }).uncounted[0]?.why;
    expect(why(login('anna'))).toBe('https://api.github.com answered for the login, and this run goes by another one');
    expect(why({ name: 'anna', verified: 'forge' }, github)).toBe('an unknown forge answered for the login, and this run goes by https://api.github.com');
    expect(why(login('anna'), github)).toBeUndefined();
  });

  test('says of each that does not count why', () => {
    const { uncounted } = weigh(3, says(os(1, 'anna')), says(os(1, 'other')), says(claimed('bert')), says(login('carl', { forge: 'http://127.0.0.1:1' })), says(os(2, 'dora', 'tower')), says(login('eve'), 'approve', { hash: 'old' }));
    expect(Object.fromEntries(uncounted.map(({ signal, why }) => [signal.by.name, why]))).toEqual({
      other: 'it cannot be told apart from anna: the same user of this machine',
      bert: 'nobody vouches for the name',
      carl: 'http://127.0.0.1:1 answered for the login, and this run goes by https://api.github.com',
      dora: 'it cannot be told apart from anna: another machine',
      eve: 'it was said of another text of this step',
    });
  });
});

test('one approver may be anybody, but not of another text', () => {
  expect(weigh(1, says(claimed('anna'))).missing).toBe(0);
  expect(weigh(1, says(os(1, 'anna'), 'approve', { hash: 'old' })).missing).toBe(1);
});

describe('a refusal', () => {
  const [anna, bert] = [os(1, 'anna'), os(2, 'bert')];
  test('stands whatever others say', () => expect(weigh(1, says(anna, 'decline'), says(bert)).declined?.by).toEqual(anna));
  test('is taken back by the same person', () => expect(weigh(1, says(anna, 'decline'), says(anna, 'approve', { at: 2 }))).toMatchObject({ missing: 0, counted: [{ by: anna }] }));
  test('is taken back with a token as well', () => expect(weigh(1, says(anna, 'decline'), says(login('a', { user: user(1, 'anna') }), 'approve', { at: 2 })).declined).toBeUndefined());
  test('takes an approval back', () => expect(weigh(1, says(anna), says(anna, 'decline', { at: 2 }))).toMatchObject({ declined: { by: anna }, missing: 1 }));

  test.each<[string, Person, Person]>([
    ['a user of another machine', os(1, 'anna', 'a'), os(1, 'anna', 'b')],
    ['another user', os(1, 'anna'), os(2, 'anna')],
    ['another login', login('anna'), login('bert')],
    ['another login of the same account', login('anna', { user: user(0, 'root') }), login('bert', { user: user(0, 'root') })],
    ['the same login of another forge', login('anna'), login('anna', { forge: 'http://127.0.0.1:1' })],
    ['a name that nobody vouches for', os(1, 'anna'), claimed('anna')],
    ['one of the world', login('anna'), { name: 'anna', verified: 'rehearsal' }],
    ['a login of unknown account', os(1, 'anna'), login('anna')],
  ])('is not taken back by %s', (_, one, other) => {
    expect(weigh(1, says(one, 'decline'), says(other, 'approve', { at: 2 })).declined?.by).toEqual(one);
    expect(weigh(1, says(other, 'decline'), says(one, 'approve', { at: 2 })).declined?.by).toEqual(other);
  });

  test.each<[string, Person]>([
    ['a login', login('Anna')],
    ['a claimed name', claimed('anna')],
    ['one of the world', { name: 'anna', verified: 'rehearsal' }],
  ])('of %s is taken back by the same', (_, person) => {
    const again = { ...person, name: person.verified === 'forge' ? 'anna' : person.name };
    expect(weigh(1, says(person, 'decline'), says(again, 'approve', { at: 2 })).declined).toBeUndefined();
    expect(weigh(1, says(person), says(again, 'decline', { at: 2 })).declined?.by).toEqual(again);
  });

  test('is not taken back by an earlier word of the same person', () => {
    const token = login('a', { user: user(1, 'anna') });
    expect(weigh(1, says(token, 'approve', { at: 1 }), says(anna, 'decline', { at: 2 })).declined?.by).toEqual(anna);
    expect(weigh(1, says(anna, 'decline', { at: 2 }), says(token, 'approve', { at: 2 })).declined).toBeUndefined();
  });
});

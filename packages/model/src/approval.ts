// Whose approvals of a manual step count, and as how many people. Pure. It never takes two names for two people: people are
// two only where a forge or a kernel has told them apart.
import type { Person, RunEvent } from './event.ts';

/** What somebody said of a manual step. */
export type Signal = Extract<RunEvent, { kind: 'signal' }>;

/** What a manual step asks for. */
export interface ApprovalRule {
  /** How many people must approve. */
  readonly approvers: number;
  /** Content hash of the step: what was said of another text of it says nothing. */
  readonly hash: string;
  /** The forge whose word the run takes for logins. */
  readonly forge?: string;
}

/** Where the approvals of a step stand. */
export interface Weighing {
  /** One approval of each person that counts; the newest of each. */
  readonly counted: readonly Signal[];
  /** Approvals that do not count, and why. */
  readonly uncounted: readonly { readonly signal: Signal; readonly why: string }[];
  /** A refusal that its person has not taken back. */
  readonly declined?: Signal;
  readonly missing: number;
}

/**
 * Weighs what was said of a step. One approver may be anybody; several must be verified and distinct. The same person counts
 * once, by their newest word; a refusal stands until the same person approves.
 */
export function weighApprovals(signals: readonly Signal[], rule: ApprovalRule): Weighing {
  const about = signals.filter((signal) => signal.hash === undefined || signal.hash === rule.hash);
  const stale = signals.filter((signal) => !about.includes(signal));
  const newest = about.filter((signal, index) => !about.slice(index + 1).some((later) => isSameIdentity(later.by, signal.by)));
  const approvals = newest.filter((signal) => signal.decision === 'approve');
  const declined = newest.find((signal) => signal.decision === 'decline' && !approvals.some((approval) => approval.at >= signal.at && isSurelySame(approval.by, signal.by)));
  const counted: Signal[] = [];
  const uncounted = stale.map((signal) => ({ signal, why: 'it was said of another text of this step' }));
  // logins of a forge tell more people apart than users of a machine, so they are counted first
  for (const signal of [...approvals].sort((a, b) => rank(b.by) - rank(a.by))) {
    const why = rule.approvers === 1 ? undefined : objection(signal.by, counted, rule);
    if (why === undefined) counted.push(signal);
    else uncounted.push({ signal, why });
  }
  return { counted, uncounted, ...(declined === undefined ? {} : { declined }), missing: Math.max(0, rule.approvers - counted.length) };
}

/** Why a person is not one more among the counted ones. */
function objection(person: Person, counted: readonly Signal[], { forge }: ApprovalRule): string | undefined {
  if (person.verified === 'none') return 'nobody vouches for the name';
  if (person.verified === 'forge' && person.forge !== forge) return `${person.forge ?? 'an unknown forge'} answered for the login, and this run goes by ${forge ?? 'another one'}`;
  const same = counted.find((signal) => isSamePerson(signal.by, person));
  if (same === undefined) return undefined;
  if (isSameIdentity(same.by, person)) return `${person.name} counts once`;
  return `it cannot be told apart from ${same.by.name}: ${person.user?.host === same.by.user?.host ? 'the same user of this machine' : 'another machine'}`;
}

function rank(person: Person): number {
  return { forge: 2, rehearsal: 2, os: 1, none: 0 }[person.verified];
}

/** The very same identity: a later word of it replaces the earlier one. */
function isSameIdentity(a: Person, b: Person): boolean {
  return a.verified === b.verified && nameOf(a) === nameOf(b) && a.forge === b.forge && a.user?.uid === b.user?.uid && a.user?.host === b.user?.host;
}

/** Whether two identities may be one person: everybody may be who they cannot be proven not to be. */
function isSamePerson(a: Person, b: Person): boolean {
  if (a.verified === 'rehearsal' || b.verified === 'rehearsal') return a.verified === b.verified && a.name === b.name;
  if (a.verified === 'forge' && b.verified === 'forge') return a.forge !== b.forge || nameOf(a) === nameOf(b);
  if (a.verified === 'none' || b.verified === 'none') return nameOf(a) === nameOf(b);
  if (a.user === undefined || b.user === undefined) return nameOf(a) === nameOf(b);
  return a.user.host !== b.user.host || a.user.uid === b.user.uid;
}

/** Whether two identities are proven to be one person: nobody else takes a refusal back. */
function isSurelySame(a: Person, b: Person): boolean {
  if (isSameIdentity(a, b)) return true;
  if (a.verified === 'forge' && b.verified === 'forge') return a.forge === b.forge && nameOf(a) === nameOf(b);
  const isVouched = [a, b].every(({ verified }) => verified === 'forge' || verified === 'os');
  return isVouched && a.user !== undefined && a.user.host === b.user?.host && a.user.uid === b.user.uid;
}

/** Logins of a forge do not differ by case. */
function nameOf({ name, verified }: Person): string {
  return verified === 'forge' ? name.toLowerCase() : name;
}

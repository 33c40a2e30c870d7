// The WWW-Authenticate header as data. Pure. (RFC 9110 §11.6.1; domain §6.1)

/** One challenge: how a registry wants to be told who asks. */
export interface Challenge {
  /** Lower case: `bearer`, `basic` … */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads every challenge of a header; several may share it. Values may be quoted or not. Garbage is skipped, never thrown on. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const token = /\s*,?\s*(?:([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+))/y;
  while (token.lastIndex < header.length) {
    const match = token.exec(header);
    if (match === null) break;
    const [, name, quoted, bare, scheme] = match;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else if (name !== undefined) {
      const current = challenges.at(-1);
      if (current !== undefined) current.parameters[name.toLowerCase()] = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    }
  }
  return challenges;
}

// `runbook registry digest IMAGE…`: the digest of one image, or of many at once, each answered for itself.
import { safeText } from '@runbook/access';
import { BadReferenceError, parseReference } from '@runbook/registry';
import { oneLine } from '@runbook/render';
import { isOutsideError, withClients, type Clients } from '../clients.ts';
import { print, say } from '../console.ts';
import { exitCodes } from '../exit.ts';
import { eachInParallel, readParallel } from '../parallel.ts';

/** The flags of `registry digest`. */
export interface DigestFlags {
  readonly json?: boolean;
  readonly platforms?: boolean;
  readonly parallel?: string;
}

interface Found {
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly platforms?: readonly string[];
}

interface NotFound {
  readonly reference: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** As many as browsers ask of one server, and few enough for the limits of registries. */
const usualHands = 8;

/** `registry digest`: of one image the digest alone on stdout, of many a line each. 1 when one of them is not told. */
export function registryDigest(references: readonly string[], flags: DigestFlags): Promise<number> {
  const hands = flags.parallel === undefined ? usualHands : readParallel(flags.parallel);
  return withClients({}, async (clients) => {
    // nothing is asked while one of them is no reference
    for (const reference of references) insistOnReference(reference);
    const [only] = references;
    return only !== undefined && references.length === 1 ? tellOne(await look(clients, only, flags), flags) : tellMany(await eachInParallel(references, hands, (reference) => tryToLook(clients, reference, flags)), flags);
  });
}

function insistOnReference(reference: string): void {
  const { problem } = parseReference(reference);
  if (problem !== undefined) throw new BadReferenceError(problem);
}

async function look({ registry }: Clients, reference: string, { platforms }: DigestFlags): Promise<Found> {
  const { digest, mediaType, size } = await registry.get(reference);
  return { reference, digest, mediaType, size, ...(platforms === true ? { platforms: await registry.platforms(reference) } : {}) };
}

async function tryToLook(clients: Clients, reference: string, flags: DigestFlags): Promise<Found | NotFound> {
  try {
    return await look(clients, reference, flags);
  } catch (error) {
    if (!isOutsideError(error)) throw error;
    return { reference, error: { code: error.code, message: error.message } };
  }
}

function tellOne(found: Found, { json }: DigestFlags): number {
  print(json === true ? JSON.stringify(found, null, 2) : `${found.digest}${shownPlatforms(found)}`);
  return exitCodes.done;
}

function tellMany(answers: readonly (Found | NotFound)[], { json }: DigestFlags): number {
  const failed = answers.filter((answer) => 'error' in answer);
  if (json === true) print(JSON.stringify({ images: answers }, null, 2));
  else {
    const found = answers.filter((answer) => 'digest' in answer);
    if (found.length > 0) print(found.map((image) => `${image.digest}  ${oneLine(image.reference)}${shownPlatforms(image)}`).join('\n'));
    for (const { reference, error } of failed) say(safeText(`${reference}: ${error.message}`));
    if (failed.length > 0) say(`${failed.length} of ${answers.length} ${failed.length === 1 ? 'was' : 'were'} not told.`);
  }
  return failed.length === 0 ? exitCodes.done : exitCodes.failed;
}

function shownPlatforms({ platforms }: Found): string {
  return platforms === undefined ? '' : `  ${platforms.map(oneLine).join(', ')}`;
}

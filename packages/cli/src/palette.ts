// Which colours and which kind of display a stream gets. The only place that reads the variables which decide that;
// the environment is handed in, so that nothing here depends on a process.
import pc from 'picocolors';
import { plainPalette, type Palette } from '@runbook/render';

/** What is known of a stream. */
export interface StreamKind {
  readonly isTTY?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The colours for a stream. `NO_COLOR` (any value, https://no-color.org) wins over everything, then `FORCE_COLOR` (anything but
 * `0` or `false`); otherwise only a terminal that is neither dumb nor a CI's gets colours.
 */
export function createPalette(environment: Environment, stream: StreamKind): Palette {
  if (!wantsColour(environment, stream)) return plainPalette;
  const { bold, dim, red, green, yellow, cyan, magenta } = pc.createColors(true);
  return { bold, dim, red, green, yellow, cyan, magenta };
}

/** Whether a live display may be drawn: a terminal that moves its cursor, outside CI. Colours do not matter for this. */
export function isLiveTerminal(environment: Environment, stream: StreamKind): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb' && !isSet(environment['CI']);
}

function wantsColour(environment: Environment, stream: StreamKind): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = environment;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isLiveTerminal(environment, stream);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

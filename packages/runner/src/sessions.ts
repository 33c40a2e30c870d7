// The sessions of one execution: opened when first needed, fed with inputs and outputs, closed at the end.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, PlanStep } from '@runbook/model';
import type { Memory } from './memory.ts';
import type { ExecuteOptions, Ports } from './ports.ts';
import type { ScriptSession } from './script-session.ts';
import type { ShellSession } from './shell-session.ts';

/** The sessions at hand, and what a step finds in them. */
export interface OpenSessions {
  shell(): ShellSession;
  script(): ScriptSession;
  /** Variables that must be assigned before this shell step: what changed since the last one, and the secrets it names. */
  shellVariables(step: PlanStep): Readonly<Record<string, string>>;
  /** Names to unset after the step: its secrets. */
  secretsOf(step: PlanStep): Readonly<Record<string, string>>;
  /** Inputs and outputs as a script block sees them. */
  scriptValues(): Readonly<Record<string, Json>>;
  /** Forgets what was handed to the shell: a fresh one knows nothing. */
  close(): Promise<void>;
}

/** Prepares the sessions; nothing is started yet. */
export function openSessions(ports: Ports, options: ExecuteOptions, memory: Memory): OpenSessions {
  let shell: ShellSession | undefined;
  let script: ScriptSession | undefined;
  const handed = new Map<string, string>();
  const secretsOf = (step: PlanStep): Record<string, string> =>
    Object.fromEntries(Object.entries(options.secrets).filter(([name]) => step.uses.includes(name)));
  return {
    shell: () => (shell ??= ports.sessions.openShell(trustedSnapshot(ports, memory))),
    script: () => (script ??= ports.sessions.openScript()),
    secretsOf,
    shellVariables(step) {
      const due: Record<string, string> = {};
      const known: Record<string, Json> = { ...options.values, ...Object.fromEntries(memory.outputs) };
      for (const [name, value] of Object.entries(known)) {
        const text = shellText(value);
        if (text === undefined || handed.get(name) === text) continue;
        handed.set(name, text);
        due[name] = text;
      }
      return { ...due, ...ports.clock.environment(), ...secretsOf(step) };
    },
    scriptValues: () => ({ ...options.values, ...Object.fromEntries(memory.outputs) }),
    async close() {
      await shell?.close();
      await script?.close();
    },
  };
}

/** A value as the shell sees it: strings as they are, numbers and booleans as text, null unset, anything else as JSON. (DESIGN §3.) */
function shellText(value: Json): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The state file to start from, if it still is the one the journal names. */
function trustedSnapshot(ports: Ports, memory: Memory): string | undefined {
  if (memory.snapshot === undefined) return undefined;
  const file = join(ports.folders.run, memory.snapshot.file);
  try {
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    return sha256 === memory.snapshot.sha256 ? file : undefined;
  } catch {
    // the file is gone: variables that were not published are lost, outputs are handed over anew
    return undefined;
  }
}

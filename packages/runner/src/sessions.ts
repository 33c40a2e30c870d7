// The sessions of one execution: opened when first needed, fed with inputs and outputs, closed at the end.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, PlanStep } from '@runbook/model';
import type { Memory } from './memory.ts';
import type { Ports } from './ports.ts';
import { settleShell } from './relocation.ts';
import type { ScopeId, Scopes } from './scope.ts';
import type { ScriptSession } from './script-session.ts';
import type { ShellSession } from './shell-session.ts';

/** The sessions at hand, one of each kind for each document, and what a step finds in them. */
export interface OpenSessions {
  shell(scope: ScopeId): ShellSession;
  script(scope: ScopeId): ScriptSession;
  /** Variables that must be assigned before this shell step: what changed since the last one, and the secrets it names. */
  shellVariables(step: PlanStep): Readonly<Record<string, string>>;
  /** Names to unset after the step: its secrets. */
  secretsOf(step: PlanStep): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Pair {
  shell?: ShellSession;
  script?: ScriptSession;
  /** What the shell has been handed already. */
  readonly handed: Map<string, string>;
}

/** What sessions are made from. */
interface SessionParts {
  readonly ports: Ports;
  readonly scopes: Scopes;
  readonly memory: Memory;
  /** The run's own document. */
  readonly document: { readonly file: string; readonly cwd?: string };
  /** Told of each process group before a block runs in it. */
  readonly onGroup: (group: number) => void;
}

/** Prepares the sessions; nothing is started yet. */
export function openSessions({ ports, scopes, memory, document, onGroup }: SessionParts): OpenSessions {
  const pairs = new Map<ScopeId, Pair>();
  const pairOf = (scope: ScopeId): Pair => {
    const pair = pairs.get(scope) ?? { handed: new Map<string, string>() };
    pairs.set(scope, pair);
    return pair;
  };
  const secretsOf = (step: PlanStep): Record<string, string> =>
    Object.fromEntries(Object.entries(scopes.secrets(step.scope)).filter(([name]) => step.uses.includes(name)));
  return {
    shell: (scope) => (pairOf(scope).shell ??= settleShell(ports.sessions.openShell(trustedSnapshot(ports, memory.snapshot(scope)), scopes.find(scope) ?? document, onGroup), ports, memory)),
    script: (scope) => (pairOf(scope).script ??= ports.sessions.openScript(scopes.find(scope) ?? document, onGroup)),
    secretsOf,
    shellVariables(step) {
      const { handed } = pairOf(step.scope);
      const due: Record<string, string> = {};
      for (const [name, value] of Object.entries(scopes.values(step.scope))) {
        const text = shellText(value);
        if (text === undefined || handed.get(name) === text) continue;
        handed.set(name, text);
        due[name] = text;
      }
      return { ...due, ...ports.clock.environment(), ...secretsOf(step) };
    },
    async close() {
      for (const { shell, script } of pairs.values()) {
        await shell?.close();
        await script?.close();
      }
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
function trustedSnapshot(ports: Ports, snapshot: ReturnType<Memory['snapshot']>): string | undefined {
  if (snapshot === undefined) return undefined;
  const file = join(ports.folders.run, snapshot.file);
  try {
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    return sha256 === snapshot.sha256 ? file : undefined;
  } catch {
    // the file is gone: variables that were not published are lost, outputs are handed over anew
    return undefined;
  }
}

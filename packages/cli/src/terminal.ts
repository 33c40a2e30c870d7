// For tests of what a person does at a terminal: a real one by tmux, keys that are typed, and the screen as it is seen.
// Only tests import this; nothing here is part of the command.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether there is a tmux to open terminals with. */
export const canOpenTerminals = spawnSync('tmux', ['-V']).status === 0;

/** A terminal with one command in it. */
export interface Terminal {
  /** Types a text and Enter. */
  type(text: string): void;
  /** Presses a key by tmux's name for it, for example `C-c`. */
  press(key: string): void;
  /** The screen and what has scrolled off it. */
  screen(): string;
  /** Waits until the screen shows something. @throws Error with the screen after 20 seconds */
  shows(what: RegExp): Promise<string>;
  close(): void;
}

/** Opens a terminal of 100 columns and 40 rows. The command ends with its exit code on the screen, as `[exit 0]`. */
export function openTerminal(command: readonly string[], { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }): Terminal {
  const socket = `runbook-${randomBytes(6).toString('hex')}`;
  const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env } });
  tmux('new-session', '-d', '-x', '100', '-y', '40', '-c', cwd, 'sh', '-c', '"$@"; echo "[exit $?]"; read -r _', 'sh', ...command);
  const screen = (): string => tmux('capture-pane', '-p', '-J', '-S', '-2000');
  return {
    type: (text) => void tmux('send-keys', '-l', `${text}\n`),
    press: (key) => void tmux('send-keys', key),
    screen,
    async shows(what) {
      const deadline = Date.now() + 20_000;
      for (let seen = screen(); ; seen = screen()) {
        if (what.test(seen)) return seen;
        if (Date.now() > deadline) throw new Error(`the terminal never showed ${String(what)}:\n${seen}`);
        await pause(30);
      }
    },
    close: () => void spawnSync('tmux', ['-L', socket, 'kill-server']),
  };
}

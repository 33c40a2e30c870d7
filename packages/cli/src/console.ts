// The two streams of the command: people read stderr while something goes on, machines and pipes read stdout.
import { createPalette } from './palette.ts';
import type { Palette } from '@runbook/render';

/** Colours and width for text on stdout. */
export function stdoutStyle(): { readonly width: number; readonly palette: Palette } {
  return { width: process.stdout.columns ?? Infinity, palette: createPalette(process.env, process.stdout) };
}

/** Colours and width for text on stderr. */
export function stderrStyle(): { readonly width: number; readonly palette: Palette } {
  return { width: process.stderr.columns ?? Infinity, palette: createPalette(process.env, process.stderr) };
}

/** Writes a result. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes what people read beside the result. */
export function say(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

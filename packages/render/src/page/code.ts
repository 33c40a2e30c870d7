// Code as a page shows it: coloured where the language is known, in a box that scrolls by keyboard too. What would reorder or
// hide characters is made visible, so that a reader sees what would run.
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import type { Element, ElementContent } from 'hast';
import { safeText } from '@runbook/access';
import { el } from './element.ts';

const colours = createLowlight({ bash, json, typescript, yaml });
colours.registerAlias({ bash: ['sh', 'shell', 'zsh'], json: ['json5', 'jsonc'], typescript: ['js', 'mjs', 'ts', 'javascript'], yaml: ['yml'] });

/** Longer code than this many characters stays in one colour: it is no reading matter, and colouring takes time. */
const longestColoured = 50_000;

/** A code box. `label` says to a screen reader what it holds. */
export function codeBox(value: string, language: string, label: string): Element {
  return el('div', { className: ['code'] }, el('pre', { tabIndex: 0, role: 'group', ariaLabel: label }, el('code', {}, paint(visible(value), language))));
}

/** Foreign text with every character to be seen. */
export function visible(text: string): string {
  return safeText(text.replaceAll('\u001b', '\u241b'));
}

function paint(text: string, language: string): ElementContent[] {
  if (language === 'console') return paintConsole(text);
  if (text.length > longestColoured || !colours.registered(language)) return [{ type: 'text', value: text }];
  return colours.highlight(language, text).children.filter((child) => child.type !== 'doctype');
}

/** A terminal session: what is typed, and what is answered. Without prompts nothing is known of it. */
function paintConsole(text: string): ElementContent[] {
  const lines = text.split('\n');
  if (!lines.some((line) => /^[$#>] /.test(line))) return [{ type: 'text', value: text }];
  return lines.flatMap((line, index): ElementContent[] => {
    const end = index < lines.length - 1 ? '\n' : '';
    if (!/^[$#>] /.test(line)) return [el('span', { className: ['answer'] }, line + end)];
    return [el('span', { className: ['prompt'] }, line.slice(0, 2)), ...colours.highlight('bash', line.slice(2) + end).children.filter((child) => child.type !== 'doctype')];
  });
}

// A block that does not run: data with its language and source, the output that a step is expected to give, a terminal session.
import type { DataBlock } from '@runbook/model';
import type { Element, ElementContent } from 'hast';
import { encodeId, idPrefixes } from './anchor.ts';
import { codeBox } from './code.ts';
import { el, type Child } from './element.ts';

/** What a figure needs to know beyond its block. */
export interface FigureContext {
  cardOf(step: string): string | undefined;
  link(href: string, label: string): ElementContent;
  /** False when another figure has this id. */
  takeId(id: string): boolean;
}

/** A data block with its caption. */
export function dataFigure(block: Pick<DataBlock, 'language' | 'source' | 'attributes'>, context: FigureContext): Element {
  const { expect, source, name } = block.attributes;
  const word = languageWord(block.language);
  const card = expect === undefined ? undefined : context.cardOf(expect);
  const caption: Child[] = [
    ...(expect === undefined ? [] : ['expected output of ', card === undefined ? el('code', {}, expect) : el('a', { href: `#${encodeId(card)}` }, el('code', {}, expect))]),
    ...(expect === undefined && word !== '' ? [el('span', { className: ['tag'] }, word)] : []),
    ...(name === undefined ? [] : [' ', el('code', {}, name)]),
    ...(source === undefined ? [] : [el('span', { className: ['from'] }, 'from ', context.link(source, source))]),
  ];
  const label = expect === undefined ? `${word === '' ? 'Text' : `Block of ${word}`}` : `Expected output of ${expect}`;
  const id = expect === undefined ? undefined : idPrefixes.expect + expect;
  return el(
    'figure',
    { className: ['data'], ...(id !== undefined && context.takeId(id) ? { id } : {}) },
    caption.length === 0 ? undefined : el('figcaption', {}, ...caption),
    codeBox(block.source, block.language, label),
  );
}

function languageWord(language: string): string {
  return language === 'console' ? 'terminal' : language;
}

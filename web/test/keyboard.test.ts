import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BurstGuard } from '../src/lib/barcode';
import { type Pressed, isShortcut, isSlash } from '../src/lib/keyboard';

const key = (code: string, text: string, more: Partial<Pressed> = {}): Pressed => ({
  code, key: text, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more,
});

test('a shortcut lies in the same place on each layout', () => {
  for (const text of ['n', 'د', 'ن', 'N']) assert.ok(isShortcut(key('KeyN', text, { altKey: true }), 'Alt+N'));
  assert.ok(isShortcut(key('KeyS', 'س', { altKey: true }), 'Alt+S'));
  assert.ok(isShortcut(key('KeyP', 'ح', { altKey: true }), 'Alt+P'));
  // AZERTY: the letter A is typed with the key where Q lies.
  assert.ok(!isShortcut(key('KeyQ', 'a', { altKey: true }), 'Alt+A'));
});

test('AltGr, Ctrl and Shift are other keys', () => {
  assert.ok(!isShortcut(key('KeyN', 'ñ', { altKey: true, ctrlKey: true }), 'Alt+N'));
  assert.ok(!isShortcut(key('KeyN', 'ñ', { altKey: true, altGraph: true }), 'Alt+N'));
  assert.ok(!isShortcut(key('KeyN', 'N', { altKey: true, shiftKey: true }), 'Alt+N'));
  assert.ok(!isShortcut(key('KeyN', 'n'), 'Alt+N'));
  assert.ok(isShortcut(key('ArrowUp', 'ArrowUp', { altKey: true, shiftKey: true }), 'Alt+Shift+ArrowUp'));
  assert.ok(isShortcut(key('Escape', 'Escape'), 'Escape'));
});

test('the search opens with its character or its place', () => {
  assert.ok(isSlash(key('Slash', '/')));
  assert.ok(isSlash(key('Period', '/', { shiftKey: true })));
  assert.ok(isSlash(key('Slash', 'ظ')));
  assert.ok(!isSlash(key('Slash', '?', { shiftKey: true })));
  assert.ok(!isSlash(key('Slash', '/', { ctrlKey: true })));
});

function feed(text: string, gapMs: number, enterMs: number): string {
  const guard = new BurstGuard();
  let at = 1000;
  for (const c of text) guard.char(c, (at += gapMs));
  return guard.enter(at + enterMs);
}

test("a barcode reader's Enter is known by its pace", () => {
  assert.equal(feed('PSH-26-004562-5', 4, 4), 'PSH-26-004562-5');
  assert.equal(feed('PSH-26-004562-5', 20, 20), 'PSH-26-004562-5');
});

test('people are not taken for a reader', () => {
  assert.equal(feed('Karim', 60, 80), '');
  assert.equal(feed('Abdul Qadir', 35, 40), '');
  // Rolling two keys is no burst; neither is Enter after a look at the screen.
  assert.equal(feed('ab', 5, 5), '');
  assert.equal(feed('PSH-26-004562-5', 4, 400), '');
});

test('another key ends a burst', () => {
  const guard = new BurstGuard();
  let at = 0;
  for (const c of '123456') guard.char(c, (at += 3));
  guard.reset();
  assert.equal(guard.enter(at + 3), '');
});

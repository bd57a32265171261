// rows.ts: lines that are added and taken away one by one: the focus goes to what was added, and back to
// the button after a removal, so that the keyboard never stands on nothing.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** For the box around the lines (`.row-line`) and their button (`.row-add`). */
export function useRows(count: number): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(count);
  useLayoutEffect(() => {
    const more = count > before.current;
    if (count !== before.current) {
      const last = [...(box.current?.querySelectorAll('.row-line') ?? [])].pop();
      const target = more ? last?.querySelector<HTMLElement>('input') : box.current?.querySelector<HTMLElement>('.row-add');
      target?.focus();
    }
    before.current = count;
  }, [count]);
  return box;
}

import { type SetStateAction, useCallback, useEffect, useRef, useState } from 'react';
import { type Edits, noEdits } from '../../ui/grid/edits.ts';
import { recallEdits, rememberEdits } from '../../ui/grid/storage.ts';

export interface KeptEdits {
  edits: Edits;
  /** The changes as they are this moment, for commands that follow a change at once. */
  now: () => Edits;
  change: (step: SetStateAction<Edits>) => void;
  /** The browser's storage is full: the changes would not survive a reload. */
  forgetful: boolean;
}

const storeAfterMs = 150;

/** Unsaved changes; they survive a reload of this tab. `key` names person and table. */
export function useEdits(key: string): KeptEdits {
  const [edits, setEdits] = useState<Edits>(() => recallEdits(sessionStorage, key));
  const [forgetful, setForgetful] = useState(false);
  const latest = useRef(edits);
  const change = useCallback((step: SetStateAction<Edits>) => {
    latest.current = typeof step === 'function' ? step(latest.current) : step;
    setEdits(latest.current);
  }, []);
  useEffect(() => {
    const store = () => {
      try {
        rememberEdits(sessionStorage, key, edits);
        setForgetful(false);
      } catch {
        // The quota is some megabytes; the page says that a reload would lose the changes.
        setForgetful(true);
      }
    };
    const timer = setTimeout(store, storeAfterMs);
    addEventListener('pagehide', store);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', store);
      store();
    };
  }, [edits, key]);
  return { edits: edits ?? noEdits, now: useCallback(() => latest.current, []), change, forgetful };
}

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '../api/http.ts';

interface Notice {
  id: number;
  tone: 'good' | 'attention' | 'bad';
  text: string;
  detail: string | null;
}

export interface Notices {
  say(tone: 'good' | 'attention', text: string, detail?: string): void;
  /** Says what did not happen, with the server's reason and remedy; stays until it is dismissed. */
  fail(text: string, error: unknown): void;
}

const NoticesContext = createContext<Notices | null>(null);
const shownForMs = 7_000;
let lastId = 0;

/** Results of what people did: announced to screen readers and shown in the corner. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const dismiss = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const box = useRef<HTMLDivElement>(null);
  const newest = notices.at(-1)?.id;
  // A dialog lies above everything that is not a popover opened after it: what it would hide is opened anew, on top.
  useEffect(() => {
    const element = box.current;
    if (newest === undefined || !element || !document.querySelector('dialog:modal')) return;
    if (element.matches(':popover-open')) element.hidePopover();
    element.showPopover();
  }, [newest]);
  const value = useMemo<Notices>(() => {
    const add = (notice: Omit<Notice, 'id'>) => {
      lastId += 1;
      const id = lastId;
      setNotices((all) => [...all.slice(-3), { ...notice, id }]);
      if (notice.tone !== 'bad') setTimeout(() => dismiss(id), shownForMs);
    };
    return {
      say: (tone, text, detail) => add({ tone, text, detail: detail ?? null }),
      fail: (text, error) => add({ tone: 'bad', text, detail: explain(error) }),
    };
  }, [dismiss]);
  return (
    <NoticesContext value={value}>
      {children}
      <div ref={box} popover="manual" className="notices" aria-live="polite" aria-relevant="additions">
        {notices.map((notice) => (
          <div key={notice.id} className="notice" data-tone={notice.tone}>
            <p>
              <strong>{notice.text}</strong> {notice.detail}
            </p>
            <button type="button" className="quiet" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </NoticesContext>
  );
}

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error('useNotices needs a NoticesProvider around it');
  return notices;
}

/** An error as sentences for people. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return [error.message, error.remedy].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : String(error);
}

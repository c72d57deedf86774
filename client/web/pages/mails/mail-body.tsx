import { useState } from 'react';
import { Empty } from '../../ui/feedback.tsx';
import { MailFrame } from '../../ui/mail-frame.tsx';

interface MailBodyProps {
  subject: string;
  html: string | null;
  text: string | null;
}

/** The mail as its reader sees it, or as plain text. */
export function MailBody({ subject, html, text }: MailBodyProps) {
  const [plain, setPlain] = useState(!html);
  if (!html && !text) return <Empty title="The mail has no text" />;
  return (
    <div className="stack">
      {html && text ? (
        <button type="button" className="small start" aria-pressed={plain} onClick={() => setPlain(!plain)}>
          As plain text
        </button>
      ) : null}
      {plain || !html ? <pre className="mail-text">{text}</pre> : <MailFrame html={html} title={`Mail: ${subject}`} />}
    </div>
  );
}

import { useState } from 'react';
import { Empty } from '../../ui/feedback.tsx';

interface MailBodyProps {
  subject: string;
  /** Where the server gives the mail's HTML under a policy of its own: no script, nothing fetched. */
  bodyUrl: string;
  html: string | null;
  text: string | null;
}

/** The mail as its reader sees it, in a sandboxed frame, or as plain text. */
export function MailBody({ subject, bodyUrl, html, text }: MailBodyProps) {
  const [plain, setPlain] = useState(!html);
  if (!html && !text) return <Empty title="The mail has no text" />;
  return (
    <div className="stack">
      {html && text ? (
        <button type="button" className="small start" aria-pressed={plain} onClick={() => setPlain(!plain)}>
          As plain text
        </button>
      ) : null}
      {plain || !html ? (
        <pre className="mail-text">{text}</pre>
      ) : (
        <iframe className="mail-frame" title={`Mail: ${subject}`} sandbox="" src={bodyUrl} />
      )}
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../../api/http.ts';
import type { CaughtMailDetail } from '../../api/types/operations.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { MailBody } from './mail-body.tsx';

/** A mail as it arrived by SMTP at the local catcher. */
export function CaughtMailPage() {
  const { id } = useParams({ from: '/shell/caught-mails/$id' });
  const query = useQuery({
    queryKey: ['caught-mails', 'one', id],
    queryFn: ({ signal }) => call<CaughtMailDetail>('GET', `/api/caught-mails/${encodeURIComponent(id)}`, { signal }),
  });
  return (
    <QueryView query={query} what="the mail">
      {(mail) => (
        <>
          <PageHead title={mail.subject} lead="Caught by the local mail catcher" />
          <Facts
            facts={[
              { label: 'From', value: mail.from },
              { label: 'To', value: mail.to.join(', ') },
              { label: 'Received', value: <Time at={mail.receivedAt} /> },
              {
                label: 'Attachments',
                value:
                  mail.attachments.map(({ fileName, bytes }) => `${fileName} (${size(bytes)})`).join(', ') || 'none',
              },
            ]}
          />
          <Section title="Text">
            <MailBody
              subject={mail.subject}
              bodyUrl={`/api/caught-mails/${encodeURIComponent(mail.id)}/body.html`}
              html={mail.html}
              text={mail.text}
            />
          </Section>
        </>
      )}
    </QueryView>
  );
}

const size = (bytes: number) => (bytes < 1_024 ? `${bytes} B` : `${Math.round(bytes / 1_024)} KiB`);

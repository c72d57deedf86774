import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { oneQuery } from '../../api/queries.ts';
import type { MailDetail } from '../../api/types/operations.ts';
import { Nothing } from '../../ui/badge.tsx';
import { DocumentFrame } from '../../ui/document-frame.tsx';
import { PrintAgain } from '../../ui/print-again.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';
import { Time } from '../../ui/time.tsx';
import { MailBody } from './mail-body.tsx';

export function MailPage() {
  const { id } = useParams({ from: '/shell/mails/$id' });
  const query = useQuery(oneQuery<MailDetail>('mails', id));
  return (
    <QueryView query={query} what="the mail">
      {(mail) => <MailBoard mail={mail} />}
    </QueryView>
  );
}

function MailBoard({ mail }: { mail: MailDetail }) {
  const { subject, recipients, accepted, rejected, consignments, documentId } = mail;
  return (
    <>
      <PageHead title={subject} lead={`${stateWords(mail.kind)} for ${mail.brand.name}`} />
      <Facts
        facts={[
          { label: 'To', value: recipients.join(', ') },
          { label: 'Sent', value: mail.sentAt ? <Time at={mail.sentAt} brandId={mail.brand.id} /> : 'not yet' },
          { label: 'Accepted for', value: accepted.length > 0 ? accepted.join(', ') : <Nothing /> },
          ...(rejected.length > 0 ? [{ label: 'Refused for', value: rejected.join(', ') }] : []),
          { label: 'Batch', value: mail.slotDate ? `${mail.slotDate} ${mail.slotTime ?? ''}` : 'at once' },
          { label: 'Revision', value: mail.revision },
          { label: 'Message-ID', value: <code className="wrap">{mail.messageId}</code> },
        ]}
      />
      {consignments.length > 0 ? (
        <Section title="Consignments in it" count={consignments.length}>
          <p className="chips">
            {consignments.map(({ id, number }) => (
              <RowLink key={id} to="/consignments/$id" id={id}>
                {number}
              </RowLink>
            ))}
          </p>
        </Section>
      ) : null}
      <Section title="Text">
        <MailBody subject={subject} bodyUrl={`/api/mails/${mail.id}/body.html`} html={mail.html} text={mail.text} />
      </Section>
      {documentId ? (
        <Section title="Attached labels">
          <DocumentFrame documentId={documentId} title="labels of this mail" />
          <PrintAgain path={`/api/documents/${documentId}`} what="them" />
        </Section>
      ) : null}
    </>
  );
}

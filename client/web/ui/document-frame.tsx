/** A stored document (label, waybill, batch of labels) in the browser's own viewer, with a way around it. */
export function DocumentFrame({ documentId, title }: { documentId: string; title: string }) {
  const url = `/api/documents/${encodeURIComponent(documentId)}`;
  return (
    <figure className="document">
      <iframe className="document-frame" title={title} src={`${url}#navpanes=0`} />
      <figcaption>
        <a href={url} target="_blank" rel="noreferrer">
          Open {title} in a tab of its own
        </a>
      </figcaption>
    </figure>
  );
}

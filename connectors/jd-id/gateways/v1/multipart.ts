/** A file part of a form. */
export interface FilePart {
  readonly name: string;
  readonly fileName: string;
  readonly bytes: Buffer;
}

/** Characters that would end a part's header early. */
const quoted = (text: string) => text.replace(/[\r\n"]/g, '_');

/**
 * A `multipart/form-data` body. The boundary is made by the caller from something that cannot stand in the content,
 * such as a signature of it.
 */
export function multipart(
  fields: Readonly<Record<string, string>>,
  boundary: string,
  file?: FilePart,
): { contentType: string; body: Buffer } {
  const parts: Buffer[] = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`),
  );
  if (file !== undefined) {
    const head = `Content-Disposition: form-data; name="${quoted(file.name)}"; filename="${quoted(file.fileName)}"`;
    parts.push(Buffer.from(`--${boundary}\r\n${head}\r\nContent-Type: application/octet-stream\r\n\r\n`));
    parts.push(file.bytes, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

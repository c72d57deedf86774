import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type DragEvent, useId, useRef, useState } from 'react';
import { ApiError, newIntentKey, withQuery } from '../../api/http.ts';
import { brandsQuery } from '../../api/queries.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { useNotices } from '../../ui/notices.tsx';
import { size } from './words.ts';

/** Sends a file with its progress, which `fetch` does not tell. */
function send(path: string, file: File, onProgress: (share: number) => void): Promise<{ id: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('idempotency-key', newIntentKey());
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () =>
      reject(new ApiError(0, 'Unreachable', 'The server cannot be reached.', 'Check that Tradelane is running.', null));
    request.onload = () => {
      try {
        const answer = JSON.parse(request.responseText);
        if (request.status < 300) resolve(answer);
        else {
          const { code, message, remedy } = answer.error;
          reject(new ApiError(request.status, code, message, remedy ?? null, null));
        }
      } catch (cause) {
        reject(new ApiError(request.status, 'NotJson', 'The server answered with something else.', null, cause));
      }
    };
    request.send(file);
  });
}

/** A file by click, by keyboard or dropped; then the page of its import. */
export function Upload() {
  const user = useUser();
  const { data: brands = [] } = useQuery({ ...brandsQuery, enabled: isStaff(user) });
  const [brand, setBrand] = useState('');
  const [share, setShare] = useState<number | null>(null);
  const [isOver, setIsOver] = useState(false);
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const notices = useNotices();
  const navigate = useNavigate();
  const chosen = isStaff(user) ? brand : (user.brandId ?? '');

  const upload = async (file: File | undefined) => {
    if (!file || share !== null) return;
    if (chosen === '') {
      notices.say('attention', 'Choose the brand first.');
      return;
    }
    setName(`${file.name}, ${size(file.size)}`);
    setShare(0);
    try {
      const answer = await send(withQuery('/api/imports', { brand: chosen, fileName: file.name }), file, setShare);
      await navigate({ to: '/imports/$id', params: { id: answer.id } });
    } catch (error) {
      notices.fail(`${file.name} was not taken.`, error);
    } finally {
      setShare(null);
      if (input.current) input.current.value = '';
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void upload(event.dataTransfer.files[0]);
  };

  return (
    <div className="stack import-upload">
      {isStaff(user) ? (
        <div className="field">
          <label htmlFor={`${id}-brand`}>Brand</label>
          <select id={`${id}-brand`} value={brand} onChange={(event) => setBrand(event.target.value)}>
            <option value="">choose …</option>
            {brands.map(({ id: brandId, name: title }) => (
              <option key={brandId} value={brandId}>
                {title}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <fieldset
        aria-label="File of products"
        className="import-drop"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        {share === null ? (
          <>
            <button type="button" className="primary" onClick={() => input.current?.click()}>
              Choose a CSV file
            </button>
            <p className="muted">or drop it here. Nothing is written before you have seen what it changes.</p>
          </>
        ) : (
          <>
            <p role="status">Sending {name} …</p>
            <progress max={1} value={share} aria-label="Sending the file" />
          </>
        )}
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="The file"
          onChange={(event) => void upload(event.target.files?.[0])}
        />
      </fieldset>
      {chosen === '' ? null : (
        <p>
          <a href={withQuery('/api/imports/template.csv', { brand: chosen })} download>
            Download a template
          </a>
        </p>
      )}
    </div>
  );
}

import { imagesOf } from '../../api/reading.ts';
import type { ProductDetail } from '../../api/types/catalogue.ts';
import { Empty } from '../../ui/feedback.tsx';
import { MailFrame } from '../../ui/mail-frame.tsx';

/**
 * What buyers would read and see. The description is foreign HTML and gets the frame of mails. Images lie on the shop's
 * own server, which this page does not call: their addresses are links.
 */
export function ProductContent({ product }: { product: ProductDetail }) {
  const images = imagesOf(product.images);
  return (
    <div className="stack">
      {product.descriptionHtml === '' ? (
        <Empty title="No description" />
      ) : (
        <MailFrame html={product.descriptionHtml} title={`Description of ${product.title}`} />
      )}
      {images.length === 0 ? (
        <p className="muted">No images.</p>
      ) : (
        <ul className="plain-list">
          {images.map(({ url, alt }, index) => (
            <li key={url}>
              <a href={url} target="_blank" rel="noreferrer" className="clip">
                {alt || `Image ${index + 1}`}
              </a>
              <span className="muted clip">{url}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

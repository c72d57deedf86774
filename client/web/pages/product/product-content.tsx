import { imagesOf } from '../../api/reading.ts';
import type { ProductDetail } from '../../api/types/catalogue.ts';
import { Empty } from '../../ui/feedback.tsx';
import { HtmlFrame } from '../../ui/html-frame.tsx';
import { Picture } from '../../ui/picture.tsx';

/** What buyers would see and read. The description is foreign HTML and gets a frame of its own. */
export function ProductContent({ product }: { product: ProductDetail }) {
  const images = imagesOf(product.images);
  return (
    <div className="stack">
      {images.length === 0 ? (
        <p className="muted">No images.</p>
      ) : (
        <ul className="gallery">
          {images.map(({ url, alt }, index) => (
            <li key={url}>
              <a href={url} target="_blank" rel="noreferrer">
                <Picture url={url} alt={alt || `Image ${index + 1} of ${product.title}`} sizePx={112} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {product.descriptionHtml === '' ? (
        <Empty title="No description" />
      ) : (
        <HtmlFrame html={product.descriptionHtml} title={`Description of ${product.title}`} />
      )}
    </div>
  );
}
